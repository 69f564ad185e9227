/** The parts of a receipt: what was used, what came back, cashback, cash-out. */

import { h } from "../kit/dom.ts";
import { won } from "../kit/format.ts";
import { known, t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { cashbackOf, movedByCampaign, takenBack, type Receipt } from "../ledger/receipt.ts";
import { campaignName } from "../pay/campaigns.ts";

export interface Part {
  title: string;
  rows: HTMLElement[];
}

/** Kinds of which what was put into lots is no news: the amount above says it, or a part of its own does. */
const NOTHING_RETURNED = ["pay", "transfer_in"];

/** Kinds of which what was put into lots had never been there. */
const NEVER_OURS = ["charge", "grant"];

/** A name and a value. */
export function fact(name: string, value: string, kind = ""): HTMLElement {
  return h("div", {}, h("dt", {}, name), h("dd", { class: kind }, value));
}

/** The parts that there are, in the order in which they are read. */
export function parts(device: Device, receipt: Receipt, kind: string): Part[] {
  const moved = (added: boolean) => lines(movedByCampaign(receipt, device.bid, added));
  const all: Part[] = [
    // What a refund takes out of lots is cashback, and has its own part.
    { title: t("receipt-used"), rows: kind === "refund" ? [] : moved(false) },
    { title: NEVER_OURS.includes(kind) ? known("receipt-received", t("vouchers-title")) : t("receipt-returned"), rows: NOTHING_RETURNED.includes(kind) ? [] : moved(true) },
    { title: t("receipt-cashback"), rows: lines(cashbackOf(receipt, device.bid)) },
    { title: t("receipt-cashback-back"), rows: backLines(device, receipt) },
    { title: t("receipt-cash-out"), rows: cashOutLines(receipt) },
  ];
  return all.filter((part) => part.rows.length > 0);
}

function lines(moved: Map<number, bigint>): HTMLElement[] {
  return [...moved].map(([campaign, amount]) => fact(campaignName(campaign), won(amount)));
}

function backLines(device: Device, receipt: Receipt): HTMLElement[] {
  const back = takenBack(receipt, device.bid);
  if (!back) return [];
  const withheld = back.withheld > 0n ? [fact(t("receipt-withheld"), won(back.withheld))] : [];
  return [fact(campaignName(back.campaign), won(back.amount)), ...withheld];
}

function cashOutLines(receipt: Receipt): HTMLElement[] {
  for (const effect of receipt.effects) {
    if (effect.effect === "cash_out_confirmed") return [fact(t("receipt-won-paid"), won(effect.won))];
    if (effect.effect !== "cash_out_opened") continue;
    const subsidy = BigInt(effect.subsidy) > 0n ? [fact(t("receipt-subsidy"), won(effect.subsidy))] : [];
    return [fact(t("receipt-won"), won(effect.won)), ...subsidy];
  }
  return [];
}
