/** A receipt handed out: printed, shared with another app, or copied as text. */

import { h, icon, onPress, toast } from "../kit/dom.ts";
import { t } from "../kit/text.ts";

/** The buttons below a receipt; `lines` are what it says, for whoever gets the text. */
export function handout(lines: string[]): HTMLElement {
  const share = h("button", { type: "button", class: "button button-soft", "data-testid": "receipt-share" }, icon("share"), t("receipt-share"));
  const paper = h("button", { type: "button", class: "button button-soft", "data-testid": "receipt-print" }, icon("print"), t("receipt-print"));
  onPress(share, () => give(lines.join("\n")), () => toast(t("receipt-share-not")));
  onPress(paper, () => print(), () => undefined);
  return h("div", { class: "pair handout no-print" }, share, paper);
}

async function give(text: string): Promise<void> {
  if (!navigator.share) {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
    return;
  }
  try {
    await navigator.share({ title: t("receipt-title"), text });
  } catch (error) {
    // Who closes the sheet of the phone has changed their mind, and that is no fault.
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  }
}
