/**
 * An officer's key file, opened in the browser: argon2id and XChaCha20-Poly1305, as the operator's tools write it. The key is
 * usable and not readable once it is open; it lives in this page's memory alone.
 */

import { xchacha20poly1305 } from "@noble/ciphers/chacha";
import { argon2id } from "hash-wasm";
import { concat, fromBase64, fromHex, utf8, type Bytes } from "../ledger/bytes.ts";

/** Most memory and passes that a file may ask for: a foreign file must not exhaust the machine. */
const MAX_MEMORY_KIB = 1024 * 1024;
const MAX_PASSES = 16;
/** Before the seed in the only private key form (PKCS #8, RFC 8410) that browsers take. */
const PKCS8_ED25519 = fromHex("302e020100300506032b657004220420");

/** Not a key file of ours, or not its passphrase. */
export class KeyFileError extends Error {
  constructor(readonly why: "malformed" | "passphrase") {
    super(`KEY_FILE_${why.toUpperCase()}`);
  }
}

interface Sealed {
  version: number;
  public_key: string;
  kdf: string;
  memory_kib: number;
  passes: number;
  salt: string;
  cipher: string;
  nonce: string;
  sealed_seed: string;
}

export interface OfficerKey {
  key: CryptoKey;
  publicKey: Bytes;
}

/** Opens a key file's text. Takes a second or two: that is what guards it. */
export async function openKeyFile(text: string, passphrase: string): Promise<OfficerKey> {
  const sealed = parse(text);
  const { version, public_key, kdf, memory_kib, passes, salt, cipher } = sealed;
  const secret = await argon2id({
    password: utf8(passphrase),
    salt: fromBase64(salt),
    memorySize: memory_kib,
    iterations: passes,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
  const bound = utf8(`dure:key-file|${version}|${public_key}|${kdf}|${memory_kib}|${passes}|${salt}|${cipher}`);
  let seed: Uint8Array;
  try {
    seed = xchacha20poly1305(secret, fromBase64(sealed.nonce), bound).decrypt(fromBase64(sealed.sealed_seed));
  } catch {
    throw new KeyFileError("passphrase");
  } finally {
    secret.fill(0);
  }
  const form = concat(PKCS8_ED25519, seed);
  const key = await crypto.subtle.importKey("pkcs8", form, "Ed25519", false, ["sign"]);
  seed.fill(0);
  form.fill(0);
  return { key, publicKey: fromHex(public_key) };
}

function parse(text: string): Sealed {
  try {
    const sealed = JSON.parse(text) as Sealed;
    const known = sealed.version === 1 && sealed.kdf === "argon2id" && sealed.cipher === "xchacha20poly1305";
    const bounded = sealed.memory_kib <= MAX_MEMORY_KIB && sealed.passes <= MAX_PASSES;
    if (known && bounded && /^[0-9a-f]{64}$/.test(sealed.public_key)) return sealed;
  } catch {
    // Told below.
  }
  throw new KeyFileError("malformed");
}
