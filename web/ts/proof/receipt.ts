/** Proven bytes as people see them: the receipt, and the money of an account. */

import { toHex, type Bytes } from "../ledger/bytes.ts";
import type { Effect, Lot, Receipt } from "../ledger/receipt.ts";
import { octets, read, tuple, whole, type Value } from "./cbor.ts";
import { demand, ProofError } from "./error.ts";

type Field = [name: string, kind: "hex" | "money" | "number" | "text" | "flag" | "lot"];

/** The effects that move money, by the contract's numbers (`score.cddl`), with their fields in order. */
const EFFECTS = new Map<bigint, [name: string, ...Field[]]>([
  [5n, ["charged", ["to", "hex"], ["amount", "money"], ["bonus", "money"], ["campaign", "number"], ["deposit", "text"]]],
  [6n, ["granted", ["campaign", "number"], ["to", "hex"], ["amount", "money"], ["grant", "hex"]]],
  [7n, ["transferred", ["from", "hex"], ["to", "hex"], ["amount", "money"], ["memo", "hex"]]],
  [8n, ["paid", ["payment", "hex"], ["payer", "hex"], ["merchant", "hex"], ["order", "text"], ["amount", "money"]]],
  [
    9n,
    ["refunded", ["payment", "hex"], ["payer", "hex"], ["merchant", "hex"], ["order", "text"], ["amount", "money"], ["total", "money"]],
  ],
  [10n, ["expired", ["owner", "hex"], ["lot", "lot"]]],
  [18n, ["lot_changed", ["owner", "hex"], ["lot", "lot"], ["amount", "money"], ["added", "flag"]]],
  [19n, ["balance", ["owner", "hex"], ["total", "money"]]],
]);

function lot(value: Value | undefined): Lot {
  const fields = tuple(value, 7, "PROOF_LEAF");
  const [id, campaign, , , , expires, amount] = fields.map((field) => whole(field, "PROOF_LEAF"));
  return { id: Number(id), campaign: Number(campaign), amount: String(amount), expires_at: Number(expires) };
}

function field(kind: Field[1], value: Value | undefined): unknown {
  switch (kind) {
    case "hex":
      if (value instanceof Uint8Array) return toHex(value);
      break;
    case "money":
      return String(whole(value, "PROOF_LEAF"));
    case "number":
      return Number(whole(value, "PROOF_LEAF"));
    case "text":
      if (typeof value === "string") return value;
      break;
    case "flag":
      if (typeof value === "boolean") return value;
      break;
    case "lot":
      return lot(value);
  }
  throw new ProofError("PROOF_LEAF", kind);
}

function effect(value: Value): Effect {
  const [number, content] = tuple(value, 2, "PROOF_LEAF");
  const known = EFFECTS.get(whole(number, "PROOF_LEAF"));
  if (!known) return { effect: "other" };
  const [name, ...shape] = known;
  const fields = tuple(content, shape.length, "PROOF_LEAF");
  const named = shape.map(([label, kind], at) => [label, field(kind, fields[at])] as const);
  return { effect: name, ...Object.fromEntries(named) } as Effect;
}

/**
 * A proven receipt. Effects that move money come in full, others as `other`; a refusal is named by its number (`#12`): its name
 * and sentence are not part of what is proven.
 */
export function readReceipt(bytes: Bytes): Receipt {
  const [tx, signer, height, index, time, outcome, effects] = tuple(read(bytes, "PROOF_LEAF"), 7, "PROOF_LEAF");
  demand(Array.isArray(effects), "PROOF_LEAF");
  const [verdict, why] = tuple(outcome, 2, "PROOF_LEAF");
  const refused = whole(verdict, "PROOF_LEAF");
  demand(refused <= 1n && Array.isArray(why), "PROOF_LEAF");
  return {
    tx: toHex(octets(tx, 32, "PROOF_LEAF")),
    signer: toHex(octets(signer, 16, "PROOF_LEAF")),
    height: Number(whole(height, "PROOF_LEAF")),
    index: Number(whole(index, "PROOF_LEAF")),
    time_ms: Number(whole(time, "PROOF_LEAF")),
    outcome: refused === 0n ? { outcome: "applied" } : { outcome: "refused", refusal: { refusal: refusalNumber(why) } },
    effects: effects.map(effect),
  };
}

function refusalNumber(why: Value[]): string {
  const [refusal] = tuple(why, 1, "PROOF_LEAF");
  const [number] = tuple(refusal, 2, "PROOF_LEAF");
  return `#${whole(number, "PROOF_LEAF")}`;
}

/** Lots of a proven account. */
export function readHoldings(bytes: Bytes): Lot[] {
  const [, lots] = tuple(read(bytes, "PROOF_LEAF"), 2, "PROOF_LEAF");
  demand(Array.isArray(lots), "PROOF_LEAF");
  return lots.map(lot);
}
