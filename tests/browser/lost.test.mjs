// The lost phone, played by a browser of its own: frozen by a mailed link or from another device, let go on by two officers.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";

import { DURE, startDemo } from "./demo.mjs";
import { mailedLink } from "./mail.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, ask, balanceReaches, enrol, payIn, propose } from "./people.mjs";
import { barriers, launch, open, typePin } from "./screen.mjs";

const PIN = "258036";

let demo, browser, phone, other, till;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  phone = await open(browser, demo.wallet, PHONE);
  other = await open(browser, demo.wallet, PHONE);
  till = await open(browser, demo.till, TABLET);
  await enrol(phone, demo, PIN, SEOYEON);
  await payIn(browser, demo, phone, "박서연", 50_000);
  await balanceReaches(phone, 55_000);
  await enrol(till, demo, "741963", BAKERY);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** The counter: two officers let the account go on. */
const atTheCounter = () => execFileSync(DURE, ["unfreeze", "--data", demo.folder, "--email", SEOYEON["enrol-email"]]);

test("a mailed link freezes the account from a browser that knows nothing of it", async () => {
  await other.go("/enrol?lang=ko");
  await other.tap("enrol-lost");
  assert.deepEqual(await barriers(other), []);
  await other.fill("lost-email", SEOYEON["enrol-email"]);
  await other.fill("lost-birth", "1988.11.05");
  await other.tap("lost-next");
  await other.sees("lost-code");
  const link = new URL(await mailedLink(demo.mail, SEOYEON["enrol-email"]));
  await other.page.goto("about:blank");
  await other.go(link.pathname + link.hash);
  await other.sees("lost-freeze");
  assert.equal(new URL(other.page.url()).hash, "");
  assert.deepEqual(await barriers(other), []);
  await other.tap("lost-freeze");
  await other.sees("lost-step-done");

  await phone.go("/");
  await phone.sees("frozen");
  assert.deepEqual(await barriers(phone), []);
  await till.go("/");
  const code = await ask(till, demo, 3_000);
  await phone.go("/pay");
  await phone.fill("pay-code", code);
  await phone.tap("pay-code-next");
  await phone.sees("confirm-error");
  assert.equal(await phone.at("confirm-go").isDisabled(), true);

  atTheCounter();
  await propose(phone, code);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.sees("result-done");
  await balanceReaches(phone, 52_000);
  assert.equal(await phone.at("frozen").isVisible(), false);
});

test("another device of the same person freezes it, and asks before", async () => {
  await enrol(other, demo, "369258", SEOYEON);
  await other.go("/me");
  await other.tap("freeze");
  await other.sees("revoke-sheet");
  assert.deepEqual(await barriers(other), []);
  await other.tap("revoke-no");
  await other.tap("freeze");
  await other.tap("revoke-go");
  await typePin(other, "369258");
  await other.sees("frozen");
  await phone.go("/");
  await phone.sees("frozen");
  atTheCounter();
  await phone.go("/");
  await phone.sees("balance");
  await phone.at("frozen").waitFor({ state: "hidden" });
  assert.deepEqual(phone.faults, []);
  assert.deepEqual(other.faults, []);
});

test("one device too many asks which makes way", async () => {
  const sixth = await open(browser, demo.wallet, PHONE);
  // Five real devices need more mailed codes than an hour allows: the refusal is the ledger's own, given here; the rest is real.
  await sixth.page.route("**/v1/enrolment/certify", async (route) => {
    if (route.request().postDataJSON().drop) return route.continue();
    const body = JSON.stringify({ status: 422, code: "TOO_MANY_DEVICES" });
    return route.fulfill({ status: 422, contentType: "application/problem+json", body });
  });
  const enrolling = enrol(sixth, demo, "482615", SEOYEON);
  await sixth.sees("enrol-step-drop");
  assert.deepEqual(await barriers(sixth), []);
  assert.equal(await sixth.at("drop-device").count(), 2);
  await sixth.tap("drop-go");
  await enrolling;
  await balanceReaches(sixth, 52_000);
  await sixth.go("/me");
  await sixth.sees("other-device");
  assert.equal(await sixth.at("other-device").count(), 1);
  await sixth.close();
});
