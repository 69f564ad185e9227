/** The device key: wrapped, unwrapped, and closed to script; the PIN's rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { random, toHex, utf8 } from "../ledger/bytes.ts";
import { makeKey, sign, unwrapKey, wrapKey, type Device } from "../keys/device.ts";
import { acceptablePin, deviceTag, pinProof } from "../keys/pin.ts";

test("a wrapped key signs again, with the right share only, and cannot be read", async () => {
  const fresh = await makeKey();
  const share = random(32);
  const device: Device = {
    chain: "test-1", bid: "00", role: "holder", certificate: "00", publicKey: fresh.publicKey, name: "phone", createdAt: 0,
    ...(await wrapKey(fresh, share)),
  };
  const key = await unwrapKey(device, share);
  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", key));
  const message = utf8("pay");
  assert.ok(await crypto.subtle.verify("Ed25519", fresh.pair.publicKey, await sign(key, message), message));
  await assert.rejects(unwrapKey(device, random(32)));
  await assert.rejects(unwrapKey({ ...device, secret: random(32) }, share));
});

test("a proof belongs to one PIN and one device", async () => {
  const salt = random(16);
  const proof = await pinProof("194073", salt);
  assert.equal(proof.length, 44);
  assert.equal(await pinProof("194073", salt), proof);
  assert.notEqual(await pinProof("194074", salt), proof);
  assert.notEqual(await pinProof("194073", random(16)), proof);
});

test("a tag belongs to one device", async () => {
  const salt = new Uint8Array(16);
  const expected = await crypto.subtle.digest("SHA-256", new Uint8Array([...utf8("dure:device-tag"), 0, ...salt]));
  assert.equal(toHex(Uint8Array.from(atob(await deviceTag(salt)), (c) => c.charCodeAt(0))), toHex(new Uint8Array(expected)));
  assert.notEqual(await deviceTag(random(16)), await deviceTag(salt));
});

test("easy PINs are refused", () => {
  for (const pin of ["194073", "250813", "907246", "135791"]) assert.ok(acceptablePin(pin), pin);
  const easy = ["123456", "654321", "912349", "987601", "111222", "000174", "195558", "121212", "407407", "12345", "1234567", "abcdef", ""];
  for (const pin of easy) assert.ok(!acceptablePin(pin), pin);
  assert.ok(!acceptablePin("900131", "1990-01-31"));
  assert.ok(!acceptablePin("199001", "19900131"));
});
