/** Starts the part of an app that the page names; says so if the browser gives no place for a key. */

import { broken, el } from "./dom.ts";
import { watchNetwork } from "./network.ts";
import { guardTaps } from "./taps.ts";
import { known, t } from "./text.ts";

export async function start(pages: Record<string, () => void | Promise<void>>): Promise<void> {
  guardTaps();
  watchNetwork();
  try {
    await pages[document.body.dataset["page"] ?? ""]?.();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    const sentence = known("error-storage", t("error-browser"));
    el("main").replaceChildren(el("offline"), broken("page", sentence, () => location.reload(), t("retry")));
  }
  document.body.dataset["ready"] = "1";
}
