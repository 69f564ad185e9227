/**
 * A new phone at the counter: it makes its key, shows a number, asks its owner whether the officer has the right person, and is
 * the person's once two officers have agreed. The phone that was lost is not needed for any of it.
 */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, onPress } from "../kit/dom.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import type { WalletType } from "../kit/routes.ts";
import { begin, replace } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import { forgetMoving, keepMoving, loadMoving, moved, type Moving } from "../enrol/moving.ts";
import { newKey } from "../enrol/newkey.ts";
import { sign } from "../keys/device.ts";
import { deviceTag } from "../keys/pin.ts";
import { toHex } from "../ledger/bytes.ts";
import { possessionMessage } from "../ledger/tx.ts";
import { genesis } from "../pay/genesis.ts";
import type { Pinned } from "../proof/form.ts";

/** How often the phone asks how it stands. */
const AGAIN_MS = 1500;

type Standing = WalletType<"PhoneState">;

/** A phone before it has signed: its key and PIN are in this page's memory alone, and nothing depends on them. */
interface Fresh {
  made: Awaited<ReturnType<typeof newKey>>;
  token: string;
  share: string;
  pinned: Pinned;
}

let fresh: Fresh | undefined;
/** Whose it is to be, as the owner is asked now. */
let named: Standing | undefined;

export async function move(): Promise<void> {
  onPress(el("move-start"), start, (error) => (el("move-error").textContent = error instanceof PinCancelled ? "" : reason(error)));
  onPress(el("move-yes"), agree, (error) => (el("move-named-error").textContent = reason(error)));
  begin("begin");
  const moving = await loadMoving();
  if (!moving) return;
  // The page was closed after the key had signed: the account may have moved meanwhile.
  replace("signed");
  await follow(moving.token).catch(over);
}

async function start(): Promise<void> {
  el("move-error").textContent = "";
  const made = await newKey();
  const [{ chain }, device_tag] = await Promise.all([wallet.get("/v1/genesis"), deviceTag(made.key.salt)]);
  const brought = { public_key: toHex(made.key.publicKey), device_name: t("device-default"), device_tag, pin_proof: made.proof };
  const pinned = await genesis(chain);
  const { token, number, share } = await wallet.postOnce("/v1/new-phone/start", { body: brought });
  fresh = { made, token, share, pinned };
  el("move-number").textContent = `${number.slice(0, 4)} ${number.slice(4)}`;
  el("move-number").setAttribute("aria-label", t("move-number-label", { number }));
  replace("number");
  void follow(token).catch(over);
}

/** Its time is over without a word of the ledger: it begins again. */
async function over(error: unknown): Promise<void> {
  fresh = undefined;
  await forgetMoving();
  el("move-error").textContent = reason(error);
  replace("begin");
}

async function follow(token: string): Promise<void> {
  for (let shown = "waiting"; ; ) {
    const now = await patiently(() => wallet.postOnce("/v1/new-phone/state", { body: { token } }));
    if (now.state === "done") return finish();
    const state = now.state === "named" ? `named ${now.bid}` : now.state;
    if (state !== shown) show(now);
    shown = state;
    await pause();
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));

/** Asks until the service itself has answered: a line that is down is waited out. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const certain = error instanceof ApiError && error.own && error.status < 500 && error.status !== 429;
      if (certain || !(error instanceof ApiError)) throw error;
      await pause();
    }
  }
}

function show(now: Standing): void {
  named = now.state === "named" ? now : undefined;
  if (!named) {
    replace(now.state === "signed" ? "signed" : "number");
    return;
  }
  el("move-named-title").textContent = t("move-named-title", { name: named.masked_name ?? "" });
  el("move-named-error").textContent = "";
  replace("named");
}

async function agree(): Promise<void> {
  const asked = named;
  if (!asked?.bid || !fresh) return;
  const { made, token, share, pinned } = fresh;
  // Kept before it signs: from then on the account may move here.
  await keepMoving(made.key, { token, share, bid: asked.bid, name: t("device-default"), pinned });
  const message = possessionMessage(asked.chain, asked.bid, "holder", made.key.publicKey);
  const possession = toHex(await sign(made.key.pair.privateKey, message));
  await wallet.postOnce("/v1/new-phone/sign", { body: { token, possession } });
  if (named === asked) replace("signed");
}

/** The ledger has moved the account: the key is here already. A first session is a comfort; without it the PIN opens one later. */
async function finish(): Promise<void> {
  const moving = await loadMoving();
  if (!moving) throw new ApiError(401, "TICKET_EXPIRED");
  await moved(moving);
  await signIn(moving).catch(() => undefined);
  replace("done");
}

async function signIn({ device }: Moving): Promise<void> {
  if (!fresh) return;
  const body = { certificate: device.certificate, device_tag: await deviceTag(device.salt), proof: fresh.made.proof };
  await wallet.postOnce("/v1/session/resume", { body });
}

function reason(error: unknown): string {
  if (error instanceof ApiError && error.code === "TICKET_EXPIRED") return t("move-over");
  if (error instanceof Error && error.message === "PIN_DIFFERS") return t("pin-differs");
  return sentence(error);
}
