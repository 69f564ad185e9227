/** What is signed, and the ids that follow from it. The Rust contract and this file share `score/vectors`. */

import { encode } from "cborg";
import { concat, fromHex, sha256, toHex, utf8, type Bytes } from "./bytes.ts";
import { mandate, ROLES, transaction, type Mandate, type Role, type Transaction } from "./call.ts";
import type { Plain } from "./shape.ts";

/** Canonical bytes: deterministic CBOR (RFC 8949 §4.2); only arrays, integers, bytes, text and booleans occur. */
function canonical(value: Plain): Bytes {
  return new Uint8Array(encode(value));
}

/** `tag ‖ 0 ‖ chain ‖ 0 ‖ body`. A chain's name holds no zero byte, so no two inputs collide. */
function tagged(tag: string, chain: string, body: Uint8Array): Bytes {
  return concat(utf8(`${tag}\0${chain}\0`), body);
}

/** The body of a transaction: what the node dry-runs and what the signature covers. */
export function encodeTransaction(tx: Transaction): Bytes {
  return canonical(transaction(tx));
}

/** The bytes under a transaction's signature. */
export function signingMessage(chain: string, body: Uint8Array): Bytes {
  return tagged("dure:tx:v1", chain, body);
}

/** The id of a transaction: known before it is sent. */
export async function transactionId(chain: string, body: Uint8Array): Promise<string> {
  return toHex(await sha256(signingMessage(chain, body)));
}

/** What a payer's device signs to authorise one payment. */
export function mandateMessage(value: Mandate): Bytes {
  return concat(utf8("dure:mandate:v1\0"), canonical(mandate(value)));
}

/** The name under which the ledger remembers that an authorisation is used up. */
export async function mandateId(value: Mandate): Promise<string> {
  return toHex(await sha256(mandateMessage(value)));
}

/** The wire form, `[body, key, signature]`. */
export function encodeWire(body: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): Bytes {
  return canonical([body, publicKey, signature]);
}

/** The id of a key's certificate. */
export async function certificateId(chain: string, publicKey: Uint8Array): Promise<string> {
  return toHex((await sha256(tagged("dure:certificate:v1", chain, publicKey))).slice(0, 16));
}

/** What a device signs with a new key to prove that it holds it. */
export function possessionMessage(chain: string, owner: string, role: Role, publicKey: Uint8Array): Bytes {
  return tagged("dure:possession:v1", chain, concat(fromHex(owner), Uint8Array.of(ROLES.indexOf(role)), publicKey));
}
