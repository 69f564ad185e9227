/** The payer's code: one text for one mandate, read back, and refused in any other form. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encode as qr } from "uqr";
import { fromBase64, toBase64, toHex } from "../ledger/bytes.ts";
import type { Mandate } from "../ledger/call.ts";
import { decodePayerCode, encodePayerCode, PayerCodeError } from "../pay/payercode.ts";

const CHAIN = "sebyeol-1";
const mandate: Mandate = {
  chain: CHAIN,
  certificate: "0f".repeat(16),
  number: 4_000_000_001n,
  cap: "30000",
  expires_at: 1_790_000_175_000n,
};
const signature = "a7".repeat(64);
const HEX =
  "85054350563031617a4f09f04455524522677a535004445552456367c16585500f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f1aee6b28011975301b000001a0c45317985840" +
  "a7".repeat(64);

async function fault(text: string, chain = CHAIN): Promise<string | undefined> {
  try {
    await decodePayerCode(text, chain);
    return undefined;
  } catch (error) {
    if (error instanceof PayerCodeError) return error.code;
    throw error;
  }
}

test("a code is written and read back, and fits a small picture", async () => {
  const text = await encodePayerCode({ mandate, signature });
  assert.equal(toHex(fromBase64(text)), HEX);
  assert.deepEqual(await decodePayerCode(` ${text}\n`, CHAIN), { mandate, signature });
  assert.ok(text.length <= 180, `${text.length} characters`);
  assert.equal(qr(text, { ecc: "M", border: 0 }).size, 53);
  const largest = { ...mandate, number: 2n ** 32n - 1n, cap: "10000000" };
  assert.equal(qr(await encodePayerCode({ mandate: largest, signature }), { ecc: "M", border: 0 }).size, 53);
});

test("another city's code, a shop's code and a web address are foreign", async () => {
  const theirs = await encodePayerCode({ mandate: { ...mandate, chain: "other-1" }, signature });
  for (const text of [theirs, "https://example.com/", "0002010102", "", "1234", "x".repeat(600)]) {
    assert.equal(await fault(text), "CODE_FOREIGN", text);
  }
});

test("no byte of a code may change its frame unseen", async () => {
  const bytes = fromBase64(await encodePayerCode({ mandate, signature }));
  for (let at = 0; at < bytes.length; at += 1) {
    assert.notEqual(await fault(toBase64(bytes.slice(0, at))), undefined, `cut to ${at}`);
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << bit;
      const text = toBase64(changed);
      // What still reads says something else, which the signature does not cover.
      if ((await fault(text)) === undefined) assert.notDeepEqual(await decodePayerCode(text, CHAIN), { mandate, signature }, `byte ${at}, bit ${bit}`);
    }
  }
  assert.equal(await fault(toBase64(new Uint8Array([...bytes, 0]))), "CODE_BROKEN");
});
