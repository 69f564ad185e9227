// The main job by hand: a citizen enrols, pays in at the bank, reads the till's QR off its screen, pays; the till
// says paid; the shop gives a part back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startDemo } from "./demo.mjs";
import { mailedCode } from "./mail.mjs";
import { barriers, launch, open, readQr, typeAmount, typePin } from "./screen.mjs";

const PHONE = { width: 390, height: 844 };
const TABLET = { width: 820, height: 1180 };
const PIN = "258036";
const TILL_PIN = "741963";
const SEOYEON = { "enrol-name": "박서연", "enrol-birth": "19881105", "enrol-email": "seoyeon@sebyeol.example" };

let demo, browser, phone, till;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  phone = await open(browser, demo.wallet, PHONE);
  till = await open(browser, demo.till, TABLET);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function enrol(screen, pin, fields) {
  await screen.go("/enrol?lang=ko");
  for (const [id, value] of Object.entries(fields)) await screen.fill(id, value);
  await screen.tap("enrol-next");
  await screen.sees("enrol-code");
  await screen.fill("enrol-code", await mailedCode(demo.mail, fields["enrol-email"]));
  await screen.tap("enrol-code-next");
  await screen.tap("enrol-pin-start");
  await typePin(screen, pin);
  await screen.page.waitForTimeout(300);
  await typePin(screen, pin);
  await screen.sees("enrol-step-done");
  await screen.tap("enrol-done");
}

const digits = (text) => Number(text.replace(/\D/g, ""));

async function balanceReaches(amount) {
  await phone.go("/");
  await phone.page.waitForFunction(
    (wanted) => Number(document.querySelector("[data-testid=balance]")?.textContent?.replace(/\D/g, "")) === wanted,
    amount,
  );
}

test("a citizen enrols with a mailed code and a PIN", async () => {
  await enrol(phone, PIN, SEOYEON);
  await balanceReaches(0);
});

test("a deposit on the bank's page becomes coin with the city's bonus", async () => {
  await phone.go("/charge");
  await phone.sees("charge-code");
  const code = await phone.text("charge-code");
  const bank = await open(browser, demo.bank, TABLET);
  await bank.go("/?lang=ko");
  await bank.page.locator("input[name=payer]").fill("박서연");
  await bank.page.locator("form[action^='/deposits'] input[name=amount]").fill("50000");
  await bank.page.locator("input[name=reference]").fill(code);
  await bank.page.locator("form[action^='/deposits'] button").click();
  await bank.page.waitForURL(/notice=deposited/);
  await bank.close();
  await phone.page.waitForTimeout(500);
  await balanceReaches(55_000);
});

test("a shop enrols its till", async () => {
  await enrol(till, TILL_PIN, { "enrol-email": "bakery@shops.example" });
  await till.sees("sale-step-amount");
});

test("the till's QR, read off its screen, is paid, and the till says so", async () => {
  await typeAmount(till, "sale", 12_000);
  await till.tap("sale-next");
  const code = await readQr(till, "sale-qr", demo.folder);
  assert.match(code, /^000201/);

  await phone.go("/pay");
  await phone.fill("pay-code", code);
  await phone.tap("pay-code-next");
  await phone.sees("confirm");
  assert.equal(digits(await phone.text("confirm-amount")), 12_000);
  await phone.page.locator("[data-testid=confirm-go]:not([disabled])").waitFor();
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.sees("result-amount");

  await till.sees("sale-paid");
  assert.equal(digits(await till.text("sale-paid-amount")), 12_000);
  await balanceReaches(43_000);
});

test("an altered code is refused before anything is asked", async () => {
  await till.tap("sale-again");
  await typeAmount(till, "sale", 5_000);
  await till.tap("sale-next");
  const code = await readQr(till, "sale-qr", demo.folder);
  await till.tap("sale-cancel");
  await phone.go("/pay");
  await phone.fill("pay-code", code.replace("54045000", "54041000"));
  await phone.tap("pay-code-next");
  await phone.page.waitForFunction(() => document.querySelector("[data-testid=pay-scan-error]")?.textContent !== "");
  assert.equal(await phone.at("confirm").isVisible(), false);
});

test("a wrong PIN pays nothing and says how many tries are left", async () => {
  await phone.go("/send");
  await phone.fill("send-who", "mina@sebyeol.example");
  await phone.tap("send-who-next");
  await phone.sees("send-step-amount");
  await typeAmount(phone, "send", 1_000);
  await phone.tap("send-amount-next");
  await phone.page.locator("[data-testid=confirm-go]:not([disabled])").waitFor();
  await phone.tap("confirm-go");
  await typePin(phone, "147258");
  await phone.page.waitForFunction(() => /4/.test(document.querySelector("[data-testid=pin-error]")?.textContent ?? ""));
  await phone.tap("pin-cancel");
  await balanceReaches(43_000);
});

test("the shop gives a part back from the till", async () => {
  await till.go("/today");
  await till.page.locator("[data-testid=sale][data-state=paid]").first().click();
  await till.sees("refund-part");
  await till.tap("refund-part");
  await typeAmount(till, "refund", 4_500);
  await till.tap("refund-amount-next");
  await till.page.locator("[data-testid=confirm-go]:not([disabled])").waitFor();
  await till.tap("confirm-go");
  await typePin(till, TILL_PIN);
  await till.sees("result-amount");
  await balanceReaches(47_500);
  await till.go("/today");
  await till.page.locator("[data-testid=sale][data-state=partly_refunded]").first().waitFor();
});

test("the history is searched by shop and amount, and says so when nothing fits", async () => {
  await phone.go("/history");
  await phone.sees("day");
  const rows = (count) =>
    phone.page.waitForFunction((count) => document.querySelectorAll("[data-testid=entry]").length === count, count);
  await phone.fill("history-search", "빵집");
  await rows(2);
  await phone.fill("history-search", "12,000원");
  await rows(1);
  await phone.fill("history-search", "없는 가게");
  await phone.sees("history-all");
  assert.deepEqual(await barriers(phone), []);
  await phone.tap("history-all");
  await rows(4);
});

test("a receipt is printed on one page and shared as text", async () => {
  await phone.go("/history");
  await phone.page.locator("[data-testid=entry][data-kind=pay]").first().click();
  await phone.sees("receipt-share");
  assert.deepEqual(await barriers(phone), []);
  const sheets = await phone.page.pdf({ format: "A4" });
  assert.equal(sheets.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length, 1);
  await phone.page.evaluate(() => {
    Object.defineProperty(navigator, "share", { value: async ({ text }) => void (globalThis.given = text) });
  });
  await phone.tap("receipt-share");
  const given = await phone.page.waitForFunction(() => globalThis.given).then((value) => value.jsonValue());
  assert.match(given, /12,000/);
  assert.match(given, /[0-9a-f]{64}/);
});

test("a device gets another name, and keeps it", async () => {
  await phone.go("/me");
  await phone.sees("device");
  await phone.tap("rename");
  await phone.fill("naming-name", " ");
  await phone.tap("naming-go");
  await phone.page.waitForFunction(() => document.querySelector("[data-testid=naming-error]")?.textContent !== "");
  assert.deepEqual(await barriers(phone), []);
  await phone.fill("naming-name", "서연의 전화");
  await phone.tap("naming-go");
  await phone.page.getByText("서연의 전화").waitFor();
  await phone.go("/me");
  await phone.page.getByText("서연의 전화").waitFor();
});

test("a second device is named and revoked from the first", async () => {
  const second = await open(browser, demo.wallet, PHONE);
  await enrol(second, "369258", SEOYEON);
  await phone.go("/me");
  await phone.tap("other-rename");
  await phone.fill("naming-name", "옛 전화");
  await phone.tap("naming-go");
  await phone.at("other-device").getByText("옛 전화").waitFor();
  assert.deepEqual(await barriers(phone), []);
  await phone.tap("other-revoke");
  await phone.at("revoke-sheet").getByText("옛 전화").waitFor();
  await phone.tap("revoke-go");
  await typePin(phone, PIN);
  await phone.at("other-device").waitFor({ state: "detached" });
  await second.close();
});

test("the screens have no barriers that axe-core knows, and their scripts no errors", async () => {
  for (const path of ["/", "/pay", "/charge", "/send", "/history", "/me"]) {
    await phone.go(path);
    await phone.page.waitForTimeout(700);
    assert.deepEqual(await barriers(phone), [], `wallet ${path}`);
  }
  for (const path of ["/", "/today", "/sticker"]) {
    await till.go(path);
    await till.page.waitForTimeout(500);
    assert.deepEqual(await barriers(till), [], `till ${path}`);
  }
  assert.deepEqual(phone.faults, []);
  assert.deepEqual(till.faults, []);
});
