/** The two Merkle trees: a block's receipts (RFC 9162), and the state (sparse, over SHA-256 of each key). */

import { concat, sha256, utf8, type Bytes } from "../ledger/bytes.ts";
import { demand } from "./error.ts";
import type { AccountProof, Step } from "./form.ts";

const LEAF = utf8("JMT::LeafNode");
const NODE = utf8("JMT::IntrnalNode");
const EMPTY = utf8("SPARSE_MERKLE_PLACEHOLDER_HASH__");

/** Levels of the state tree. */
const DEPTH = 256;

/** Levels of a receipts tree: a block has far fewer than 2^32 receipts. */
const MAX_STEPS = 32;

/** The receipts root to which `steps` lead from `receipt`. */
export async function receiptsRoot(receipt: Bytes, steps: Step[]): Promise<Bytes> {
  demand(steps.length <= MAX_STEPS, "PROOF_LONG_PATH");
  let hash = await sha256(concat(Uint8Array.of(0), receipt));
  for (const step of steps) {
    hash = await sha256(concat(Uint8Array.of(1), step.left ? step.hash : hash, step.left ? hash : step.hash));
  }
  return hash;
}

/** The state root under which `key` has `value`. */
export async function rootWith(key: Bytes, value: Bytes, siblings: Bytes[]): Promise<Bytes> {
  const [place, content] = await Promise.all([sha256(key), sha256(value)]);
  return climb(place, await sha256(concat(LEAF, place, content)), siblings);
}

/** The state root under which there is nothing at `key`. */
export async function rootWithout(key: Bytes, neighbour: AccountProof["neighbour"], siblings: Bytes[]): Promise<Bytes> {
  const place = await sha256(key);
  if (!neighbour) return climb(place, EMPTY, siblings);
  // The neighbour stands alone in the subtree where the key would be: they part below it.
  let shared = 0;
  while (shared < DEPTH && bit(place, shared) === bit(neighbour.key, shared)) shared += 1;
  demand(shared >= siblings.length && shared < DEPTH, "PROOF_NEIGHBOUR");
  return climb(place, await sha256(concat(LEAF, neighbour.key, neighbour.value)), siblings);
}

/** From `hash`, as many levels below the root as there are siblings, up to the root. */
async function climb(place: Bytes, hash: Bytes, siblings: Bytes[]): Promise<Bytes> {
  demand(siblings.length <= DEPTH, "PROOF_LONG_PATH");
  for (const [at, sibling] of siblings.entries()) {
    const right = bit(place, siblings.length - 1 - at);
    hash = await sha256(concat(NODE, right ? sibling : hash, right ? hash : sibling));
  }
  return hash;
}

/** Bit `at` of a hashed key, from the root down; set means right. */
function bit(place: Uint8Array, at: number): boolean {
  return (((place[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1;
}
