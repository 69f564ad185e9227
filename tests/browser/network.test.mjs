// The line fails at every request of a payment, in every way. Afterwards the money has moved once or not at all, the
// screen has said so, and phone and till agree.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startDemo } from "./demo.mjs";
import { WAYS, line } from "./line.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, balanceReaches, digits, enrol, payIn, propose } from "./people.mjs";
import { barriers, launch, open, typeAmount, typePin } from "./screen.mjs";

const PIN = "258036";
const TILL_PIN = "741963";

const SHOP = "GET /v1/merchants/by-code/*";
const NONCE = "GET /v1/nonce";
const PREVIEW = "POST /v1/preview";
const UNLOCK = "POST /v1/pin/unlock";
const SUBMIT = "POST /v1/transactions";
const ASK = "GET /v1/transactions/*";

const NO_LINE = /연결이 끊겼습니다/;
const NO_SERVICE = /서비스에 문제가 있습니다/;
const NOT_MOVED = /돈은 빠져나가지 않았습니다/;
const VOID_AT = /\d\d:\d\d:\d\d까지 끝나지 않으면 자동으로 취소되고, 돈은 빠져나가지 않습니다/;
const NEVER_TWICE = /두 번 나가지 않습니다/;

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

/** Pastes the code and goes on. */
async function paste(screen, code) {
  await screen.go("/pay");
  await screen.fill("pay-code", code);
  await screen.tap("pay-code-next");
}

const planned = (screen) => screen.at("plan-left").waitFor();

/** Up to the sending. */
async function sign(screen, code) {
  await propose(screen, code);
  await screen.tap("confirm-go");
  await typePin(screen, PIN);
}

const paid = async (screen, { won }) => {
  await screen.sees("result-amount");
  assert.equal(digits(await screen.text("result-amount")), won);
};

/** Transactions that this browser still keeps. */
const kept = (screen) =>
  screen.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("dure");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction("pending").objectStore("pending").count();
          counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result);
          };
        };
      }),
  );

/** The row of a payment that was taken up by another page, once it has come to its end. */
const tookUp = (screen, state) => screen.page.locator(`[data-testid=pending][data-state=${state}]`).waitFor();

// Where the line fails, what the screen says to it, and how the person goes on.
const atScan = (way, says) => async (sale) => {
  await ways.hurt(SHOP, way);
  await paste(phone, sale.qr_text);
  await phone.says("pay-scan-error", says);
  await ways.heal();
  await phone.tap("pay-code-next");
  await planned(phone);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await paid(phone, sale);
};

const atLook = (request, way, says) => async (sale) => {
  await ways.hurt(request, way);
  await paste(phone, sale.qr_text);
  await phone.says("confirm-error", says);
  await phone.says("confirm-error", NOT_MOVED);
  assert.deepEqual(await barriers(phone), []);
  await ways.heal();
  await phone.says("confirm-go", "다시 시도");
  await phone.tap("confirm-go");
  await planned(phone);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await paid(phone, sale);
};

const blindLook = (request, way, says) => async (sale) => {
  await ways.hurt(request, way);
  await paste(phone, sale.qr_text);
  await phone.says("confirm-error", says);
  await ways.heal();
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await paid(phone, sale);
};

const atPin = (way, says) => async (sale) => {
  await propose(phone, sale.qr_text);
  await ways.hurt(UNLOCK, way);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.says("pin-error", says);
  await ways.heal();
  await typePin(phone, PIN);
  await paid(phone, sale);
};

const afterPin = (request, way, says) => async (sale) => {
  await propose(phone, sale.qr_text);
  await ways.hurt(request, way);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.says("confirm-error", says);
  await phone.says("confirm-error", NOT_MOVED);
  await ways.heal();
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await paid(phone, sale);
};

const atSending = (hurts, says) => async (sale) => {
  await propose(phone, sale.qr_text);
  for (const [request, way] of hurts) await ways.hurt(request, way);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.says("result-sending", says);
  await ways.heal();
  await paid(phone, sale);
};

/** The service takes the transaction and says that it waits for a block. */
const waits = async (route) => {
  const answer = await route.fetch();
  const { id } = await answer.json();
  await route.fulfill({ response: answer, json: { id, status: "pending" } });
};

/** The service's clock, as the answer tells it, is behind: what is signed now is void in a few seconds. */
const behind = async (route) => {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, headers: { ...answer.headers(), date: new Date(Date.now() - 117_000).toUTCString() } });
};

const PAID = { paid: true };
const UNPAID = { paid: false };

const CUTS = [
  ["the look-up of the shop is cut", atScan(WAYS.cut, NO_LINE), PAID],
  ["the look-up of the shop breaks off", atScan(WAYS.broken, NO_SERVICE), PAID],
  ["a gateway answers the look-up of the shop", atScan(WAYS.badGateway, NO_SERVICE), PAID],
  ["something else says that there is no such shop", atScan(WAYS.nowhere, NO_SERVICE), PAID],
  ["the number before the look is cut", atLook(NONCE, WAYS.cut, NO_LINE), PAID],
  ["a page to log in to a network answers instead of the number", atLook(NONCE, WAYS.portal, NO_SERVICE), PAID],
  ["a network asks for its own log-in", atLook(NONCE, WAYS.login, NO_SERVICE), PAID],
  ["the look is cut", atLook(PREVIEW, WAYS.cut, NO_LINE), PAID],
  ["the look breaks off", atLook(PREVIEW, WAYS.broken, NO_SERVICE), PAID],
  ["a gateway answers the look: one may pay without it", blindLook(PREVIEW, WAYS.badGateway, NO_SERVICE), PAID],
  ["the PIN is cut off", atPin(WAYS.cut, NO_LINE), PAID],
  ["the answer to the PIN is lost", atPin(WAYS.lost, NO_LINE), PAID],
  ["a gateway answers the PIN", afterPin(UNLOCK, WAYS.badGateway, NO_SERVICE), PAID],
  ["the answer to the PIN breaks off", afterPin(UNLOCK, WAYS.broken, NO_SERVICE), PAID],
  ["the number after the PIN is cut", afterPin(NONCE, WAYS.cut, NO_LINE), PAID],
  ["a gateway answers instead of the number after the PIN", afterPin(NONCE, WAYS.badGateway, NO_SERVICE), PAID],
  ["the sending is cut", atSending([[SUBMIT, WAYS.cut]], NEVER_TWICE), PAID],
  ["the answer to the sending is lost", atSending([[SUBMIT, WAYS.lost]], NEVER_TWICE), PAID],
  ["the answer to the sending breaks off", atSending([[SUBMIT, WAYS.broken], [ASK, WAYS.cut]], NEVER_TWICE), PAID],
  ["a gateway answers, and the service has it", atSending([[SUBMIT, WAYS.disowned], [ASK, WAYS.badGateway]], VOID_AT), PAID],
  ["a gateway answers, and the service has never seen it", atSending([[SUBMIT, WAYS.badGateway], [ASK, WAYS.badGateway]], VOID_AT), PAID],
  ["a wall on the way forbids it", atSending([[SUBMIT, WAYS.wall], [ASK, WAYS.wall]], VOID_AT), PAID],
  ["a page to log in to a network takes it", atSending([[SUBMIT, WAYS.portal], [ASK, WAYS.portal]], VOID_AT), PAID],
  ["the question what came of it is cut", atSending([[SUBMIT, waits], [ASK, WAYS.cut]], NEVER_TWICE), PAID],
  ["a gateway answers the question what came of it", atSending([[SUBMIT, waits], [ASK, WAYS.badGateway]], VOID_AT), PAID],
  ["the answer to the sending is late", (sale) => atSending([[SUBMIT, ways.hold]], VOID_AT)(sale), PAID],

  ["every request takes a second and a half longer", async (sale) => {
    const slow = async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
    };
    for (const method of ["GET", "POST"]) await ways.hurt(`${method} /v1/.*`, slow);
    await paste(phone, sale.qr_text);
    await phone.says("confirm-plan", "미리 확인하고 있습니다");
    await planned(phone);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await phone.says("result-sending", VOID_AT);
    await paid(phone, sale);
  }, PAID],

  ["the phone loses the net while it sends", async (sale) => {
    await ways.hurt(SUBMIT, ways.hold);
    await sign(phone, sale.qr_text);
    await phone.says("result-sending", VOID_AT);
    await phone.page.context().setOffline(true);
    await phone.sees("offline");
    assert.deepEqual(await barriers(phone), []);
    await ways.heal();
    await phone.at("offline").waitFor({ state: "hidden" });
    await paid(phone, sale);
  }, PAID],

  ["the page is loaded anew before the PIN is taken", async (sale) => {
    await propose(phone, sale.qr_text);
    await ways.hurt(UNLOCK, ways.hold);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await phone.page.reload();
    await phone.sees("pay-step-scan");
  }, UNPAID],

  ["the page is loaded anew before anything is signed", async (sale) => {
    await propose(phone, sale.qr_text);
    const asked = await ways.hurt(NONCE, ways.hold);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await phone.at("pin-sheet").waitFor({ state: "hidden" });
    assert.equal(asked.met, 1);
    await phone.page.reload();
    await phone.sees("pay-step-scan");
  }, UNPAID],

  ["the page is loaded anew before the service has it", async (sale) => {
    await ways.hurt(SUBMIT, WAYS.cut);
    await sign(phone, sale.qr_text);
    await phone.says("result-sending", NEVER_TWICE);
    await phone.page.reload();
    await phone.says("pending", /처리 중인 거래.*까지 안 되면 자동 취소/);
    assert.deepEqual(await barriers(phone), []);
    await ways.heal();
    await tookUp(phone, "done");
    await phone.says("pending", "결제했습니다");
  }, PAID],

  ["the page is loaded anew when the service has it", async (sale) => {
    const sent = await ways.hurt(SUBMIT, WAYS.lost);
    await sign(phone, sale.qr_text);
    await phone.says("result-sending", NEVER_TWICE);
    assert.ok(sent.met > 0);
    await phone.page.reload();
    await phone.says("pending", "처리 중인 거래");
    await ways.heal();
    await tookUp(phone, "done");
  }, PAID],

  ["the tab is closed before the service has it", async (sale) => {
    await ways.hurt(SUBMIT, WAYS.cut);
    const tab = await phone.tab();
    await sign(tab, sale.qr_text);
    await tab.says("result-sending", NEVER_TWICE);
    await tab.page.close();
    await phone.go("/");
    await phone.says("pending", "처리 중인 거래");
    await ways.heal();
    await tookUp(phone, "done");
  }, PAID],

  ["the tab is closed when the service has it", async (sale) => {
    await ways.hurt(SUBMIT, WAYS.lost);
    const tab = await phone.tab();
    await sign(tab, sale.qr_text);
    await tab.says("result-sending", NEVER_TWICE);
    await tab.page.close();
    await ways.heal();
    await phone.go("/");
    await tookUp(phone, "done");
  }, PAID],

  ["two tabs confirm the same code: one pays", async (sale) => {
    const other = await phone.tab();
    await propose(phone, sale.qr_text);
    await propose(other, sale.qr_text);
    for (const tab of [phone, other]) {
      await tab.page.bringToFront();
      await tab.tap("confirm-go");
      await typePin(tab, PIN.slice(0, 5));
    }
    // Both at once, as no person could: a tab in the background takes no tap.
    await Promise.all([phone, other].map((tab) => tab.at(`pin-key-${PIN[5]}`).evaluate((key) => key.click())));
    const ends = async (tab) => {
      await tab.at("result-done").or(tab.at("result-refused")).waitFor();
      return tab.at("result-done").isVisible();
    };
    const done = await Promise.all([ends(phone), ends(other)]);
    assert.deepEqual(done.sort(), [false, true]);
    const second = (await other.at("result-refused").isVisible()) ? other : phone;
    await second.says("result-refused", /이미 결제된 주문입니다/);
    await second.says("result-refused", NOT_MOVED);
    await other.page.close();
  }, PAID],

  ["one payment waits for the line, and another is made: both are paid", async (sale) => {
    const [first, second] = [sale, await order(sale.won)];
    const firstOnly = (route, count) => {
      const body = route.request().postData();
      count.body ??= body;
      return body === count.body ? WAYS.cut(route) : route.fallback();
    };
    await ways.hurt(SUBMIT, firstOnly);
    const tab = await phone.tab();
    await sign(tab, first.qr_text);
    await tab.says("result-sending", NEVER_TWICE);
    await phone.page.bringToFront();
    await sign(phone, second.qr_text);
    await paid(phone, sale);
    await ways.heal();
    await paid(tab, sale);
    await tab.page.close();
    return { others: [second] };
  }, PAID],

  ["back while the PIN is asked: nothing is paid, and the sheet is gone", async (sale) => {
    await propose(phone, sale.qr_text);
    await phone.tap("confirm-go");
    await typePin(phone, PIN.slice(0, 5));
    await phone.page.goBack();
    await phone.sees("pay-step-scan");
    await phone.at("pin-sheet").waitFor({ state: "hidden" });
  }, UNPAID],

  ["back after it was paid: home, and nothing is paid again", async (sale) => {
    const sent = await ways.hurt(SUBMIT, (route) => route.continue());
    await sign(phone, sale.qr_text);
    await paid(phone, sale);
    await phone.page.goBack();
    await phone.page.waitForURL((url) => url.pathname === "/");
    await phone.page.goBack();
    await phone.at("pay-step-scan").or(phone.at("balance-card")).or(phone.at("result-done")).first().waitFor();
    assert.equal(sent.met, 1);
  }, PAID],

  ["the line comes back only after the limit: void, at the time that was said", async (sale) => {
    await propose(phone, sale.qr_text);
    await ways.hurt(NONCE, behind);
    const sent = await ways.hurt(SUBMIT, WAYS.cut);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await phone.says("result-sending", NEVER_TWICE);
    await phone.page.waitForEvent("requestfailed", { predicate: () => sent.met > 4 });
    await ways.heal();
    await phone.says("result-void", /\d\d:\d\d:\d\d에 취소되었습니다/);
    await phone.says("result-void", NOT_MOVED);
    assert.deepEqual(await barriers(phone), []);
  }, UNPAID],
];

test("never twice, never unknown", async (t) => {
  for (const [index, [name, act, ends]] of CUTS.entries()) {
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
