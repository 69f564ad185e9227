// A payment is interrupted: the net is gone, the page is loaded anew, its tab closed, somebody goes back or pays twice at once.

import assert from "node:assert/strict";

import { WAYS } from "./line.mjs";
import { NEVER_TWICE, NONCE, NOT_MOVED, PAID, PIN, SUBMIT, UNLOCK, UNPAID, VOID_AT, paid, sign, tookUp } from "./payment.mjs";
import { propose } from "./people.mjs";
import { barriers, typePin } from "./screen.mjs";

/** The service's clock, as the answer tells it, is behind: what is signed now is void in a few seconds. */
const behind = async (route) => {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, headers: { ...answer.headers(), date: new Date(Date.now() - 117_000).toUTCString() } });
};

/** Each has a name, does a payment of a sale, and says whether it is paid in the end. */
export const interruptions = (stage) => [...leaving(stage), ...twice(stage), ...late(stage)];

/** The net or the page goes away on the way. */
function leaving({ phone, ways }) {
  return [
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
  ];
}

/** Two pages pay at once. */
function twice({ phone, ways, order }) {
  return [
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
  ];
}

/** Somebody goes back; the line comes back too late. */
function late({ phone, ways }) {
  return [
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
}
