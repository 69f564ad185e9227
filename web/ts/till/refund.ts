/** A refund: the whole of a payment or a part, signed by this till. */

import { ApiError, sentence } from "../kit/api.ts";
import { till } from "../kit/client.ts";
import { el, h, onPress } from "../kit/dom.ts";
import { moment, won } from "../kit/format.ts";
import { amountEntry } from "../kit/keypad.ts";
import { begin, go } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { balanceAfter, movedByCampaign, type Receipt } from "../ledger/receipt.ts";
import { campaignName, rememberNames } from "../pay/campaigns.ts";
import { confirm, connectConfirm, planLeft, planLines } from "../pay/confirm.ts";
import { isPaid, orderTime, paidAmount, refundable, stateName, type Order } from "./orders.ts";
import { signedIn } from "../pay/resume.ts";

export async function refund(): Promise<void> {
  const device = await signedIn();
  connectConfirm();
  let order: Order | undefined;
  const told = (id: string) => (error: unknown) => {
    el(id).textContent = error instanceof ApiError && error.status === 404 && error.own ? t("refund-unknown") : sentence(error);
  };
  const amount = amountEntry("amount", (value) => {
    const over = order !== undefined && value > refundable(order);
    el("amount-error").textContent = over ? t("refund-over", { amount: won(refundable(order!)) }) : "";
    if (over) el<HTMLButtonElement>("amount-next").disabled = true;
  });
  onPress(el("refund-whole"), () => order && review(device, order, refundable(order)), told("refund-error"));
  onPress(el("refund-part"), () => {
    amount.clear();
    go("amount");
  }, told("refund-error"));
  onPress(el("amount-next"), () => order && review(device, order, amount.value()), told("amount-error"));
  begin("choose");
  // What the customer gets back by name; without the answer, by number.
  void till.get("/v1/campaigns").then(rememberNames, () => undefined);
  try {
    const id = decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
    order = await till.get("/v1/orders/{order}", { path: { order: id } });
    show(order);
  } catch (error) {
    el("order").replaceChildren();
    told("refund-error")(error);
  }
}

function show(order: Order): void {
  const row = (name: string, value: string, kind = "") => h("div", {}, h("dt", {}, name), h("dd", { class: kind }, value));
  const can = refundable(order);
  el("order").replaceChildren(
    h("p", { class: `stamp ${isPaid(order) ? "stamp-good" : ""}`, "data-testid": "refund-state" }, stateName(order)),
    h("p", { class: "huge" }, won(can)),
    h("p", { class: "slip-name" }, t("refund-can")),
    h(
      "dl",
      { class: "facts facts-end" },
      row(t("order"), order.order_id, "mono"),
      row(t("receipt-time"), moment(orderTime(order))),
      row(t("refund-paid"), won(paidAmount(order))),
      row(t("refund-already"), won(order.refunded)),
    ),
  );
  el("refund-error").textContent = isPaid(order) ? (can > 0n ? "" : t("refund-none")) : t("refund-unpaid");
  el("refund-whole").textContent = t("refund-whole", { amount: won(can) });
  el("refund-actions").hidden = can <= 0n;
}

async function review(device: Device, order: Order, amount: bigint): Promise<void> {
  if (!order.tx) return;
  await confirm(device, {
    kind: "refund",
    amount,
    name: t("confirm-refund", { code: order.order_id }),
    to: t("confirm-refund", { code: order.order_id }),
    call: { call: "token_refund", payment: order.tx, amount: amount.toString() },
    plan: (receipt) => [
      ...planLines(t("plan-back"), backToPayer(receipt), campaignName),
      ...planLeft(t("plan-shop"), balanceAfter(receipt, device.bid)),
    ],
  });
}

/** What returns to the customer, by campaign. */
function backToPayer(receipt: Receipt): Map<number, bigint> {
  const effect = receipt.effects.find((one) => one.effect === "refunded");
  return effect?.effect === "refunded" ? movedByCampaign(receipt, effect.payer, true) : new Map<number, bigint>();
}
