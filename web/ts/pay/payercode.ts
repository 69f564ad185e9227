/**
 * The code that a payer shows: a signed one-time authorisation in the frame of EMVCo's Consumer-Presented Mode 1.1, base64 of
 * BER-TLV `85 "CPV01" · 61 { 4F application · 50 label · 63 { C1 ours } }`. Ours is canonical CBOR, an array of
 * certificate (16 bytes), number, most that may be taken, end (ms), signature (64 bytes). The channel is not in it: the till
 * signs for its own, and the application's name tells another city's code apart. 180 characters: version 9, level M.
 */

import { encode } from "cborg";
import { concat, fromBase64, fromHex, sha256, toBase64, toHex, utf8, type Bytes } from "../ledger/bytes.ts";
import type { Mandate } from "../ledger/call.ts";
import { octets, read, tuple, whole } from "../proof/cbor.ts";

const VERSION = utf8("CPV01");
const LABEL = utf8("DURE");
/** Longest text that is looked at. */
export const MAX_CHARS = 512;

export type PayerCodeFault = "CODE_FOREIGN" | "CODE_BROKEN";

export class PayerCodeError extends Error {
  constructor(readonly code: PayerCodeFault) {
    super(code);
  }
}

/** A mandate and the signature under it (hex). */
export interface Signed {
  mandate: Mandate;
  signature: string;
}

/** Names the application and the channel: `F0` (proprietary, ISO 7816-5), `DURE`, four bytes of the channel's hash. */
async function application(chain: string): Promise<Bytes> {
  return concat(Uint8Array.of(0xf0), LABEL, (await sha256(utf8(chain))).slice(0, 4));
}

function tlv(tag: number, value: Bytes): Bytes {
  if (value.length > 255) throw new RangeError("a payer's code has short fields");
  const length = value.length < 128 ? [value.length] : [0x81, value.length];
  return concat(Uint8Array.of(tag, ...length), value);
}

/** The text of the code. */
export async function encodePayerCode({ mandate, signature }: Signed): Promise<string> {
  const { certificate, number, cap, expires_at } = mandate;
  const ours = encode([fromHex(certificate), BigInt(number), BigInt(cap), BigInt(expires_at), fromHex(signature)]);
  const inner = concat(
    tlv(0x4f, await application(mandate.chain)),
    tlv(0x50, LABEL),
    tlv(0x63, tlv(0xc1, new Uint8Array(ours))),
  );
  return toBase64(concat(tlv(0x85, VERSION), tlv(0x61, inner)));
}

/** The fields of `bytes`, each tag once, nothing left over. */
function fields(bytes: Bytes): Map<number, Bytes> {
  const found = new Map<number, Bytes>();
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at]!;
    const first = bytes[at + 1] ?? 0xff;
    const long = first === 0x81;
    const length = long ? (bytes[at + 2] ?? 0) : first;
    const start = at + (long ? 3 : 2);
    if (length > 255 || (first > 127 && !long) || (long && length < 128) || start + length > bytes.length || found.has(tag)) {
      throw new PayerCodeError("CODE_BROKEN");
    }
    found.set(tag, bytes.slice(start, start + length));
    at = start + length;
  }
  return found;
}

const same = (left: Bytes | undefined, right: Bytes) => left !== undefined && toHex(left) === toHex(right);

/** What a code authorises on `chain`; a `PayerCodeError` if it is none, or another city's. */
export async function decodePayerCode(text: string, chain: string): Promise<Signed> {
  const bytes = raw(text.trim());
  const outer = fields(bytes);
  if (!same(outer.get(0x85), VERSION)) throw new PayerCodeError("CODE_FOREIGN");
  const inner = fields(outer.get(0x61) ?? new Uint8Array());
  if (!same(inner.get(0x4f), await application(chain))) throw new PayerCodeError("CODE_FOREIGN");
  const ours = fields(inner.get(0x63) ?? new Uint8Array()).get(0xc1);
  if (!ours) throw new PayerCodeError("CODE_BROKEN");
  try {
    const [certificate, number, cap, ends, signature] = tuple(read(ours, "PROOF_LEAF"), 5, "PROOF_LEAF");
    const mandate: Mandate = {
      chain,
      certificate: toHex(octets(certificate, 16, "PROOF_LEAF")),
      number: whole(number, "PROOF_LEAF"),
      cap: String(whole(cap, "PROOF_LEAF")),
      expires_at: whole(ends, "PROOF_LEAF"),
    };
    const signed = { mandate, signature: toHex(octets(signature, 64, "PROOF_LEAF")) };
    // One text for one authorisation.
    if ((await encodePayerCode(signed)) === text.trim()) return signed;
  } catch {
    // Told below, as every other form.
  }
  throw new PayerCodeError("CODE_BROKEN");
}

function raw(text: string): Bytes {
  // "hQVDUFYwMW": how every code of this frame begins.
  if (text.length > MAX_CHARS || !text.startsWith("hQVDUFYwM")) throw new PayerCodeError("CODE_FOREIGN");
  try {
    return fromBase64(text);
  } catch {
    throw new PayerCodeError("CODE_BROKEN");
  }
}
