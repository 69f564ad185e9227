/** Charge: the account to transfer to, the person's own reference, and what it earns. */

import { sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { broken, el, h, icon, onPress, toast } from "../kit/dom.ts";
import { rate, won } from "../kit/format.ts";
import type { WalletType } from "../kit/routes.ts";
import { t } from "../kit/text.ts";
import { rememberNames } from "../pay/campaigns.ts";
import { signedIn } from "../pay/resume.ts";

/** The example that explains a bonus, won. */
const EXAMPLE = 100_000n;

type Campaign = WalletType<"Campaign">;

export async function charge(): Promise<void> {
  await signedIn();
  await load();
}

async function load(): Promise<void> {
  try {
    const details = await wallet.get("/v1/charge");
    el("charge").replaceChildren(
      h(
        "div",
        { class: "copies" },
        copyRow("charge-code", t("charge-code"), details.code, true),
        copyRow("charge-account", t("charge-account"), details.account, true, details.bank),
        copyRow("charge-holder", t("charge-holder"), details.holder, false),
      ),
    );
    rememberNames(details.campaigns);
    const bonuses = details.campaigns.filter((campaign) => campaign.bonus_bps > 0);
    el("bonus-block").hidden = bonuses.length === 0;
    el("bonus").replaceChildren(...bonuses.map(bonus));
  } catch (error) {
    el("charge").replaceChildren(broken("charge", sentence(error), () => void load(), t("retry")));
  }
}

function copyRow(id: string, label: string, value: string, copyable: boolean, before = ""): HTMLElement {
  const button = h("button", { type: "button", class: "copy", "data-testid": `${id}-copy`, "aria-label": `${label} ${t("copy")}` }, icon("copy"), t("copy"));
  onPress(button, async () => {
    await navigator.clipboard.writeText(value);
    toast(t("copied"));
  }, () => toast(t("error-server")));
  return h(
    "div",
    { class: `copies-row${id === "charge-code" ? " copies-main" : ""}` },
    h("p", { class: "copies-label" }, label),
    h("p", { class: "copies-value" }, before ? h("span", { class: "copies-before" }, before) : null, h("span", { "data-testid": id }, value)),
    copyable ? button : null,
  );
}

function bonus(campaign: Campaign): HTMLElement {
  const { bonus_bps: bps, name } = campaign;
  const cap = campaign.monthly_cap !== "0" ? ` · ${t("bonus-cap", { amount: won(campaign.monthly_cap) })}` : "";
  const total = EXAMPLE + (EXAMPLE * BigInt(bps)) / 10_000n;
  return h(
    "div",
    { class: "bonus", "data-testid": "bonus" },
    h("p", { class: "bonus-name" }, name),
    h("p", { class: "bonus-rate" }, t("bonus-rate", { rate: rate(bps) }) + cap),
    h("p", { class: "bonus-example" }, t("bonus-example", { amount: won(EXAMPLE), number: won(total) })),
  );
}
