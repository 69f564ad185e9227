/** Records of the state as people see them: a payment, a deposit (`score.cddl` has their layout). */

import { toHex, type Bytes } from "../ledger/bytes.ts";
import { octets, read, whole, type Value } from "./cbor.ts";
import { demand } from "./error.ts";

/** A payment, and what of it has gone back. Amounts are minor units. */
export interface PaymentRecord {
  payer: string;
  merchant: string;
  order: string;
  amount: bigint;
  refunded: bigint;
  /** Block time, ms. */
  paidAt: number;
}

/** A deposit that has become coin. Amounts are minor units. */
export interface DepositRecord {
  to: string;
  amount: bigint;
  bonus: bigint;
  /** The transaction that charged. */
  tx: string;
  /** Block time, ms. */
  chargedAt: number;
}

/** The last field of a record is left out where there is none. */
function record(bytes: Bytes, fields: number): Value[] {
  const value = read(bytes, "PROOF_LEAF");
  demand(Array.isArray(value) && (value.length === fields || value.length === fields - 1), "PROOF_LEAF");
  return value;
}

const money = (value: Value | undefined) => whole(value, "PROOF_LEAF");
const bid = (value: Value | undefined) => toHex(octets(value, 16, "PROOF_LEAF"));

export function readPayment(bytes: Bytes): PaymentRecord {
  const [payer, merchant, order, amount, refunded, paidAt] = record(bytes, 8);
  demand(typeof order === "string", "PROOF_LEAF");
  return {
    payer: bid(payer),
    merchant: bid(merchant),
    order,
    amount: money(amount),
    refunded: money(refunded),
    paidAt: Number(money(paidAt)),
  };
}

export function readDeposit(bytes: Bytes): DepositRecord {
  const [to, amount, tx, chargedAt, bonus] = record(bytes, 7);
  return {
    to: bid(to),
    amount: money(amount),
    tx: toHex(octets(tx, 32, "PROOF_LEAF")),
    chargedAt: Number(money(chargedAt)),
    bonus: money(bonus),
  };
}
