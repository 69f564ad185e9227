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
import { newKey } from "../enrol/newkey.ts";
import { enterDevice } from "../enrol/enter.ts";
import { sign } from "../keys/device.ts";
import { deviceTag } from "../keys/pin.ts";
import { toHex } from "../ledger/bytes.ts";
import { certificateId, possessionMessage } from "../ledger/tx.ts";

/** How often the phone asks how it stands. */
const AGAIN_MS = 1500;

type Made = Awaited<ReturnType<typeof newKey>>;
type Standing = WalletType<"PhoneState">;

export function move(): void {
  onPress(el("move-start"), wait, (error) => (el("move-error").textContent = error instanceof PinCancelled ? "" : reason(error)));
  begin("begin");
}

/** From the PIN to the end, or back to the beginning with a reason. */
async function wait(): Promise<void> {
  el("move-error").textContent = "";
  const made = await newKey();
  const brought = {
    public_key: toHex(made.key.publicKey),
    device_name: t("device-default"),
    device_tag: await deviceTag(made.key.salt),
    pin_proof: made.proof,
  };
  const { token, number } = await wallet.postOnce("/v1/new-phone/start", { body: brought });
  el("move-number").textContent = `${number.slice(0, 4)} ${number.slice(4)}`;
  el("move-number").setAttribute("aria-label", t("move-number-label", { number }));
  replace("number");
  try {
    await follow(token, made);
  } catch (error) {
    replace("begin");
    throw error;
  }
}

async function follow(token: string, made: Made): Promise<void> {
  for (let shown = "waiting"; ; ) {
    const now = await stands(token);
    if (now.state === "done") return finish(now, made);
    const state = now.state === "named" ? `named ${now.bid}` : now.state;
    if (state !== shown) show(now, token, made);
    shown = state;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** How the phone stands; a line that is down is waited out. */
async function stands(token: string): Promise<Standing> {
  for (;;) {
    try {
      return await wallet.postOnce("/v1/new-phone/state", { body: { token } });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 0 && error.status < 500 && error.status !== 429)) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

function show(now: Standing, token: string, made: Made): void {
  if (now.state !== "named") {
    replace(now.state === "signed" ? "signed" : "number");
    return;
  }
  el("move-named-title").textContent = t("move-named-title", { name: now.masked_name ?? "" });
  el("move-named-error").textContent = "";
  // A fresh button for each name: it agrees to this one alone.
  const yes = el("move-yes").cloneNode(true) as HTMLElement;
  el("move-yes").replaceWith(yes);
  onPress(yes, () => agree(now, token, made), (error) => (el("move-named-error").textContent = reason(error)));
  replace("named");
}

async function agree(now: Standing, token: string, { key }: Made): Promise<void> {
  const message = possessionMessage(now.chain, now.bid ?? "", "holder", key.publicKey);
  const possession = toHex(await sign(key.pair.privateKey, message));
  await wallet.postOnce("/v1/new-phone/sign", { body: { token, possession } });
  replace("signed");
}

/** The ledger has moved the account: the PIN opens the first session, and its share wraps the key. */
async function finish(now: Standing, { key, proof }: Made): Promise<void> {
  const certificate = await certificateId(now.chain, key.publicKey);
  const body = { certificate, device_tag: await deviceTag(key.salt), proof };
  const { share } = await wallet.postOnce("/v1/session/resume", { body });
  await enterDevice(key, { chain: now.chain, bid: now.bid ?? "", role: "holder", certificate, share, name: t("device-default") }, true);
  replace("done");
}

function reason(error: unknown): string {
  if (error instanceof ApiError && error.code === "TICKET_EXPIRED") return t("move-over");
  if (error instanceof Error && error.message === "PIN_DIFFERS") return t("pin-differs");
  return sentence(error);
}
