/** The PIN: which are good enough, and the proof that stands for it on the wire. */

import { concat, toBase64, utf8, type Bytes } from "../ledger/bytes.ts";

/** Rounds of PBKDF2: about a tenth of a second on a phone. The server limits tries to five besides. */
const ROUNDS = 210_000;

/** True for six digits that nobody guesses first: no runs, no repeats, not the birth date. */
export function acceptablePin(pin: string, birth?: string): boolean {
  if (!/^[0-9]{6}$/.test(pin)) return false;
  const steps = Array.from({ length: 5 }, (_, i) => Number(pin[i + 1]) - Number(pin[i]));
  const sequence = steps.some((step, i) => Math.abs(step) <= 1 && steps[i + 1] === step && (step === 0 || steps[i + 2] === step));
  const repeated = pin.slice(0, 3) === pin.slice(3) || (pin.slice(0, 2) === pin.slice(2, 4) && pin.slice(2, 4) === pin.slice(4));
  const born = (birth ?? "").replace(/\D/g, "");
  const birthday = born.length === 8 && [born.slice(2), born.slice(0, 6), born.slice(4) + born.slice(2, 4)].includes(pin);
  return !sequence && !repeated && !birthday;
}

/**
 * What shows that a try comes from this very browser, base64: SHA-256 over the device's salt. Whoever knows the
 * certificate alone cannot use up its tries.
 */
export async function deviceTag(salt: Bytes): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", concat(utf8("dure:device-tag\0"), salt))));
}

/** What the server is shown instead of the PIN: PBKDF2-SHA256 with this device's salt, base64. */
export async function pinProof(pin: string, salt: Bytes): Promise<string> {
  const key = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, key, 256);
  return toBase64(new Uint8Array(bits));
}
