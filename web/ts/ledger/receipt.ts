/** The ledger's answer, as far as people see it. */

export interface Lot {
  id: number;
  campaign: number;
  amount: string;
  expires_at: number;
}

export type Effect =
  | { effect: "lot_changed"; owner: string; lot: Lot; amount: string; added: boolean }
  | { effect: "balance"; owner: string; total: string }
  | { effect: "paid"; payment: string; payer: string; merchant: string; order: string; amount: string }
  | { effect: "refunded"; payment: string; payer: string; merchant: string; order: string; amount: string; total: string }
  | { effect: "transferred"; from: string; to: string; amount: string }
  | { effect: "charged"; to: string; amount: string; bonus: string; campaign: number; deposit: string }
  | { effect: "granted"; campaign: number; to: string; amount: string }
  | { effect: "expired"; owner: string; lot: Lot }
  | { effect: "cashback_paid"; payment: string; campaign: number; to: string; amount: string }
  | { effect: "cashback_taken_back"; payment: string; campaign: number; from: string; amount: string; withheld: string }
  | { effect: "mandate_used"; mandate: string; payment: string }
  | { effect: "cash_out_opened"; payout: string; owner: string; deposit: string; won: string; subsidy: string }
  | { effect: "cash_out_confirmed"; payout: string; owner: string; won: string }
  | { effect: "cash_out_rejected"; payout: string; owner: string; won: string; reason: string }
  | { effect: "other" };

export interface Refusal {
  refusal: string;
  [input: string]: string | number;
}

export interface Receipt {
  tx: string;
  signer: string;
  height: number;
  index: number;
  time_ms: number;
  outcome: { outcome: "applied" } | { outcome: "refused"; refusal: Refusal };
  effects: Effect[];
}

/** A receipt that a service tells; the documents call it an object. */
export const receiptIn = (told: unknown) => told as Receipt;

/** The refusal, if it is one. */
export function refusalOf(receipt: Receipt): Refusal | undefined {
  return receipt.outcome.outcome === "refused" ? receipt.outcome.refusal : undefined;
}

/** What was taken from (or put into) lots of `owner`, summed by campaign, in the order in which it happened. */
export function movedByCampaign(receipt: Receipt, owner: string, added: boolean): Map<number, bigint> {
  const sums = new Map<number, bigint>();
  for (const effect of receipt.effects) {
    if (effect.effect !== "lot_changed" || effect.owner !== owner || effect.added !== added) continue;
    sums.set(effect.lot.campaign, (sums.get(effect.lot.campaign) ?? 0n) + BigInt(effect.amount));
  }
  return sums;
}

/** Cashback that the receipt gave to `owner`, by campaign. */
export function cashbackOf(receipt: Receipt, owner: string): Map<number, bigint> {
  const sums = new Map<number, bigint>();
  for (const effect of receipt.effects) {
    if (effect.effect !== "cashback_paid" || effect.to !== owner) continue;
    sums.set(effect.campaign, (sums.get(effect.campaign) ?? 0n) + BigInt(effect.amount));
  }
  return sums;
}

/** What a refund took back of the cashback of `owner`; `withheld` of it came out of the refunded coin. */
export function takenBack(receipt: Receipt, owner: string): { campaign: number; amount: bigint; withheld: bigint } | undefined {
  for (const effect of receipt.effects) {
    if (effect.effect !== "cashback_taken_back" || effect.from !== owner) continue;
    return { campaign: effect.campaign, amount: BigInt(effect.amount), withheld: BigInt(effect.withheld) };
  }
  return undefined;
}

/** The sum over all campaigns. */
export const total = (moved: Map<number, bigint>): bigint => [...moved.values()].reduce((sum, amount) => sum + amount, 0n);

/** All that `owner` holds afterwards, if the receipt says so. */
export function balanceAfter(receipt: Receipt, owner: string): bigint | undefined {
  for (const effect of receipt.effects.toReversed()) {
    if (effect.effect === "balance" && effect.owner === owner) return BigInt(effect.total);
  }
  return undefined;
}
