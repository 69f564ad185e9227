// An officer comes in by plain HTTP, with a key file of the demo: what the counter's page does in a browser.

import { createPrivateKey, createPublicKey, sign, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const inWeb = createRequire(new URL("../../web/package.json", import.meta.url));
const { argon2id } = inWeb("hash-wasm");
const { xchacha20poly1305 } = inWeb("@noble/ciphers/chacha");
/** Before the seed in a private key's form (PKCS #8, RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const decode = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** The private key in a key file. */
async function open(demo, name) {
  const sealed = JSON.parse(readFileSync(join(demo.keys, `${name}.json`), "utf8"));
  const { version, public_key, kdf, memory_kib, passes, salt, cipher } = sealed;
  const password = readFileSync(join(demo.keys, "passphrase"), "utf8").trim();
  const how = { memorySize: memory_kib, iterations: passes, parallelism: 1, hashLength: 32, outputType: "binary" };
  const secret = await argon2id({ password, salt: decode(salt), ...how });
  const bound = Buffer.from(`dure:key-file|${version}|${public_key}|${kdf}|${memory_kib}|${passes}|${salt}|${cipher}`);
  const seed = xchacha20poly1305(secret, decode(sealed.nonce), bound).decrypt(decode(sealed.sealed_seed));
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
}

/** Comes in; answers the session's cookie. */
export async function enterCounter(demo, name) {
  const key = await open(demo, name);
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const send = (path, body) =>
    fetch(demo.wallet + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const { challenge, chain } = await (await send("/v1/counter/challenge", {})).json();
  const certificate = createHash("sha256").update(`dure:certificate:v1\0${chain}\0`).update(raw).digest("hex").slice(0, 32);
  const signature = sign(null, Buffer.from(`dure:counter:v1\0${chain}\0${challenge}`), key).toString("hex");
  const entered = await send("/v1/counter/enter", { certificate, challenge, signature });
  if (entered.status !== 200) throw new Error(await entered.text());
  return entered.headers.get("set-cookie").split(";")[0];
}
