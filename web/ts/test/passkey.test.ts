/** The second wrapping of the device key: opened by an authenticator's output, and by nothing that lies beside it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { random, utf8 } from "../ledger/bytes.ts";
import { makeKey, sign, unwrapKey, wrapKey, type Device } from "../keys/device.ts";
import { isAddress } from "../keys/passkey.ts";
import { unwrapByOutput, wrapByOutput } from "../keys/prfwrap.ts";

async function enrolled() {
  const fresh = await makeKey();
  const share = random(32);
  const device: Device = {
    chain: "test-1", bid: "00", role: "holder", certificate: "00", publicKey: fresh.publicKey, name: "phone", createdAt: 0,
    ...(await wrapKey(fresh, share)),
  };
  return { device, share, verifying: fresh.pair.publicKey };
}

test("PIN and passkey open the same key, and script reads neither", async () => {
  const { device, share, verifying } = await enrolled();
  const output = random(32);
  const second = await wrapByOutput(device, share, random(32), output);
  const message = utf8("pay");
  for (const key of [await unwrapByOutput(device, second, output), await unwrapKey(device, share)]) {
    assert.equal(key.extractable, false);
    assert.deepEqual(key.usages, ["sign"]);
    await assert.rejects(crypto.subtle.exportKey("pkcs8", key));
    assert.ok(await crypto.subtle.verify("Ed25519", verifying, await sign(key, message), message));
  }
});

test("nothing but the authenticator's output opens the second wrapping", async () => {
  const { device, share } = await enrolled();
  const output = random(32);
  const second = await wrapByOutput(device, share, random(32), output);
  const closed = (what: Promise<unknown>) => assert.rejects(what, { name: "OperationError" });
  await closed(unwrapByOutput(device, second, random(32)));
  // What a thief of the storage has, and what the server has.
  for (const other of [second.salt, device.secret, share]) await closed(unwrapByOutput(device, second, other));
  // A passkey that is shared with another device: its secret is another.
  await closed(unwrapByOutput({ ...device, secret: random(32) }, second, output));
  // The two wrappings are no keys to each other.
  await closed(unwrapKey({ ...device, ...second }, output));
});

test("a wrong share wraps nothing, and an output that is too short neither", async () => {
  const { device, share } = await enrolled();
  await assert.rejects(wrapByOutput(device, random(32), random(32), random(32)));
  for (const short of [new Uint8Array(), random(16)]) {
    await assert.rejects(wrapByOutput(device, share, random(32), short), TypeError);
  }
});

test("passkeys belong to names, not to addresses", () => {
  for (const host of ["127.0.0.1", "192.168.0.12", "[::1]"]) assert.ok(isAddress(host), host);
  for (const host of ["localhost", "pay.sebyeol.example", "127.example"]) assert.ok(!isAddress(host), host);
});
