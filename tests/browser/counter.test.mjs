// A phone at the bottom of the river: at the counter a new one takes the account over, when two officers agree.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startDemo } from "./demo.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, ask, balanceReaches, enrol, payIn, propose } from "./people.mjs";
import { barriers, choosePin, launch, open, typePin } from "./screen.mjs";

const FORMER = "258036";
const PIN = "741963";
const REASON = "주민등록증으로 확인";

let demo, browser, former, fresh, one, two, till;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  former = await open(browser, demo.wallet, PHONE);
  fresh = await open(browser, demo.wallet, PHONE);
  one = await open(browser, demo.wallet, TABLET);
  two = await open(browser, demo.wallet, TABLET);
  till = await open(browser, demo.till, TABLET);
  await enrol(former, demo, FORMER, SEOYEON);
  await payIn(browser, demo, former, "박서연", 50_000);
  await balanceReaches(former, 55_000);
  await enrol(till, demo, "963147", BAKERY);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** An officer opens the key file of that name. */
async function comeIn(desk, name) {
  const passphrase = readFileSync(join(demo.keys, "passphrase"), "utf8").trim();
  await desk.at("counter-file").setInputFiles(join(demo.keys, `${name}.json`));
  await desk.fill("counter-pass", passphrase);
  await desk.tap("counter-open");
  await desk.sees("counter-step-desk");
}

async function find(desk, who) {
  await desk.fill("find-who", who);
  await desk.fill("find-reason", REASON);
  await desk.tap("find-go");
}

test("only an officer's key file opens the counter, and only with its passphrase", async () => {
  await one.go("/counter?lang=ko");
  assert.deepEqual(await barriers(one), []);
  await one.tap("counter-open");
  await one.says("counter-key-error", /파일/);
  await one.at("counter-file").setInputFiles(join(demo.keys, "passphrase"));
  await one.tap("counter-open");
  await one.says("counter-key-error", /열쇠 파일이 아닙니다/);
  await one.at("counter-file").setInputFiles(join(demo.keys, "city-hall-1.json"));
  await one.fill("counter-pass", "wrong");
  await one.tap("counter-open");
  await one.says("counter-key-error", /암호문/);
  // The bank registers nobody.
  await one.at("counter-file").setInputFiles(join(demo.keys, "bank-1.json"));
  await one.fill("counter-pass", readFileSync(join(demo.keys, "passphrase"), "utf8").trim());
  await one.tap("counter-open");
  await one.says("counter-key-error", /담당자만/);
  assert.deepEqual(await barriers(one), []);
  await comeIn(one, "city-hall-1");
  await one.says("cases", /없습니다/);
  assert.deepEqual(await barriers(one), []);
});

test("two officers move the account to a new phone, and the former one is dead", async () => {
  await fresh.go("/enrol?lang=ko");
  await fresh.tap("enrol-counter");
  await fresh.sees("move-start");
  assert.deepEqual(await barriers(fresh), []);
  await fresh.tap("move-start");
  await choosePin(fresh, PIN);
  await fresh.sees("move-number");
  const number = (await fresh.text("move-number")).replace(/\D/g, "");
  assert.match(number, /^[0-9]{8}$/);
  assert.deepEqual(await barriers(fresh), []);

  await find(one, "nobody@sebyeol.example");
  await one.says("find-error", /없습니다/);
  await find(one, SEOYEON["enrol-email"]);
  await one.says("person", /1988-11-05/);
  assert.deepEqual(await barriers(one), []);
  await one.fill("phone-number", "00000000");
  await one.tap("phone-go");
  await one.says("person-error", /없습니다/);
  assert.deepEqual(await barriers(one), []);
  await one.fill("phone-number", number);
  await one.tap("phone-go");
  await one.sees("phone-wait");
  await fresh.says("move-step-named", /박\*연/);
  assert.deepEqual(await barriers(fresh), []);
  await fresh.tap("move-yes");
  await fresh.sees("move-step-signed");
  assert.deepEqual(await barriers(fresh), []);
  await one.sees("rebind-go");
  assert.deepEqual(await barriers(one), []);
  await one.tap("rebind-go");
  await one.sees("case-mine");
  assert.deepEqual(await barriers(one), []);

  // Nothing has moved yet.
  await former.go("/");
  await balanceReaches(former, 55_000);
  await two.go("/counter?lang=en");
  await comeIn(two, "city-hall-2");
  await two.says("case", /박서연/);
  await two.tap("case-approve");
  await two.sees("agree-sheet");
  assert.deepEqual(await barriers(two), []);
  // The page is closed at the worst moment, and the first sign-in finds no line: the key is kept all the same.
  await fresh.go("/move?lang=ko");
  await fresh.sees("move-step-signed");
  await two.tap("agree-go");
  await two.says("cases", /Nothing/);
  await fresh.sees("move-step-done");
  assert.deepEqual(await barriers(fresh), []);
  await one.says("cases", /없습니다/);

  await fresh.tap("move-home");
  await typePin(fresh, PIN);
  await fresh.at("pin-sheet").waitFor({ state: "hidden" });
  await balanceReaches(fresh, 55_000);
  await till.go("/");
  await propose(fresh, await ask(till, demo, 5_000));
  await fresh.tap("confirm-go");
  await typePin(fresh, PIN);
  await fresh.sees("result-done");
  await former.go("/");
  await former.sees("pin-sheet");
  await typePin(former, FORMER);
  await former.sees("enrol-step-who");
});

test("the person reads who has looked, and why", async () => {
  await fresh.go("/me");
  await fresh.says("looks", new RegExp(REASON));
  await fresh.says("looks", /새별시청/);
  assert.deepEqual(await barriers(fresh), []);
});

test("a frozen account goes on when two officers agree, without a new phone", async () => {
  await fresh.tap("freeze");
  await fresh.tap("revoke-go");
  await typePin(fresh, PIN);
  await fresh.sees("frozen");
  await find(one, "010-5550-0003");
  await one.sees("unfreeze-go");
  assert.deepEqual(await barriers(one), []);
  await one.tap("unfreeze-go");
  await one.sees("case-mine");
  await two.says("case", /박서연/);
  await two.tap("case-approve");
  await two.tap("agree-go");
  await two.says("cases", /Nothing/);
  await fresh.go("/");
  await balanceReaches(fresh, 50_000);
  assert.equal(await fresh.at("frozen").isVisible(), false);
});

test("leaving the counter forgets the key", async () => {
  await one.tap("counter-leave");
  await one.sees("counter-step-key");
  assert.equal((await one.page.request.get(`${demo.wallet}/v1/counter/me`)).status(), 401);
  for (const screen of [former, fresh, one, two, till]) assert.deepEqual(screen.faults, []);
});
