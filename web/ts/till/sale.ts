/** A sale: the amount, the code, *paid* — one screen each. */

import { ApiError, sentence, serverNow } from "../kit/api.ts";
import { allowSound, chime } from "../kit/chime.ts";
import { till } from "../kit/client.ts";
import { el, onPress, toast } from "../kit/dom.ts";
import { countdown, time, won } from "../kit/format.ts";
import { amountEntry } from "../kit/keypad.ts";
import { listen } from "../kit/live.ts";
import { begin, onStep, replace } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import { showShop } from "./shop.ts";
import { isPaid, orderTime, paidAmount, type Order } from "./orders.ts";
import { theirs } from "./theirs.ts";
import { signedIn } from "../pay/resume.ts";

/** The till's service takes no single sale above this. */
const MAX_AMOUNT = 10_000_000n;
/** Asked besides listening: a lost stream must not leave a paid customer waiting. */
const ASK_MS = 2500;

/** Orders taken off this screen that a customer may still pay: the ledger alone decides. More are not waiting at one till. */
const MOST_LEFT = 20;

let open: Order | undefined;
/** Numbers of orders that were withdrawn here, the latest last; a payment may be told twice. */
const left = new Set<string>();

export async function sale(): Promise<void> {
  const device = await signedIn();
  const told = (error: unknown) => {
    el("amount-error").textContent = sentence(error);
  };
  const amount = amountEntry("amount", (value) => {
    el("amount-error").textContent = value > MAX_AMOUNT ? t("sale-limit") : "";
    if (value > MAX_AMOUNT) el<HTMLButtonElement>("amount-next").disabled = true;
  });
  onPress(el("amount-next"), async () => {
    allowSound();
    showCode(await till.post("/v1/orders", { body: { amount: amount.value().toString() } }));
  }, told);
  const customers = theirs(
    device,
    (order, receipt) => {
      if (open?.order_id === order.order_id) paid({ amount: order.amount, at: receipt.time_ms, expected: open.amount });
    },
    () => (open ? replace("code") : replace("amount")),
  );
  onPress(el("sale-theirs"), () => {
    allowSound();
    if (open) customers.ask(open);
  }, told);
  onPress(el("sale-cancel"), cancel, (error) => toast(sentence(error)));
  onPress(el("sale-again"), () => {
    amount.clear();
    replace("amount");
  }, told);
  onStep("amount", () => (open = undefined));
  begin("amount");
  setInterval(tick, 1000);
  setInterval(() => void check(), ASK_MS);
  // Asking for the session first: the stream itself cannot ask for a PIN.
  await showShop().catch(told);
  listen(
    {
      paid: (event) => {
        const order = String(event["order_id"]);
        if (open?.order_id === order) paid({ amount: String(event["amount"]), at: Number(event["paid_at"]), expected: open.amount });
        else if (left.delete(order)) paidLate(order, String(event["amount"]));
      },
    },
    lineIs,
  );
}

function showCode(made: Order): void {
  open = made;
  el("sale-late").hidden = true;
  el("code-amount").textContent = won(made.amount);
  el("code-order").textContent = made.order_id;
  el<HTMLImageElement>("qr").src = svgAddress(made.qr_svg ?? "");
  replace("code");
  tick();
}

/** An SVG text as the address of a picture: shown as an image it can run nothing. */
export function svgAddress(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

function tick(): void {
  if (!open) return;
  const ends = open.expires_at;
  const over = ends <= serverNow();
  const lost = document.body.classList.contains("line-lost");
  el("sale-state").dataset["state"] = over ? "expired" : "waiting";
  el("sale-state-text").textContent = over
    ? t("sale-expired")
    : `${t(lost ? "sale-lost" : "sale-waiting")} · ${t("sale-left", { time: countdown(ends) })}`;
}

/** A stream can be silent long after its line is gone, and down while questions are answered: the latest word counts. */
function lineIs(up: boolean): void {
  document.body.classList.toggle("line-lost", !up);
}

async function check(): Promise<void> {
  const asked = open;
  if (!asked) return;
  try {
    const order = await till.get("/v1/orders/{order}", { path: { order: asked.order_id } });
    lineIs(true);
    if (open === asked && isPaid(order)) paid({ amount: paidAmount(order).toString(), at: orderTime(order), expected: asked.amount });
  } catch (error) {
    // The stream is the first source; a lost question is asked again. A closed session shows its own sheet.
    if (!(error instanceof ApiError)) throw error;
    if (error.offline) lineIs(false);
  }
}

function paid(payment: { amount: string; at: number; expected: string }): void {
  if (!open) return;
  const order = open.order_id;
  open = undefined;
  const differs = payment.amount !== payment.expected;
  el("paid-amount").textContent = won(payment.amount);
  el("paid-detail").textContent = differs
    ? t("sale-mismatch", { amount: won(payment.expected) })
    : t("sale-paid-at", { time: time(payment.at), code: order });
  document.querySelector("[data-step='paid']")?.classList.toggle("differs", differs);
  replace("paid");
  chime();
  navigator.vibrate?.([80, 60, 160]);
}

/** A customer had the code before the order was withdrawn. The money is here, so it is told on every step until the next sale. */
function paidLate(order: string, amount: string): void {
  el("sale-late-text").textContent = t("sale-late", { code: order, amount: won(amount) });
  el<HTMLAnchorElement>("sale-late-refund").href = `/refund/${encodeURIComponent(order)}`;
  el("sale-late").hidden = false;
  chime();
  navigator.vibrate?.([80, 60, 160]);
}

async function cancel(): Promise<void> {
  const asked = open;
  if (!asked) return;
  try {
    await till.post("/v1/orders/{order}/cancel", { path: { order: asked.order_id } });
  } catch (error) {
    // Already decided otherwise: perhaps paid in this very second.
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    await check();
    if (open !== asked) return;
  }
  left.add(asked.order_id);
  for (const order of left) if (left.size > MOST_LEFT) left.delete(order);
  toast(t("sale-cancelled"));
  replace("amount");
}
