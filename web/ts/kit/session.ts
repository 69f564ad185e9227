/** Who is here: the device's certificate, its session, and its key for the length of one signature. */

import { loadDevice, forgetDevice, sign, unwrapKey, type Device } from "../keys/device.ts";
import { unlockWithPasskey } from "../keys/passkey.ts";
import { deviceTag, pinProof } from "../keys/pin.ts";
import { fromText, toHex, utf8, type Bytes } from "../ledger/bytes.ts";
import { ApiError, onSignedOut } from "./api.ts";
import { service, wallet } from "./client.ts";
import { PinAgain, PinCancelled, askPin } from "./pinsheet.ts";
import { t } from "./text.ts";

/** Why somebody who has been here before has to enrol again; the enrolment's page says it. */
export type EnrolAgain = "locked" | "unknown" | "gone";

/** On to the enrolment. The page is being left: whatever waits on this must not go on. */
function toEnrolment(why?: EnrolAgain): Promise<never> {
  location.replace(why ? `/enrol?why=${why}` : "/enrol");
  return new Promise(() => undefined);
}

/** The enrolled device, or on to the enrolment. Who has a session but no key has lost it: browsers short of space forget. */
export async function requireDevice(): Promise<Device> {
  const device = await loadDevice();
  if (device) return device;
  const wasHere = await service.get("/v1/me").then(() => true, () => false);
  return toEnrolment(wasHere ? "gone" : undefined);
}

/** What stands for the PIN on the wire, with what tells this very browser. */
export interface PinProof {
  device_tag: string;
  proof: string;
}

/** What a PIN sheet says. */
interface Asked {
  title: string;
  detail: string;
  note?: string | undefined;
}

/** Asks for the PIN and hands its proof to `send`; tells wrong tries and locking. */
export async function withProof(device: Device, asked: Asked, send: (proof: PinProof) => Promise<void>): Promise<void> {
  await askPin({
    ...asked,
    check: async (pin) => {
      const proof = await pinProof(pin, device.salt);
      try {
        await send({ proof, device_tag: await deviceTag(device.salt) });
      } catch (error) {
        throw await explain(error);
      }
    },
  });
}

/** Asks for the PIN and hands the proof to a service, which releases its share of the wrapping key. */
async function withPin(device: Device, path: "/v1/pin/unlock" | "/v1/session/resume", title: string, detail: string, note?: string): Promise<Bytes> {
  let share: Bytes | undefined;
  await withProof(device, { title, detail, note }, async (proof) => {
    share = fromText((await service.postOnce(path, { body: { certificate: device.certificate, ...proof } })).share);
  });
  if (!share) throw new Error("a PIN was taken without a share");
  return share;
}

async function explain(error: unknown): Promise<unknown> {
  if (!(error instanceof ApiError)) return error;
  if (error.code === "PIN_WRONG") return new PinAgain(t("pin-wrong", { count: error.triesLeft ?? 0 }));
  if (error.offline) return new PinAgain(t("error-network"));
  if (error.status === 429) return new PinAgain(t("error-busy"));
  if (error.code !== "PIN_LOCKED" && error.code !== "UNKNOWN_DEVICE") return error;
  await forgetDevice();
  return toEnrolment(error.code === "PIN_LOCKED" ? "locked" : "unknown");
}

/** The server's share of the wrapping key: asks for the PIN. `note` says why, if that is not plain. */
export function askShare(device: Device, detail: string, note?: string): Promise<Bytes> {
  return withPin(device, "/v1/pin/unlock", t("pin-title"), detail, note);
}

/**
 * The key, for one signature: asks for the passkey if there is one, and for the PIN if there is none or it does not open. For an
 * `amount` that the person pays without the PIN, the service may still give the share from a moment ago.
 */
export async function unlockKey(device: Device, detail: string, amount?: bigint): Promise<CryptoKey> {
  if (!device.passkey) {
    const free = amount !== undefined && amount <= BigInt(device.freeAmount ?? 0) ? await freeShare(device) : undefined;
    return unwrapKey(device, free ?? (await askShare(device, detail)));
  }
  return (await byPasskey(device)) ?? unwrapKey(device, await askShare(device, detail, t("passkey-instead")));
}

/** The share without a PIN, where the person has chosen so and the service agrees; whatever hinders it, the PIN is asked. */
async function freeShare(device: Device): Promise<Bytes | undefined> {
  try {
    const body = { device_tag: await deviceTag(device.salt) };
    return fromText((await wallet.postOnce("/v1/pin/again", { body })).share);
  } catch {
    return undefined;
  }
}

/** The key by the passkey, or nothing: whatever hindered it, the PIN opens the very same key. No service is asked. */
async function byPasskey(device: Device): Promise<CryptoKey | undefined> {
  // Whoever goes back leaves the question behind, as with the PIN.
  const left = new AbortController();
  const leave = () => left.abort();
  addEventListener("popstate", leave);
  try {
    return await unlockWithPasskey(device, left.signal);
  } catch {
    if (left.signal.aborted) throw new PinCancelled();
    return undefined;
  } finally {
    removeEventListener("popstate", leave);
  }
}

/** A key that is lent stays open this long after its last use, ms. */
const LENT_MS = 10 * 60_000;
let lent: { certificate: string; key: CryptoKey; until: number } | undefined;

/**
 * The key, as `unlockKey`, but a till that is in use asks for the PIN once: ten minutes without a sale, another page or a
 * reload, and it asks again. The key cannot be read by script, and it lives in this page's memory alone.
 */
export async function borrowKey(device: Device, detail: string): Promise<CryptoKey> {
  const open = lent && lent.certificate === device.certificate && lent.until > performance.now() ? lent.key : undefined;
  const key = open ?? (await unlockKey(device, detail));
  lent = { certificate: device.certificate, key, until: performance.now() + LENT_MS };
  return key;
}

let resuming: Promise<void> | undefined;

/** A new session: by the passkey, whose key signs for it, or by the PIN. */
async function reopen(device: Device, title: string, lead: string): Promise<void> {
  const key = device.passkey ? await byPasskey(device) : undefined;
  if (key && (await openByKey(device, key))) return;
  await withPin(device, "/v1/session/resume", title, lead, device.passkey ? t("passkey-instead") : undefined);
}

/** True if the service takes the key's word; whatever hinders it, the PIN is asked. */
async function openByKey(device: Device, key: CryptoKey): Promise<boolean> {
  try {
    const { challenge, chain } = await wallet.postOnce("/v1/session/challenge");
    const signature = toHex(await sign(key, utf8(`dure:session:v1\0${chain}\0${challenge}`)));
    await wallet.postOnce("/v1/session/open", { body: { certificate: device.certificate, challenge, signature } });
    return true;
  } catch {
    return false;
  }
}

/** What opens a new session. */
export interface SignIn {
  /** Asks for passkey or PIN; several that ask wait for the same sheet. May say another reason than that the session is over. */
  open(title?: string, lead?: string): Promise<void>;
  /** Requests that find no session wait for `opened` and ask for nothing themselves. */
  hold(opened: Promise<void>): void;
}

/** When the session is over, the PIN opens a new one. */
export function resumeWithPin(device: Device): SignIn {
  let held: Promise<void> | undefined;
  const open = (title = t("logged-out-title"), lead = t("logged-out-lead")) => {
    resuming ??= reopen(device, title, lead).finally(() => (resuming = undefined));
    return resuming;
  };
  onSignedOut(() => held ?? open());
  return { open, hold: (opened) => void (held = opened.finally(() => (held = undefined))) };
}
