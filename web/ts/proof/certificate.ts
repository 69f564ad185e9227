/**
 * Finality certificates, read by their published layout (`score/proof.cddl`).
 *
 * Signatures are checked by WebCrypto, which is stricter than the ledger's own rule (ZIP-215) for keys and signatures that no
 * honest validator makes: here such a proof is refused, never one accepted that the ledger would not.
 */

import { concat, fromHex, utf8, type Bytes } from "../ledger/bytes.ts";
import { demand, ProofError } from "./error.ts";
import { parseHeader, type Header } from "./header.ts";

/** Most validators of a set. */
const MAX_VALIDATORS = 64;

/** Unsigned LEB128, shortest form. */
function varint(number: bigint): Bytes {
  const out: number[] = [];
  for (; number > 0x7fn; number >>= 7n) out.push(Number(number & 0x7fn) | 0x80);
  return Uint8Array.from([...out, Number(number)]);
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** A header that enough validators have signed. */
export interface SignedHeader extends Header {
  /** How many have signed. */
  signers: number;
  /** Of how many. */
  validators: number;
}

/** Checks that enough validators of `set` (keys in hex) have signed the header in `network` (channel, slash, hash of the genesis). */
export async function verifyCertificate(network: string, set: string[], headerBytes: Bytes, certificate: Bytes): Promise<SignedHeader> {
  const header = await parseHeader(headerBytes);
  const keys = [...set].sort();
  const distinct = new Set(keys).size === keys.length && keys.every((key) => /^[0-9a-f]{64}$/.test(key));
  demand(distinct && keys.length >= 1 && keys.length <= MAX_VALIDATORS, "PROOF_VALIDATOR_SET");
  const proposal = concat(varint(header.epoch), varint(header.view), varint(header.parentView), header.digest);
  demand(certificate.length >= proposal.length, "PROOF_CERTIFICATE");
  demand(equal(certificate.subarray(0, proposal.length), proposal), "PROOF_OTHER_HEADER");

  const votes = readVotes(certificate.slice(proposal.length), keys);
  const need = keys.length - Math.floor((keys.length - 1) / 3);
  demand(votes.length >= need, "PROOF_TOO_FEW_SIGNATURES", `${votes.length} of ${need}`);
  const namespace = utf8(`dure/consensus/v1/${network}_FINALIZE`);
  const message = concat(varint(BigInt(namespace.length)), namespace, proposal);
  const verdicts = await Promise.all(votes.map((vote) => verifySignature(vote.key, message, vote.signature)));
  const bad = verdicts.indexOf(false);
  demand(bad < 0, "PROOF_BAD_SIGNATURE", votes[bad]?.key);
  return { ...header, signers: votes.length, validators: keys.length };
}

interface Vote {
  key: string;
  signature: Bytes;
}

/** Who signed; `bytes` is what follows the proposal, `keys` is the set in its order. */
function readVotes(bytes: Bytes, keys: string[]): Vote[] {
  const width = Math.ceil(keys.length / 8);
  demand(bytes.length > 8 + width, "PROOF_CERTIFICATE");
  const count = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  demand(count === BigInt(keys.length), "PROOF_CERTIFICATE");
  const signers: string[] = [];
  for (let bit = 0; bit < 8 * width; bit += 1) {
    if ((((bytes[8 + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) === 0) continue;
    const key = keys[bit];
    // A bit beyond the last validator is nobody's.
    if (key === undefined) throw new ProofError("PROOF_CERTIFICATE");
    signers.push(key);
  }
  // At most 64 of them: the varint is one byte.
  demand(bytes[8 + width] === signers.length, "PROOF_CERTIFICATE");
  const signatures = bytes.subarray(9 + width);
  demand(signatures.length === 64 * signers.length, "PROOF_CERTIFICATE");
  return signers.map((key, at) => ({ key, signature: signatures.slice(64 * at, 64 * at + 64) }));
}

async function verifySignature(key: string, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey("raw", fromHex(key), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, message);
  } catch {
    // A key that is not on the curve signs nothing.
    return false;
  }
}

