/** A receipt handed out: printed, shared with another app, copied as text, or shown as a QR code. */

import { h, icon, onPress, toast } from "../kit/dom.ts";
import { qrPicture } from "../kit/qr.ts";
import { t } from "../kit/text.ts";

/** The buttons below a receipt; `lines` are what it says, for whoever gets the text. */
export function handout(lines: string[]): HTMLElement {
  const share = h("button", { type: "button", class: "button button-soft", "data-testid": "receipt-share" }, icon("share"), t("receipt-share"));
  const paper = h("button", { type: "button", class: "button button-soft", "data-testid": "receipt-print" }, icon("print"), t("receipt-print"));
  onPress(share, () => give(lines.join("\n")), () => toast(t("receipt-share-not")));
  const code = h("button", { type: "button", class: "button button-soft", "aria-expanded": "false", "data-testid": "receipt-qr" }, icon("qr"), t("receipt-qr"));
  const place = h("div", { class: "qr", "data-testid": "receipt-qr-code", hidden: true });
  onPress(code, () => {
    // Whoever scans it reads what the receipt says, with the name under which anybody finds it on the ledger.
    if (place.hidden) place.replaceChildren(qrPicture(lines.join("\n"), t("receipt-qr-label")));
    place.hidden = !place.hidden;
    code.setAttribute("aria-expanded", String(!place.hidden));
  }, () => undefined);
  onPress(paper, () => print(), () => undefined);
  return h("div", { class: "handout no-print" }, h("div", { class: "trio" }, share, paper, code), place);
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
