/** Orders, as the till's service tells them. */

import type { TillType } from "../kit/routes.ts";
import { known } from "../kit/text.ts";

export type Order = TillType<"OrderAnswer">;

/** The state in words; a paid order of another amount says so. */
export function stateName(order: Order): string {
  const state = order.mismatch && order.state === "paid" ? "mismatch" : order.state;
  return known(`state-${state}`, state);
}

/** Paid, whatever went back since. */
export const isPaid = (order: Order) => ["paid", "partly_refunded", "refunded"].includes(order.state);

export const paidAmount = (order: Order) => BigInt(order.paid_amount !== "0" ? order.paid_amount : order.amount);

/** What can still go back, won. */
export const refundable = (order: Order) => (isPaid(order) ? paidAmount(order) - BigInt(order.refunded) : 0n);

/** The moment that people remember: paid, or else made. */
export const orderTime = (order: Order) => order.paid_at ?? order.created_at;
