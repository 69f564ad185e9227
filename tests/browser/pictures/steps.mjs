// What wallet and till do for more than one picture.

import { propose } from "../people.mjs";
import { typePin } from "../screen.mjs";

export const PIN = "258036";
export const TILL_PIN = "741963";

/** What the till's service answers to the till. */
export const order = (till, won) =>
  till.page.evaluate(async (amount) => {
    const answer = await fetch("/v1/orders", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ amount }) });
    return answer.json();
  }, String(won));

export const sticker = (till) => till.page.evaluate(async () => (await (await fetch("/v1/static-qr")).json()).qr_text);

export async function ready(screen, path) {
  await screen.go(path);
  await screen.page.locator("body[data-ready]").waitFor();
  await screen.page.locator("[data-skeleton], .bone").first().waitFor({ state: "detached" });
}

/** Up to the sending. */
export async function sign(phone, code) {
  await propose(phone, code);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
}
