/** The customer's code instead of ours: scanned off their phone, read by a hand scanner, or its number typed. */

import { ApiError, refusalSentence, sentence, serverNow } from "../kit/api.ts";
import { till } from "../kit/client.ts";
import { el, onPress, onSubmit } from "../kit/dom.ts";
import { time, won } from "../kit/format.ts";
import { lens } from "../kit/lens.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { borrowKey } from "../kit/session.ts";
import { onStep, replace } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import type { Receipt } from "../ledger/receipt.ts";
import { decodePayerCode, PayerCodeError, type Signed } from "../pay/payercode.ts";
import { prepare } from "../pay/pending.ts";
import { follow } from "../pay/submit.ts";

/** What is to be paid. */
export interface Asked {
  order_id: string;
  amount: string;
}

export interface Theirs {
  /** Shows the step for an order. */
  ask(order: Asked): void;
}

/** Nothing is sent for one of these: the sentence says what to do. */
class Unusable extends Error {}

/** `paid` is called with the receipt of an order that a customer's code has paid; `back` returns to our own code. */
export function theirs(device: Device, paid: (order: Asked, receipt: Receipt) => void, back: () => void): Theirs {
  let order: Asked | undefined;
  const input = el<HTMLInputElement>("theirs");
  const told = (error: unknown) => {
    el("theirs-error").textContent = error instanceof PinCancelled ? "" : explain(error);
  };

  async function take(text: string): Promise<void> {
    const asked = order;
    if (!asked) return;
    el("theirs-error").textContent = "";
    const given = await decodePayerCode(await codeOf(text), device.chain);
    check(given, asked);
    camera.close();
    const key = await borrowKey(device, t("theirs-pin", { amount: won(asked.amount) }));
    if (order !== asked) return;
    const call = { call: "token_pay_mandate", ...given, order: asked.order_id, amount: asked.amount } as const;
    const pending = await prepare(device, key, call, { kind: "take", amount: asked.amount, name: asked.order_id });
    const fate = await follow(pending, (offline) => {
      el("theirs-error").textContent = offline ? t("result-offline") : "";
    });
    input.value = "";
    if (fate.fate === "done") return paid(asked, fate.receipt);
    throw new Unusable(fate.fate === "refused" ? refusalSentence(fate.refusal) : t("result-void", { time: time(fate.at) }));
  }

  const camera = lens(take, told);
  onSubmit(el("theirs-form"), () => (input.value.trim() === "" ? told(new Unusable(t("theirs-empty"))) : take(input.value)), told);
  onPress(el("theirs-back"), back, told);
  for (const step of ["amount", "code", "paid"]) onStep(step, camera.close);
  return {
    ask(asked) {
      order = asked;
      input.value = "";
      el("theirs-error").textContent = "";
      el("theirs-amount").textContent = won(asked.amount);
      replace("theirs");
      // A hand scanner types: without a camera the field is where its text goes.
      input.focus({ preventScroll: true });
      void camera.openIfAllowed();
    },
  };
}

/** A number of eight digits, however it was grouped, is exchanged for its code; everything else is one. */
async function codeOf(text: string): Promise<string> {
  const number = text.replace(/[\s-]/g, "");
  if (!/^[0-9]+$/.test(number)) return text;
  if (number.length !== 8) throw new Unusable(t("theirs-digits"));
  const { code } = await till.post("/v1/payer-codes/take", { body: { number } });
  return code;
}

/** What the ledger would refuse is told before it is asked. */
function check({ mandate }: Signed, asked: Asked): void {
  if (BigInt(mandate.cap) < BigInt(asked.amount)) throw new Unusable(t("theirs-cap", { amount: won(mandate.cap) }));
  if (Number(mandate.expires_at) <= serverNow()) throw new Unusable(t("refusal-mandate_expired"));
}

function explain(error: unknown): string {
  if (error instanceof Unusable) return error.message;
  if (error instanceof PayerCodeError) return t(`theirs-${error.code}`);
  if (error instanceof ApiError && error.code === "UNKNOWN_PAYER_CODE") return t("theirs-unknown");
  return sentence(error);
}
