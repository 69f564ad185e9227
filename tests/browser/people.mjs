// What people do again and again: enrol, pay in at the bank, let a till ask for money.

import { mailedCode } from "./mail.mjs";
import { choosePin, open, readQr, typeAmount } from "./screen.mjs";

export const PHONE = { width: 390, height: 844 };
export const TABLET = { width: 820, height: 1180 };
export const SEOYEON = { "enrol-name": "박서연", "enrol-birth": "19881105", "enrol-email": "seoyeon@sebyeol.example" };
export const BAKERY = { "enrol-email": "bakery@shops.example" };

/** Won in a text such as `₩12,000`. */
export const digits = (text) => Number(text.replace(/\D/g, ""));

/** From the empty form to the first page after it. */
export async function enrol(screen, demo, pin, fields, lang = "ko") {
  await screen.go(`/enrol?lang=${lang}`);
  for (const [id, value] of Object.entries(fields)) await screen.fill(id, value);
  await screen.tap("enrol-next");
  await screen.sees("enrol-code");
  await screen.fill("enrol-code", await mailedCode(demo.mail, fields["enrol-email"]));
  await screen.tap("enrol-code-next");
  await screen.tap("enrol-pin-start");
  await choosePin(screen, pin);
  await screen.sees("enrol-step-done");
  await screen.tap("enrol-done");
}

/** Transfers won to the city's account on the bank's page, with the code that the phone shows. */
export async function payIn(browser, demo, phone, payer, won) {
  await phone.go("/charge");
  await phone.sees("charge-code");
  const code = await phone.text("charge-code");
  const bank = await open(browser, demo.bank, TABLET);
  await bank.go("/?lang=ko");
  await bank.page.locator("input[name=payer]").fill(payer);
  await bank.page.locator("form[action^='/deposits'] input[name=amount]").fill(String(won));
  await bank.page.locator("input[name=reference]").fill(code);
  await bank.page.locator("form[action^='/deposits'] button").click();
  await bank.page.waitForURL(/notice=deposited/);
  await bank.close();
}

/** Waits until the home page shows this balance. */
export async function balanceReaches(phone, amount) {
  await phone.go("/");
  await phone.page.waitForFunction(
    (wanted) => Number(document.querySelector("[data-testid=balance]")?.textContent?.replace(/\D/g, "")) === wanted,
    amount,
  );
}

/** The till asks for `won`; answers what its QR says. */
export async function ask(till, demo, won) {
  await typeAmount(till, "sale", won);
  await till.tap("sale-next");
  return readQr(till, "sale-qr", demo.folder);
}

/** Takes a code to the last look before the PIN. */
export async function propose(phone, code) {
  await phone.go("/pay");
  await phone.fill("pay-code", code);
  await phone.tap("pay-code-next");
  await phone.sees("confirm");
  await phone.page.locator("[data-testid=confirm-go]:not([disabled])").waitFor();
}
