/**
 * This device's key: made here, wrapped here, and never readable by script again.
 *
 * The private key is stored encrypted (AES-GCM) under a key derived from two halves: a secret that stays in this
 * browser, and a share that the server gives out only for a right PIN and destroys after five wrong ones. A stolen copy of the
 * browser's storage is therefore worth nothing.
 */

import { concat, random, toHex, utf8, type Bytes } from "../ledger/bytes.ts";
import type { Role } from "../ledger/call.ts";
import type { Pinned } from "../proof/form.ts";
import { change, store } from "./database.ts";

const CURRENT = "current";
const WRAP_INFO = utf8("dure:device-key:v1");

/** The very same key, wrapped a second time for a passkey (ADR 17). */
export interface Passkey {
  /** The credential's id, and the ways to its authenticator. */
  id: Bytes;
  transports: AuthenticatorTransport[];
  /** What the authenticator computes its 32 bytes from. */
  salt: Bytes;
  iv: Bytes;
  wrapped: Bytes;
}

/** Everything that this browser keeps of its certificate. */
export interface Device {
  /** Payments up to here (minor units) ask the service for the share before they ask for the PIN; the service decides. */
  freeAmount?: string;
  /** A screen that rests this long locks, ms; 0 for never. */
  lockAfterMs?: number;
  chain: string;
  bid: string;
  role: Role;
  certificate: string;
  publicKey: Bytes;
  name: string;
  createdAt: number;
  /** The genesis that this device met when it was enrolled; proofs are checked against it. */
  pinned?: Pinned;
  /** Salt of the PIN proof and of the wrapping key. */
  salt: Bytes;
  /** The browser's half of the wrapping key. */
  secret: Bytes;
  iv: Bytes;
  /** The private key (PKCS #8), encrypted. */
  wrapped: Bytes;
  /** There if the person may confirm with a passkey instead of the PIN. */
  passkey?: Passkey;
}

/** A key that is not certified yet; it lives in memory only. */
export interface FreshKey {
  pair: CryptoKeyPair;
  publicKey: Bytes;
  salt: Bytes;
}

/** Makes a key. Extractable, because it must be wrapped; that happens before anything is stored. */
export async function makeKey(): Promise<FreshKey> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { pair, publicKey, salt: random(16) };
}

export async function sign(key: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
}

/** The key that wraps: both halves are needed. `info` tells one wrapping from another. */
export async function wrappingKey(secret: Bytes, other: Bytes, salt: Bytes, info = WRAP_INFO): Promise<CryptoKey> {
  const both = await crypto.subtle.importKey("raw", concat(secret, other), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info };
  return crypto.subtle.deriveKey(how, both, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

/** Wraps a certified key for storage. */
export async function wrapKey(key: FreshKey, share: Bytes): Promise<Pick<Device, "salt" | "secret" | "iv" | "wrapped">> {
  const secret = random(32);
  const iv = random(12);
  const wrapping = await wrappingKey(secret, share, key.salt);
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey("pkcs8", key.pair.privateKey, wrapping, { name: "AES-GCM", iv }));
  return { salt: key.salt, secret, iv, wrapped };
}

/**
 * The private key for one signing: usable, not readable. Fails if the share is not the right one. `extractable` is for wrapping it
 * once more, and for nothing else.
 */
export async function unwrapKey(device: Device, share: Bytes, extractable = false): Promise<CryptoKey> {
  const wrapping = await wrappingKey(device.secret, share, device.salt);
  return crypto.subtle.unwrapKey("pkcs8", device.wrapped, wrapping, { name: "AES-GCM", iv: device.iv }, "Ed25519", extractable, ["sign"]);
}

export async function saveDevice(device: Device): Promise<void> {
  await store("device", "readwrite", (devices) => devices.put(device, CURRENT));
  // Without this, a browser short of space may forget the key. A refusal changes nothing else.
  await navigator.storage?.persist?.();
}

/**
 * Changes what is kept of this device, here and on the disk. Another tab may have changed other fields meanwhile: those stay as they
 * are there, so that nothing that was removed comes back.
 */
export async function amendDevice(device: Device, amend: (device: Device) => void): Promise<void> {
  let found = false;
  await change<Device | undefined>("device", CURRENT, (kept) => {
    found = kept?.certificate === device.certificate;
    if (kept && found) amend(kept);
    return kept;
  });
  if (!found) throw new Error("DEVICE_GONE");
  amend(device);
}

export function loadDevice(): Promise<Device | undefined> {
  return store("device", "readonly", (devices) => devices.get(CURRENT) as IDBRequest<Device | undefined>);
}

export async function forgetDevice(): Promise<void> {
  await store("device", "readwrite", (devices) => devices.delete(CURRENT));
}

/** A certificate as people compare it: in groups of four. */
export function readable(certificate: string): string {
  return (certificate.match(/.{1,4}/g) ?? []).slice(0, 4).join(" ");
}

export const publicKeyHex = (device: Device) => toHex(device.publicKey);
