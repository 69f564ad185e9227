/** What a proof is made of, read from a node's JSON with nothing missing and nothing more. */

import { fromBase64, fromHex, toBase64, type Bytes } from "../ledger/bytes.ts";
import { demand, ProofError } from "./error.ts";

/** What is trusted of a genesis; everything else follows from it. */
export interface Pinned {
  chain: string;
  genesis_hash: string;
  validators: string[];
}

export interface Step {
  left: boolean;
  hash: Bytes;
}
export interface Handover {
  fromEpoch: bigint;
  set: Bytes;
  siblings: Bytes[];
  header: Bytes;
  certificate: Bytes;
}
export interface Finality {
  chain: string;
  genesisHash: Bytes;
  handovers: Handover[];
  header: Bytes;
  certificate: Bytes;
}
export interface TransactionProof {
  receipt: Bytes;
  path: Step[];
  siblings: Bytes[];
  finality: Finality;
}
export interface AccountProof {
  bid: Bytes;
  holdings: Bytes | null;
  neighbour: { key: Bytes; value: Bytes } | null;
  siblings: Bytes[];
  finality: Finality;
}
export interface RecordProof {
  record: Bytes;
  siblings: Bytes[];
  finality: Finality;
}

/** Longest list of handovers: as many validator sets as the contract allows. */
const MAX_HANDOVERS = 4096;

/** Longest path: a level for each bit of a hashed key. Verifiers have tighter bounds of their own. */
const MAX_PATH = 256;

function fail(what: string): never {
  throw new ProofError("PROOF_MALFORMED", what);
}

/** An object with exactly these fields. */
function fields<Name extends string>(value: unknown, ...names: Name[]): Record<Name, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("not an object");
  const keys = Object.keys(value);
  demand(keys.length === names.length && names.every((name) => keys.includes(name)), "PROOF_MALFORMED", names.join(", "));
  return value as Record<Name, unknown>;
}

function list<T>(value: unknown, max: number, item: (value: unknown) => T): T[] {
  return Array.isArray(value) && value.length <= max ? value.map(item) : fail("a list");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : fail("a text");
}

function hex(length: number): (value: unknown) => Bytes {
  return (value) => {
    const digits = text(value);
    if (digits.length !== 2 * length) fail("a hash");
    try {
      return fromHex(digits);
    } catch {
      return fail("a hash");
    }
  };
}

function blob(value: unknown): Bytes {
  const encoded = text(value);
  try {
    const bytes = fromBase64(encoded);
    if (toBase64(bytes) === encoded) return bytes;
  } catch {
    // Told below, as every other form that is not the canonical one.
  }
  return fail("base64");
}

const hash = hex(32);

function step(value: unknown): Step {
  const { left, hash: beside } = fields(value, "left", "hash");
  return { left: typeof left === "boolean" ? left : fail("left"), hash: hash(beside) };
}

function handover(value: unknown): Handover {
  const from = fields(value, "from_epoch", "set", "siblings", "header", "certificate");
  if (!Number.isSafeInteger(from.from_epoch) || Number(from.from_epoch) < 0) fail("from_epoch");
  return {
    fromEpoch: BigInt(from.from_epoch as number),
    set: blob(from.set),
    siblings: list(from.siblings, MAX_PATH, hash),
    header: blob(from.header),
    certificate: blob(from.certificate),
  };
}

function finality(value: unknown): Finality {
  const from = fields(value, "chain", "genesis_hash", "handovers", "header", "certificate");
  return {
    chain: text(from.chain),
    genesisHash: hash(from.genesis_hash),
    handovers: list(from.handovers, MAX_HANDOVERS, handover),
    header: blob(from.header),
    certificate: blob(from.certificate),
  };
}

export function transactionProof(value: unknown): TransactionProof {
  const from = fields(value, "receipt", "path", "siblings", "finality");
  return {
    receipt: blob(from.receipt),
    path: list(from.path, MAX_PATH, step),
    siblings: list(from.siblings, MAX_PATH, hash),
    finality: finality(from.finality),
  };
}

export function accountProof(value: unknown): AccountProof {
  const from = fields(value, "bid", "holdings", "neighbour", "siblings", "finality");
  const neighbour = from.neighbour === null ? null : fields(from.neighbour, "key", "value");
  return {
    bid: hex(16)(from.bid),
    holdings: from.holdings === null ? null : blob(from.holdings),
    neighbour: neighbour && { key: hash(neighbour.key), value: hash(neighbour.value) },
    siblings: list(from.siblings, MAX_PATH, hash),
    finality: finality(from.finality),
  };
}

export function recordProof(value: unknown): RecordProof {
  const from = fields(value, "record", "siblings", "finality");
  return { record: blob(from.record), siblings: list(from.siblings, MAX_PATH, hash), finality: finality(from.finality) };
}
