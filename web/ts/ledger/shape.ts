/**
 * Shapes of the contract's values: each turns a JSON form (ids in hex, money as decimal strings) into the arrays,
 * integers, byte and text strings that canonical CBOR knows. A value that does not fit its shape is an error; nothing
 * is ever guessed, because one wrong byte would be signed.
 */

import { fromHex, utf8 } from "./bytes.ts";

export type Plain = bigint | boolean | string | Uint8Array | null | Plain[];
export type Shape = (value: unknown) => Plain;

const U64_MAX = 2n ** 64n - 1n;

function fail(what: string, value: unknown): never {
  throw new TypeError(`not ${what}: ${String(value)}`);
}

/** Whole number of at most `bits` bits, from a bigint, a safe integer or a decimal string. */
export function uint(bits: number): Shape {
  const max = bits === 64 ? U64_MAX : 2n ** BigInt(bits) - 1n;
  return (value) => {
    const decimal = typeof value === "string" && /^(0|[1-9][0-9]{0,19})$/.test(value);
    const exact = typeof value === "bigint" || decimal || Number.isSafeInteger(value);
    if (!exact) return fail("a whole number", value);
    const number = BigInt(value as bigint | string | number);
    return number >= 0n && number <= max ? number : fail(`a number of ${bits} bits`, value);
  };
}

export const flag: Shape = (value) => (typeof value === "boolean" ? value : fail("true or false", value));

/** Exactly `length` bytes, from hex. */
export function bytes(length: number): Shape {
  return (value) => {
    if (typeof value !== "string" || value.length !== 2 * length) return fail(`${length} bytes in hex`, value);
    return fromHex(value);
  };
}

/** 1 to `max` printable ASCII characters without spaces. */
export function token(max: number): Shape {
  return (value) => {
    const good = typeof value === "string" && value.length <= max && /^[\x21-\x7e]+$/.test(value);
    return good ? value : fail(`1 to ${max} printable ASCII characters`, value);
  };
}

/** A public name: 1 to 60 characters, at most 180 bytes. */
export const title: Shape = (value) => {
  const good = typeof value === "string" && value.length > 0 && [...value].length <= 60 && utf8(value).length <= 180;
  return good ? value : fail("a title", value);
};

export function list(item: Shape, max: number): Shape {
  return (value) => (Array.isArray(value) && value.length <= max ? value.map(item) : fail(`a list of at most ${max}`, value));
}

/** What may be left out; then it is null. */
export function maybe(shape: Shape): Shape {
  return (value) => (value === undefined || value === null ? null : shape(value));
}

/** A struct: its fields in order. What is left out at the end takes no place. */
export function struct(...fields: [name: string, shape: Shape][]): Shape {
  return (value) => {
    if (typeof value !== "object" || value === null) return fail("an object", value);
    const out = fields.map(([name, shape]) => shape((value as Record<string, unknown>)[name]));
    while (out.at(-1) === null) out.pop();
    return out;
  };
}

/** One of some names, written as its place among them. */
export function oneOf(...names: string[]): Shape {
  return (value) => {
    const index = names.indexOf(String(value));
    return index >= 0 ? BigInt(index) : fail(names.join(" or "), value);
  };
}

/** A tagged choice: `[place, [content]]`, or `[place, []]` for a name without content. */
export function choice(tag: string, ...variants: [name: string, shape?: Shape][]): Shape {
  return (value) => {
    const name = (value as Record<string, unknown> | null)?.[tag];
    const index = variants.findIndex(([known]) => known === name);
    const variant = variants[index];
    if (!variant) return fail(`a known ${tag}`, name);
    return [BigInt(index), variant[1] ? [variant[1](value)] : []];
  };
}
