/**
 * A passkey instead of the PIN (ADR 17): WebAuthn's PRF extension gives 32 bytes of the authenticator's own, which open the second
 * wrapping of the device's key. Nothing of it is sent anywhere: what the ledger believes is the device key's signature.
 */

import { concat, random, sha256, toBase64, utf8, type Bytes } from "../ledger/bytes.ts";
import { amendDevice, type Device, type Passkey } from "./device.ts";
import { unwrapByOutput, wrapByOutput } from "./prfwrap.ts";

/**
 * Why a passkey did not open: the person (or time) ended it, this browser or authenticator has not what it takes, or it answered
 * with bytes that open nothing. WebAuthn hides on purpose whether a person refused or had no such passkey.
 */
export class PasskeyError extends Error {
  constructor(readonly why: "cancelled" | "unsupported" | "wrong") {
    super(`PASSKEY_${why.toUpperCase()}`);
  }
}

/** EdDSA, ES256, RS256: the signature is looked at by nobody, but every authenticator knows one of these. */
const ALGORITHMS = [-8, -7, -257];

/** True for a host that is an IP address: WebAuthn ties passkeys to domains, `localhost` among them. */
export const isAddress = (host: string) => host.startsWith("[") || /^[0-9]+(\.[0-9]+){3}$/.test(host);

/** Whether a passkey can be offered here; `address` if only the page's address stands in the way. */
export async function passkeyPossible(): Promise<"yes" | "address" | "no"> {
  if (!isSecureContext || typeof PublicKeyCredential === "undefined") return "no";
  try {
    const able = (await PublicKeyCredential.getClientCapabilities?.())?.["extension:prf"];
    if (!(able ?? (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()))) return "no";
  } catch {
    return "no";
  }
  return isAddress(location.hostname) ? "address" : "yes";
}

/** Makes a passkey and wraps the key for it; `share` shows that the PIN was right. What fails leaves the device as it was. */
export async function addPasskey(device: Device, share: Bytes, service: string): Promise<void> {
  const salt = random(32);
  const made = await answered(navigator.credentials.create({ publicKey: await wish(device, salt, service) }));
  const { getTransports } = made.response as Partial<AuthenticatorAttestationResponse>;
  const transports = (getTransports?.call(made.response) ?? []) as AuthenticatorTransport[];
  const id = new Uint8Array(made.rawId);
  try {
    const prf = made.getClientExtensionResults().prf;
    if (!prf?.enabled) throw new PasskeyError("unsupported");
    // Many authenticators compute nothing while they make a passkey, and are asked a second time.
    const output = prf.results ? plain(prf.results.first) : await evaluate({ id, transports, salt });
    const passkey: Passkey = { id, transports, ...(await wrapByOutput(device, share, salt, output)) };
    await amendDevice(device, (kept) => (kept.passkey = passkey));
  } catch (error) {
    await disown(id);
    throw error;
  }
}

/** The key for one signing, as from the PIN. Throws `PasskeyError`; `signal` takes the question back. */
export async function unlockWithPasskey(device: Device, signal?: AbortSignal): Promise<CryptoKey> {
  const { passkey } = device;
  if (!passkey) throw new PasskeyError("unsupported");
  const output = await evaluate(passkey, signal);
  return unwrapByOutput(device, passkey, output).catch(() => {
    throw new PasskeyError("wrong");
  });
}

/** Forgets the second wrapping: the PIN alone opens the key again. */
export async function removePasskey(device: Device): Promise<void> {
  const id = device.passkey?.id;
  await amendDevice(device, (kept) => delete kept.passkey);
  if (id) await disown(id);
}

/** What is asked of an authenticator for a new passkey. Its user is this device and names nobody. */
async function wish(device: Device, salt: Bytes, service: string): Promise<PublicKeyCredentialCreationOptions> {
  // One for each device: another device of the same person must not replace it in a keychain that both share.
  const user = await sha256(concat(utf8("dure:passkey-user\0"), utf8(device.certificate)));
  return {
    rp: { name: service, id: location.hostname },
    user: { id: user, name: device.name, displayName: device.name },
    challenge: random(32),
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    attestation: "none",
    // Never empty: Windows refuses that.
    extensions: { prf: { eval: { first: salt } } },
  };
}

/** The authenticator's 32 bytes for the salt, once it has verified the person. */
async function evaluate({ id, transports, salt }: Pick<Passkey, "id" | "transports" | "salt">, signal?: AbortSignal): Promise<Bytes> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: random(32),
    rpId: location.hostname,
    allowCredentials: [{ type: "public-key", id, transports }],
    userVerification: "required",
    extensions: { prf: { eval: { first: salt } } },
  };
  const answer = await answered(navigator.credentials.get({ publicKey, ...(signal ? { signal } : {}) }));
  const output = answer.getClientExtensionResults().prf?.results?.first;
  if (!output) throw new PasskeyError("unsupported");
  return plain(output);
}

/** Waits for the browser's dialog and tells its refusals apart. */
async function answered(dialog: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const answer = await dialog;
    if (answer) return answer as PublicKeyCredential;
  } catch (error) {
    const ended = error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);
    throw new PasskeyError(ended ? "cancelled" : "unsupported");
  }
  throw new PasskeyError("unsupported");
}

/** Browsers answer with a buffer, some password managers with a view of one. */
function plain(source: BufferSource): Bytes {
  return source instanceof ArrayBuffer ? new Uint8Array(source) : Uint8Array.from(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
}

/** Tells the authenticator that a passkey opens nothing any more, so that it is not offered. Not every browser passes that on. */
async function disown(id: Bytes): Promise<void> {
  const keys = PublicKeyCredential as { signalUnknownCredential?: (unknown: { rpId: string; credentialId: string }) => Promise<void> };
  const credentialId = toBase64(id).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  await keys.signalUnknownCredential?.({ rpId: location.hostname, credentialId }).catch(() => undefined);
}
