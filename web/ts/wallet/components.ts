/** The component kit on one page: every part in every state, from the same code that the other pages use. */

import { coverParts } from "../kit/autolock.ts";
import { broken, el, empty, h, onPress, toast } from "../kit/dom.ts";
import { won } from "../kit/format.ts";
import { PinAgain, PinCancelled, askPin } from "../kit/pinsheet.ts";
import { qrPicture } from "../kit/qr.ts";
import { connectLanguage, connectLargePrint } from "../kit/settings.ts";
import { t } from "../kit/text.ts";
import { NEVER } from "../pay/campaigns.ts";
import { planLeft, planLines } from "../pay/confirm.ts";
import { entryRow, type Entry } from "./entries.ts";
import { voucher } from "./home.ts";

const NOW = Date.UTC(2026, 0, 5, 3);

export function components(): void {
  connectLanguage();
  connectLargePrint();
  const anywhere = { restricted: false, large_merchants: true, categories: [], regions: [] };
  const lot = { ...anywhere, campaign: 0, amount: "50000", expires_at: NEVER };
  const short = { ...anywhere, campaign: 2, amount: "5000", expires_at: Date.now() + 5 * 86_400_000, restricted: true };
  el("kit-vouchers").replaceChildren(voucher(lot), voucher(short));
  const entry = (kind: Entry["kind"], amount: string, name: string | null) =>
    entryRow({ id: kind, tx: "0".repeat(64), kind, amount, balance_after: "0", counterparty_name: name, reference: null, at: NOW });
  el("kit-entries").replaceChildren(entry("pay", "-12000", "두레빵집"), entry("charge", "50000", null), entry("refund", "4500", "두레빵집"));
  el("kit-plan").replaceChildren(...planLines(t("plan-title"), new Map([[0, 7000n]]), () => t("voucher-coin")), ...planLeft(t("plan-left"), 43_000n));
  el("kit-empty").replaceChildren(
    empty("kit", t("vouchers-empty")),
    broken("kit", t("error-network"), () => toast(t("retry")), t("retry")),
  );
  el("kit-qr").replaceChildren(qrPicture("00020101021126290015kr.go.sebyeol.d", t("code-qr-label")));
  el("kit-qr").parentElement?.append(h("p", { class: "number number-big" }, "1234 5678"));
  el("kit-error").parentElement?.append(...choices());
  const go = h("button", { type: "button", class: "button button-main" }, t("locked-go"));
  el("kit-status").append(h("div", { class: "frame locked locked-sample" }, ...coverParts(go)));
  onPress(el("kit-toast"), () => toast(t("copied")), () => undefined);
  onPress(el("kit-pin"), () => askPin({ title: t("pin-title"), detail: won(12_000n), check: refuse }), (error) => {
    if (!(error instanceof PinCancelled)) throw error;
  });
}

/** A choice of one line, a file, and the two registrars of an enrolment. */
function choices(): HTMLElement[] {
  const field = (name: string, input: HTMLElement) => h("label", { class: "field" }, h("span", {}, name), input);
  const free = h("select", {}, h("option", {}, t("care-free-none")), h("option", {}, won(10_000n)));
  const registrar = (name: string, checked: boolean) =>
    h("label", { class: "cap" }, h("input", { type: "radio", name: "kit-registrar", checked }), h("span", {}, name));
  return [
    field(t("care-free"), free),
    field(t("counter-file"), h("input", { type: "file" })),
    h(
      "fieldset",
      { class: "caps" },
      h("legend", { class: "caps-title" }, t("enrol-as")),
      registrar(t("enrol-as-residents", { name: t("brand") }), true),
      registrar(t("enrol-as-students", { name: t("brand") }), false),
    ),
  ];
}

/** Every PIN is wrong here: there is no device. */
async function refuse(): Promise<void> {
  throw new PinAgain(t("pin-wrong", { count: 4 }));
}
