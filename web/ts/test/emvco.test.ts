/** The vectors are shared with the crate's `src/emvco_tests.rs`. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { GUID, QrError, decode, decodeAny, type MerchantQr } from "../emvco.ts";

interface Vectors {
  good: { name: string; text: string; code: MerchantQr }[];
  bad: { name: string; text: string; error: string }[];
  ours: string;
}
const vectors = JSON.parse(readFileSync("vectors/emvco.json", "utf8")) as Vectors;

test("good codes", () => {
  assert.equal(vectors.ours, GUID);
  for (const { name, text, code } of vectors.good) assert.deepEqual(decodeAny(text), code, name);
});

test("bad codes say why", () => {
  for (const { name, text, error } of vectors.bad) {
    assert.throws(() => decodeAny(text), (thrown) => thrown instanceof QrError && thrown.code === error, name);
  }
});

test("another scheme is foreign", () => {
  assert.throws(() => decode(vectors.good[0]!.text), { code: "QR_FOREIGN" });
  assert.equal(decode(vectors.good[3]!.text).merchant, "M000101");
});

test("no cut or changed character is taken for the code", () => {
  const chars = [...vectors.good[2]!.text];
  for (let at = 0; at < chars.length; at++) {
    assert.throws(() => decodeAny(chars.slice(0, at).join("")), QrError);
    assert.throws(() => decodeAny(chars.with(at, chars[at] === "7" ? "8" : "7").join("")), QrError);
  }
});
