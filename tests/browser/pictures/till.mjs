// The till's screens.

import { WAYS, line } from "../line.mjs";
import { BAKERY, enrol } from "../people.mjs";
import { typeAmount, typePin } from "../screen.mjs";
import { TILL_PIN, ready, sign } from "./steps.mjs";

/** From the form to a till that has sold nothing yet. */
export async function tillEnrolment(till, demo, shot) {
  await till.go("/enrol");
  await till.sees("enrol-next");
  await shot("enrol");
  await enrol(till, demo, TILL_PIN, BAKERY);
  await till.says("sale-amount", "0");
  await ready(till, "/today");
  await shot("today-empty");
}

/** A till's day: asks, is paid by `phone`, gives a part back. */
export async function tillsDay(till, phone, shot, { refunds = true } = {}) {
  await till.go("/");
  await till.says("sale-amount", "0");
  await shot("sale");
  await typeAmount(till, "sale", 8_000);
  await shot("sale-amount");
  const made = till.page.waitForResponse("**/v1/orders");
  await till.tap("sale-next");
  const { qr_text } = await (await made).json();
  await till.sees("sale-step-code");
  await shot("code");
  await till.tap("sale-theirs");
  await till.sees("theirs-code");
  await shot("theirs");
  await till.tap("theirs-back");
  await phone.page.bringToFront();
  await sign(phone, qr_text);
  await phone.sees("result-amount");
  await till.page.bringToFront();
  await till.sees("sale-paid");
  await shot("paid");
  if (!refunds) return;
  await ready(till, "/today");
  await shot("today");
  await till.page.locator("[data-testid=sale][data-state=paid]").first().click();
  await till.sees("refund-part");
  await shot("refund");
  await till.tap("refund-part");
  await typeAmount(till, "refund", 90_000);
  await shot("refund-over");
  for (let count = 0; count < 5; count += 1) await till.tap("refund-key-erase");
  await typeAmount(till, "refund", 1_500);
  await shot("refund-amount");
  await till.tap("refund-amount-next");
  await till.at("plan-left").waitFor();
  await shot("refund-confirm");
  await till.tap("confirm-go");
  await typePin(till, TILL_PIN);
  await till.sees("result-amount");
  await shot("refund-done");
  await ready(till, "/today");
  await shot("today-refunded");
  await till.go("/sticker");
  await till.says("sticker-name", /./);
  await shot("sticker", { full: true });
  await ready(till, "/device");
  await shot("device", { full: true });
}

export async function tillCorners(till, shot) {
  await till.go("/");
  await till.says("sale-amount", "0");
  await typeAmount(till, "sale", 20_000_000);
  await shot("sale-large");
  await till.go("/");
  await till.says("sale-amount", "0");
  await typeAmount(till, "sale", 5_000);
  await till.tap("sale-next");
  await till.sees("sale-step-code");
  const ways = line(till);
  await ways.hurt("GET /v1/orders/*", WAYS.cut);
  await till.says("sale-state", "다시 잇고");
  await shot("code-lost");
  await ways.heal();
  await ways.hurt("POST /v1/orders", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), expires_at: Date.now() } });
  });
  await till.go("/");
  await till.says("sale-amount", "0");
  await typeAmount(till, "sale", 5_000);
  await till.tap("sale-next");
  await till.says("sale-state", "시간이 지났습니다");
  await shot("code-expired");
  await ways.heal();
  await till.go("/refund/NONE");
  await till.says("refund-error", /./);
  await shot("refund-unknown");
  await till.go("/nowhere");
  await till.sees("not-found");
  await shot("not-found");
}
