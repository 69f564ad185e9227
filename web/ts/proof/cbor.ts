/** Canonical CBOR, read: one value has one byte string, every other form is an error. */

import { decode, encode } from "cborg";
import type { Bytes } from "../ledger/bytes.ts";
import { ProofError, type ProofCode } from "./error.ts";

/** A value that only means something by its place in an array. */
export type Value = number | bigint | boolean | string | null | Uint8Array | Value[];

/** The value whose canonical bytes these are, or `code`. */
export function read(bytes: Bytes, code: ProofCode): Value {
  try {
    const value = decode(bytes, { strict: true, allowIndefinite: false, allowUndefined: false, allowNaN: false }) as Value;
    const again = encode(value);
    if (again.length === bytes.length && again.every((byte, at) => byte === bytes[at])) return value;
  } catch {
    // Told below: not CBOR is no better than CBOR in another form.
  }
  throw new ProofError(code);
}

/** An array of exactly `length` values, or `code`. */
export function tuple(value: Value | undefined, length: number, code: ProofCode): Value[] {
  if (Array.isArray(value) && value.length === length) return value;
  throw new ProofError(code);
}

/** A whole number from 0 to 2^64 - 1, or `code`. */
export function whole(value: Value | undefined, code: ProofCode): bigint {
  if ((typeof value === "number" && Number.isSafeInteger(value)) || typeof value === "bigint") {
    const number = BigInt(value);
    if (number >= 0n && number < 2n ** 64n) return number;
  }
  throw new ProofError(code);
}

/** Exactly `length` bytes, or `code`. */
export function octets(value: Value | undefined, length: number, code: ProofCode): Bytes {
  if (value instanceof Uint8Array && value.length === length) return new Uint8Array(value);
  throw new ProofError(code);
}
