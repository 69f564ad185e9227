/** Who has looked the person up, and why. */

import { wallet } from "../kit/client.ts";
import { el, empty, h } from "../kit/dom.ts";
import { minute } from "../kit/format.ts";
import { t } from "../kit/text.ts";

export async function looksSection(): Promise<void> {
  const looks = await wallet.get("/v1/me/look-ups");
  const rows = looks.map((one) => {
    const who = one.kind === "officer" ? one.by_name : t("looks-citizen", { name: one.by_name });
    const more = [one.reason, minute(one.at)].filter((part) => part !== "").map((part) => h("span", { class: "entry-more" }, part));
    return h("div", { class: "row", "data-testid": "look" }, h("span", { class: "entry-what" }, h("b", {}, who), ...more));
  });
  el("looks").replaceChildren(...(rows.length > 0 ? rows : [empty("looks", t("looks-none"))]));
}
