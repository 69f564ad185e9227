// The line fails at every request of a payment, in every way. Afterwards the money has moved once or not at all, the
// screen has said so, and phone and till agree.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { cuts } from "./cuts.mjs";
import { startDemo } from "./demo.mjs";
import { interruptions } from "./interruptions.mjs";
import { WAYS, line } from "./line.mjs";
import { PIN, paid, sign } from "./payment.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, balanceReaches, digits, enrol, payIn } from "./people.mjs";
import { barriers, launch, open, typeAmount } from "./screen.mjs";
import { kept } from "./storage.mjs";

const TILL_PIN = "741963";

let demo, browser, phone, till, ways;
/** What the phone must have and what the till must have sold. */
let balance = 0;
let sold = { count: 0, total: 0 };

before(async () => {
  demo = await startDemo();
  browser = await launch();
  phone = await open(browser, demo.wallet, PHONE);
  till = await open(browser, demo.till, TABLET);
  ways = line(phone);
  await enrol(phone, demo, PIN, SEOYEON);
  await payIn(browser, demo, phone, "박서연", 100_000);
  balance = 110_000;
  await balanceReaches(phone, balance);
  await enrol(till, demo, TILL_PIN, BAKERY);
  await till.sees("sale-step-amount");
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** An order of the till, without its screen: the code is all that the phone needs. */
const order = (won) =>
  till.page.evaluate(async (amount) => {
    const answer = await fetch("/v1/orders", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ amount }) });
    return answer.json();
  }, String(won));

/** What the till's service answers to the till. */
const askTill = (path) => till.page.evaluate((path) => fetch(path).then((answer) => answer.json()), path);

test("never twice, never unknown", async (t) => {
  const stage = { phone, ways, order };
  for (const [index, [name, act, ends]] of [...cuts(stage), ...interruptions(stage)].entries()) {
    await t.test(name, async () => {
      const won = 1_000 + index;
      const made = { ...(await order(won)), won };
      try {
        const { others = [] } = (await act(made)) ?? {};
        await ways.heal();
        await agree(ends.paid ? [made, ...others] : [], ends.paid ? [] : [made], won);
      } finally {
        await ways.heal();
      }
    });
  }
  assert.deepEqual(phone.faults, []);
});

test("a till whose line is lost says so, and tells the payment when the line is back", async () => {
  const counter = line(till);
  await till.go("/");
  await till.says("sale-amount", "0");
  const made = till.page.waitForResponse("**/v1/orders");
  await typeAmount(till, "sale", 2_000);
  await till.tap("sale-next");
  const sale = { ...(await (await made).json()), won: 2_000 };
  await till.says("sale-state", "손님의 결제를 기다립니다");
  await counter.hurt("GET /v1/orders/*", WAYS.cut);
  await till.says("sale-state", "연결을 다시 잇고 있습니다");
  assert.deepEqual(await barriers(till), []);
  await counter.heal();
  await till.says("sale-state", "손님의 결제를 기다립니다");
  await sign(phone, sale.qr_text);
  await paid(phone, sale);
  await till.sees("sale-paid");
  await agree([sale], [], sale.won);
});

/** Home, till and this browser's store all say that these orders are paid once, and those not at all. */
async function agree(paidOrders, unpaid, won) {
  balance -= won * paidOrders.length;
  sold = { count: sold.count + paidOrders.length, total: sold.total + won * paidOrders.length };
  await balanceReaches(phone, balance);
  await phone.page.waitForFunction(() => document.querySelectorAll("[data-testid=pending][data-state=open]").length === 0);
  assert.equal(await kept(phone), 0);
  await till.go("/today");
  for (const { order_id } of paidOrders) await till.page.locator(`[data-order="${order_id}"][data-state=paid]`).waitFor();
  for (const { order_id } of unpaid) assert.equal((await askTill(`/v1/orders/${order_id}`)).state, "open");
  assert.equal(digits(await till.text("today-count")), sold.count);
  assert.equal(digits(await till.text("today-total")), sold.total);
}
