/**
 * The second wrapping of the device's key, for a passkey (ADR 17): the very same key under the device's secret and 32 bytes that an
 * authenticator computes for a person whom it has verified. Only arithmetic; `passkey.ts` talks to the authenticator.
 */

import { random, utf8, type Bytes } from "../ledger/bytes.ts";
import { unwrapKey, wrappingKey, type Device, type Passkey } from "./device.ts";

const INFO = utf8("dure:device-key:passkey:v1");
/** Bytes of a PRF's output, as WebAuthn has it. */
const OUTPUT = 32;

/** The second wrapping key. An output that is too short would leave the key to whoever copies the storage. */
function passkeyWrapping(device: Device, output: Bytes, salt: Bytes): Promise<CryptoKey> {
  if (output.length !== OUTPUT) throw new TypeError("not a PRF's output");
  return wrappingKey(device.secret, output, salt, INFO);
}

/** Wraps the key that the PIN's share opens once more, under an authenticator's `output` for `salt`. */
export async function wrapByOutput(device: Device, share: Bytes, salt: Bytes, output: Bytes): Promise<Pick<Passkey, "salt" | "iv" | "wrapped">> {
  const wrapping = await passkeyWrapping(device, output, salt);
  const iv = random(12);
  const key = await unwrapKey(device, share, true);
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey("pkcs8", key, wrapping, { name: "AES-GCM", iv }));
  return { salt, iv, wrapped };
}

/** The private key for one signing: usable, not readable. Fails if the output is not the right one. */
export async function unwrapByOutput(device: Device, { salt, iv, wrapped }: Pick<Passkey, "salt" | "iv" | "wrapped">, output: Bytes): Promise<CryptoKey> {
  const wrapping = await passkeyWrapping(device, output, salt);
  return crypto.subtle.unwrapKey("pkcs8", wrapped, wrapping, { name: "AES-GCM", iv }, "Ed25519", false, ["sign"]);
}
