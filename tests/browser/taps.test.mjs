// A tap belongs to the screen on which it began: a sale and a payment whose buttons are tapped twice, or held, happen once; on a keypad
// that stands still twice the same digit is two digits. `buttons.test.mjs` tries all other buttons.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startDemo } from "./demo.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, balanceReaches, digits, enrol, payIn, propose } from "./people.mjs";
import { touch } from "./fingers.mjs";
import { launch, typeAmount, typePin } from "./screen.mjs";

const PIN = "258036";
let demo, browser, phone, till;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  phone = await touch(browser, demo.wallet, PHONE);
  till = await touch(browser, demo.till, TABLET);
  await enrol(phone, demo, PIN, SEOYEON);
  await payIn(browser, demo, phone, "박서연", 50_000);
  await balanceReaches(phone, 55_000);
  await enrol(till, demo, "741963", BAKERY);
  await till.sees("sale-step-amount");
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const typed = (screen) => screen.page.locator("[data-testid=pin-dots] .on").count();

async function toConfirm(won) {
  const headers = { "idempotency-key": crypto.randomUUID() };
  const order = await till.page.request.post(`${demo.till}/v1/orders`, { data: { amount: String(won) }, headers });
  await propose(phone, (await order.json()).qr_text);
  await phone.still();
}

test("a digit tapped twice on a keypad that stands still is two digits", async () => {
  await till.still();
  await till.twice(await till.middle("sale-key-5"));
  assert.equal(digits(await till.text("sale-amount")), 55);
  await till.tap("sale-key-erase");
  await till.tap("sale-key-erase");
});

test("a digit that is held is one digit", async () => {
  await till.hold("7");
  assert.equal(digits(await till.text("sale-amount")), 7);
  await till.tap("sale-key-erase");
});

test("a sale asked for twice is one order, and its code stays on the screen", async () => {
  for (const ask of [() => till.middle("sale-next").then(till.twice), () => till.at("sale-next").focus().then(() => till.hold("Enter"))]) {
    await typeAmount(till, "sale", 3_000);
    till.sent.length = 0;
    await ask();
    await till.sees("sale-qr");
    assert.deepEqual(till.sent, ["/v1/orders"]);
    await till.twice(await till.middle("sale-cancel"));
    await till.sees("sale-step-amount");
    assert.equal(till.sent.filter((path) => path.endsWith("/cancel")).length, 1);
    await till.still();
    // What was typed stays for the next try.
    while (digits(await till.text("sale-amount")) > 0) await till.tap("sale-key-erase");
  }
});

test("what is said in passing takes no tap from the button beneath it", async () => {
  /** Whether a tap in the middle of the message is the message's. */
  const takes = () =>
    till.at("toast").evaluate((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return document.elementFromPoint(x + width / 2, y + height / 2) === one;
    });
  await till.at("toast").evaluate((one) => one.classList.add("toast-on"));
  assert.equal(await takes(), false);
  // So the middle is on the screen, and nothing else lies above it.
  await till.at("toast").evaluate((one) => (one.style.pointerEvents = "auto"));
  assert.equal(await takes(), true);
  await till.at("toast").evaluate((one) => (one.classList.remove("toast-on"), one.style.removeProperty("pointer-events")));
});

test("*Pay* tapped twice, or held on the keyboard, types nothing into the PIN sheet, and pays once", async () => {
  await toConfirm(2_000);
  phone.sent.length = 0;
  await phone.twice(await phone.middle("confirm-go"));
  await phone.sees("pin-sheet");
  assert.equal(await typed(phone), 0);
  await phone.tap("pin-cancel");
  await phone.still();

  await phone.at("confirm-go").focus();
  await phone.hold("Enter");
  assert.equal(await phone.at("pin-sheet").isVisible(), true);
  assert.equal(await typed(phone), 0, "Enter went on to a key of the sheet");
  await phone.hold("2");
  assert.equal(await typed(phone), 1);
  await phone.tap("pin-key-erase");
  await typePin(phone, PIN);
  await phone.sees("result-amount");
  assert.equal(phone.sent.filter((path) => path === "/v1/transactions").length, 1);
  await balanceReaches(phone, 53_000);
});

test("nothing of all this broke a page", () => {
  assert.deepEqual([...phone.faults, ...till.faults], []);
});
