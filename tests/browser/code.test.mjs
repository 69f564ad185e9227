// *Show my code*: the payer's phone shows a code, the till reads it off the screen or takes its number; the phone may be offline.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startDemo } from "./demo.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, ask, balanceReaches, digits, enrol, payIn, propose } from "./people.mjs";
import { barriers, launch, open, readQr, typeAmount, typePin } from "./screen.mjs";

const PIN = "258036";
const TILL_PIN = "741963";

let demo, browser, phone, till;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  phone = await open(browser, demo.wallet, PHONE);
  till = await open(browser, demo.till, TABLET);
  await enrol(phone, demo, PIN, SEOYEON);
  await payIn(browser, demo, phone, "박서연", 50_000);
  await balanceReaches(phone, 55_000);
  await enrol(till, demo, TILL_PIN, BAKERY);
  await till.sees("sale-step-amount");
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Makes a code on the phone; answers what its picture says. */
async function makeCode(cap) {
  await phone.go("/code");
  await phone.page.locator(`[data-testid=code-cap-${cap}]`).check();
  await phone.tap("code-make");
  await typePin(phone, PIN);
  await phone.sees("code-number");
  return readQr(phone, "code-qr", demo.folder);
}

/** The till asks for `won` and turns to the customer's code. */
async function askTheirs(won) {
  await till.go("/");
  await typeAmount(till, "sale", won);
  await till.tap("sale-next");
  await till.tap("sale-theirs");
  await till.sees("theirs-code");
}

async function present(text) {
  await till.fill("theirs-code", text);
  await till.tap("theirs-go");
}

const faultAtTill = (pattern) =>
  till.page.waitForFunction((source) => new RegExp(source).test(document.querySelector("[data-testid=theirs-error]")?.textContent ?? ""), pattern.source);

test("a code read off the phone's screen pays, and both screens say so", async () => {
  const code = await makeCode(30_000);
  assert.deepEqual(await barriers(phone), []);
  await askTheirs(12_000);
  assert.deepEqual(await barriers(till), []);
  await present(code);
  await typePin(till, TILL_PIN);
  await till.sees("sale-paid");
  assert.equal(digits(await till.text("sale-paid-amount")), 12_000);
  await phone.sees("result-done");
  assert.equal(digits(await phone.text("result-amount")), 12_000);
  assert.deepEqual(await barriers(phone), []);
  await phone.tap("result-receipt");
  await phone.tap("receipt-verify");
  await phone.sees("receipt-proven");
  await balanceReaches(phone, 43_000);

  await askTheirs(1_000);
  await present(code);
  await typePin(till, TILL_PIN);
  await faultAtTill(/이미/);
  await balanceReaches(phone, 43_000);
});

test("a phone without a network is paid from, and learns of it afterwards", async () => {
  await makeCode(10_000);
  const number = await phone.text("code-number");
  assert.match(number, /^\d{4} \d{4}$/);
  await phone.page.context().setOffline(true);
  await askTheirs(3_000);
  await present(number);
  await typePin(till, TILL_PIN);
  await till.sees("sale-paid");
  await phone.sees("code-qr");
  await phone.page.context().setOffline(false);
  await phone.sees("result-done");
  await balanceReaches(phone, 40_000);
});

test("more than was allowed, another city's code and a wrong number are told before anything is sent", async () => {
  const code = await makeCode(10_000);
  await askTheirs(10_001);
  await present(code);
  await faultAtTill(/10,000/);
  await present("0002010102");
  await faultAtTill(/8자리/);
  await present("https://example.com/");
  await faultAtTill(/이 지역화폐/);
  await present("0000 0000");
  await faultAtTill(/시간이 지났/);
  assert.deepEqual(await barriers(till), []);
  await till.tap("theirs-back");
  await till.sees("sale-qr");
});

test("a sale that was withdrawn and is paid all the same is told on the till until the next one", async () => {
  await till.go("/");
  const code = await ask(till, demo, 2_000);
  const order = await till.text("sale-order");
  await propose(phone, code);
  await till.tap("sale-cancel");
  await till.sees("sale-step-amount");
  assert.equal(await till.at("sale-late").isVisible(), false);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await till.sees("sale-late");
  const told = await till.text("sale-late");
  assert.ok(told.includes(order) && told.includes("2,000"), told);
  assert.equal(await till.at("sale-late-refund").getAttribute("href"), `/refund/${order}`);
  assert.deepEqual(await barriers(till), []);
  await balanceReaches(phone, 38_000);
  // The amount of before is still typed.
  await till.tap("sale-next");
  await till.sees("sale-step-code");
  assert.equal(await till.at("sale-late").isVisible(), false);
});

test("closing takes the number back, and a code that has run out says that no money left", async () => {
  await makeCode(10_000);
  const number = await phone.text("code-number");
  await phone.tap("code-close");
  await phone.sees("balance");
  await askTheirs(1_000);
  await present(number);
  await faultAtTill(/시간이 지났/);

  await phone.page.clock.install();
  await makeCode(10_000);
  await phone.page.clock.fastForward("03:00");
  await phone.sees("code-again");
  assert.match(await phone.text("code-hint"), /돈이 나가지 않았/);
  assert.deepEqual(await barriers(phone), []);
  await balanceReaches(phone, 38_000);
  assert.deepEqual(phone.faults, []);
  assert.deepEqual(till.faults, []);
});
