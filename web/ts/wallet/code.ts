/**
 * *Show my code*: a one-time authorisation, signed beforehand, that a till scans. Once it is on the screen the phone needs no
 * network; what came of it is told as soon as there is one.
 */

import { sentence, serverNow } from "../kit/api.ts";
import { allowSound, chime } from "../kit/chime.ts";
import { wallet } from "../kit/client.ts";
import { el, h, icon, onPress } from "../kit/dom.ts";
import { countdown, won } from "../kit/format.ts";
import { unrepeated } from "../kit/idempotency.ts";
import { listen, type Live } from "../kit/live.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { qrPicture } from "../kit/qr.ts";
import { unlockKey } from "../kit/session.ts";
import { begin, onStep, replace } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import { sign, type Device } from "../keys/device.ts";
import { random, toHex } from "../ledger/bytes.ts";
import type { Mandate } from "../ledger/call.ts";
import { balanceAfter, receiptIn, type Receipt } from "../ledger/receipt.ts";
import { mandateId, mandateMessage } from "../ledger/tx.ts";
import { encodePayerCode } from "../pay/payercode.ts";
import { signedIn } from "../pay/resume.ts";
import type { Entry } from "./entries.ts";

/** What one may let a shop take, won. */
const CAPS = [10_000, 30_000, 50_000, 100_000];
const CAP_KEY = "dure_cap";
/** The ledger takes at most three minutes from its own last block on; that may be a little behind. */
const LIFE_MS = 175_000;
/** Asked besides listening: a phone that was away must learn what happened. */
const ASK_MS = 3000;

/** The code on the screen. */
interface Shown {
  mandate: string;
  expiresAt: number;
  madeAt: number;
}

let shown: Shown | undefined;
let live: Live | undefined;

export async function code(): Promise<void> {
  const device = await signedIn();
  const told = (error: unknown) => {
    el("cap-error").textContent = error instanceof PinCancelled ? "" : sentence(error);
  };
  showCaps();
  onPress(el("code-make"), () => make(device), told);
  onPress(el("code-again"), () => replace("cap"), told);
  onPress(el("code-close"), close, told);
  onStep("cap", () => void forget());
  addEventListener("pagehide", () => void forget());
  begin("cap");
  setInterval(() => tick(), 1000);
  setInterval(() => void look(device), ASK_MS);
  const { balance } = await wallet.get("/v1/account");
  el("code-balance").textContent = t("code-balance", { amount: won(balance) });
}

function showCaps(): void {
  const last = Number(localStorage.getItem(CAP_KEY));
  const chosen = CAPS.includes(last) ? last : CAPS[1];
  el("cap-form").replaceChildren(
    ...CAPS.map((cap) => {
      const input = h("input", { type: "radio", name: "cap", value: cap, checked: cap === chosen, "data-testid": `code-cap-${cap}` });
      return h("label", { class: "cap" }, input, h("span", {}, won(BigInt(cap))));
    }),
  );
}

async function make(device: Device): Promise<void> {
  el("cap-error").textContent = "";
  allowSound();
  const cap = new FormData(el<HTMLFormElement>("cap-form")).get("cap") as string;
  localStorage.setItem(CAP_KEY, cap);
  const key = await unlockKey(device, t("code-pin", { amount: won(cap) }));
  const madeAt = serverNow();
  const expiresAt = Math.floor(madeAt) + LIFE_MS;
  const [a, b, c, d] = random(4) as unknown as [number, number, number, number];
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const mandate: Mandate = { chain: device.chain, certificate: device.certificate, number, cap, expires_at: expiresAt };
  const signature = toHex(await sign(key, mandateMessage(mandate)));
  const text = await encodePayerCode({ mandate, signature });
  shown = { mandate: await mandateId(mandate), expiresAt, madeAt };
  show(text, cap);
  live = listen({ entry: () => void look(device) });
  await offerNumber(text, expiresAt);
}

function show(text: string, cap: string): void {
  el("code-cap").textContent = t("code-cap", { amount: won(cap) });
  el("code-qr").replaceChildren(qrPicture(text, t("code-qr-label")));
  el("code-qr").dataset["code"] = text;
  el("code-number").textContent = "";
  el("code-hint").textContent = t("code-hint");
  el("code-again").hidden = true;
  document.body.classList.remove("code-over");
  replace("code");
  tick();
}

const offer = unrepeated();

/** The number to read out; without one the picture still works. */
async function offerNumber(text: string, expiresAt: number): Promise<void> {
  const offered = shown;
  const body = { code: text, expires_at: expiresAt };
  const send = (idempotencyKey: string) => wallet.post("/v1/codes", { body, idempotencyKey });
  const answer = await offer(body, send).catch(() => undefined);
  if (!answer || shown !== offered) return;
  const { number } = answer;
  el("code-number").textContent = `${number.slice(0, 4)} ${number.slice(4)}`;
  el("code-number").setAttribute("aria-label", t("code-number-label", { number: [...number].join(" ") }));
}

function tick(): void {
  if (!shown) return;
  const place = el("code-left");
  if (shown.expiresAt > serverNow()) {
    place.dataset["state"] = "waiting";
    el("code-left-text").textContent = t("code-left", { time: countdown(shown.expiresAt) });
    return;
  }
  if (place.dataset["state"] === "expired") return;
  place.dataset["state"] = "expired";
  el("code-left-text").textContent = t("code-expired");
  el("code-qr").replaceChildren(icon("clock"));
  delete el("code-qr").dataset["code"];
  el("code-number").textContent = "";
  el("code-hint").textContent = t("code-expired-hint");
  el("code-again").hidden = false;
}

let looking = false;

/** Whether a payment has used the code up. */
async function look(device: Device): Promise<void> {
  const asked = shown;
  if (!asked || looking) return;
  looking = true;
  try {
    const { entries } = await wallet.get("/v1/history", { query: { limit: 5 } });
    // The shop's block may be dated a moment before this phone's own idea of now.
    const paid = entries.filter(({ kind, at }) => kind === "pay" && at > asked.madeAt - 10_000);
    for (const entry of paid) {
      const { receipt: told } = await wallet.get("/v1/transactions/{id}", { path: { id: entry.tx } });
      const receipt = told ? receiptIn(told) : undefined;
      const used = receipt?.effects.some((effect) => effect.effect === "mandate_used" && effect.mandate === asked.mandate);
      if (used && receipt && shown === asked) return done(device, entry, receipt);
    }
  } catch {
    // Without a network the code works all the same, and the next look tells what came of it.
    if (shown === asked && !navigator.onLine) el("code-hint").textContent = t("code-offline");
  } finally {
    looking = false;
  }
}

function done(device: Device, entry: Entry, receipt: Receipt): void {
  shown = undefined;
  live?.close();
  const amount = -BigInt(entry.amount);
  const left = balanceAfter(receipt, device.bid);
  const place = el("result");
  place.dataset["state"] = "done";
  place.setAttribute("data-testid", "result-done");
  place.replaceChildren(
    h("span", { class: "seal seal-good" }, icon("check")),
    h("h2", {}, t("result-pay")),
    h("p", { class: "huge", "data-testid": "result-amount" }, won(amount)),
    h("p", { class: "result-name" }, entry.counterparty_name ?? ""),
    ...(left === undefined ? [] : [h("p", { class: "result-line", "data-testid": "result-left" }, t("result-left", { amount: won(left) }))]),
  );
  el("result-foot").replaceChildren(
    h("a", { class: "button button-main", href: "/", "data-testid": "result-home" }, t("result-home")),
    h("a", { class: "button button-soft", href: `/receipt/${entry.tx}`, "data-testid": "result-receipt" }, t("result-receipt")),
  );
  replace("result");
  chime();
  navigator.vibrate?.([80, 60, 160]);
}

/** Takes the code off the screen and its number back. What a till has scanned already it may still present. */
async function forget(): Promise<void> {
  if (!shown) return;
  shown = undefined;
  live?.close();
  el("code-qr").replaceChildren();
  delete el("code-qr").dataset["code"];
  // Its number ends by itself within three minutes, should this not arrive.
  await wallet.postOnce("/v1/codes/end").catch(() => undefined);
}

async function close(): Promise<void> {
  await forget();
  location.assign("/");
}
