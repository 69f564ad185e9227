/** Orders, as the till's service tells them. */

import { millis } from "../kit/format.ts";
import { known } from "../kit/text.ts";

export interface Order {
  order_id: string;
  amount: string;
  state: string;
  tx?: string | null;
  paid_at?: number | string | null;
  paid_amount?: string | null;
  refunded?: string | null;
  created_at?: number | string;
  expires_at?: number | string;
  mismatch?: boolean;
}

/** The state in words; a paid order of another amount says so. */
export function stateName(order: Order): string {
  const state = order.mismatch && order.state === "paid" ? "mismatch" : order.state;
  return known(`state-${state}`, state);
}

/** Paid, whatever went back since. */
export const isPaid = (order: Order) => ["paid", "mismatch", "partly_refunded", "refunded"].includes(order.state);

export const paidAmount = (order: Order) => BigInt(order.paid_amount && order.paid_amount !== "0" ? order.paid_amount : order.amount);

/** What can still go back, won. */
export const refundable = (order: Order) => (isPaid(order) ? paidAmount(order) - BigInt(order.refunded ?? "0") : 0n);

/** The moment that people remember: paid, or else made. */
export const orderTime = (order: Order) => millis(order.paid_at ?? order.created_at);
