/** A block header, read by its published layout (`score/proof.cddl`). */

import { sha256, toHex, utf8, type Bytes } from "../ledger/bytes.ts";
import { octets, read, tuple, whole } from "./cbor.ts";
import { demand } from "./error.ts";

const MAGIC = toHex(utf8("DUREBLK1"));

/** Bytes before the application header. */
const FIXED = 146;

/** Longest application header, bytes. */
const MAX_APP = 256;

export interface Header {
  digest: Bytes;
  height: bigint;
  timeMs: bigint;
  epoch: bigint;
  view: bigint;
  parentView: bigint;
  /** The height whose state root the header names. */
  executed: bigint;
  stateRoot: Bytes;
}

export async function parseHeader(bytes: Bytes): Promise<Header> {
  demand(bytes.length >= FIXED && toHex(bytes.subarray(0, 8)) === MAGIC, "PROOF_HEADER");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getUint16(FIXED - 2);
  demand(length <= MAX_APP && bytes.length === FIXED + length, "PROOF_HEADER");
  const height = view.getBigUint64(8);
  // Genesis names no state; nothing is ever proven by it.
  demand(height > 0n, "PROOF_HEADER");
  const app = tuple(read(bytes.slice(FIXED), "PROOF_HEADER"), 2, "PROOF_HEADER");
  return {
    digest: await sha256(bytes),
    height,
    timeMs: view.getBigUint64(48),
    epoch: view.getBigUint64(120),
    view: view.getBigUint64(128),
    parentView: view.getBigUint64(136),
    executed: whole(app[0], "PROOF_HEADER"),
    stateRoot: octets(app[1], 32, "PROOF_HEADER"),
  };
}
