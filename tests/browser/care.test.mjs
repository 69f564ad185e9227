// What a person can arrange: small payments without the PIN, a screen that locks, a second registrar, a longer certificate.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startDemo } from "./demo.mjs";
import { mailedCode } from "./mail.mjs";
import { BAKERY, PHONE, TABLET, ask, balanceReaches, enrol, payIn, propose } from "./people.mjs";
import { barriers, choosePin, launch, open, typePin } from "./screen.mjs";

const PIN = "258036";
const MINA = { "enrol-name": "김미나", "enrol-birth": "19940312", "enrol-email": "mina@sebyeol.example" };
const LINH = { "enrol-number": "2026-40511", "enrol-email": "linh@univ.sebyeol.example" };

let demo, browser, phone, till;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  phone = await open(browser, demo.wallet, PHONE);
  till = await open(browser, demo.till, TABLET);
  await enrol(phone, demo, PIN, MINA);
  await payIn(browser, demo, phone, "김미나", 50_000);
  await balanceReaches(phone, 55_000);
  await enrol(till, demo, "963147", BAKERY);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Brings a payment to its last button and presses it. */
async function pay(won) {
  await till.go("/");
  await propose(phone, await ask(till, demo, won));
  await phone.tap("confirm-go");
}

test("payments up to a chosen amount ask for the PIN once, larger ones always", async () => {
  await phone.go("/me?lang=ko");
  await phone.sees("care");
  assert.deepEqual(await barriers(phone), []);
  // The PIN of the enrolment was right a moment ago; for this it is asked all the same.
  await phone.at("care-free").selectOption("10000");
  await phone.tap("pin-cancel");
  await phone.sees("care");
  assert.equal(await phone.at("care-free").inputValue(), "0");
  await phone.at("care-free").selectOption("10000");
  await typePin(phone, PIN);
  await phone.says("toast", /바꾸었습니다/);
  assert.equal(await phone.at("care-free").inputValue(), "10000");

  await pay(4_000);
  await phone.sees("result-done");
  await pay(12_000);
  await typePin(phone, PIN);
  await phone.sees("result-done");
  await balanceReaches(phone, 39_000);
  await phone.go("/me");
  await phone.at("care-free").selectOption("0");
  await phone.says("toast", /바꾸었습니다/);
  await pay(1_000);
  await typePin(phone, PIN);
  await phone.sees("result-done");
});

test("a screen that rests is covered until the PIN is right, and its session is over", async () => {
  await phone.go("/me");
  await phone.at("care-lock").selectOption("60000");
  await phone.says("toast", /바꾸었습니다/);
  await phone.go("/");
  await balanceReaches(phone, 38_000);
  // A minute at rest: the page reads there when it was touched last.
  await phone.page.evaluate(() => localStorage.setItem("dure_touched", String(Date.now() - 61_000)));
  await phone.sees("locked");
  assert.equal(await phone.at("balance").isVisible(), false);
  assert.deepEqual(await barriers(phone), []);
  // The service knows as well, and so does a page that is loaded anew.
  assert.equal((await phone.page.request.get(`${demo.wallet}/v1/me`)).status(), 401);
  await phone.page.reload();
  await phone.sees("locked");
  await phone.tap("locked-go");
  await phone.tap("pin-cancel");
  await phone.sees("locked-go");
  await phone.tap("locked-go");
  await typePin(phone, "852147");
  await phone.says("pin-error", /4/);
  await typePin(phone, PIN);
  await phone.sees("balance");
  assert.equal(await phone.at("locked").count(), 0);
});

test("the university takes the city's registration over, for the same person only", async () => {
  await phone.go("/me");
  await phone.says("vouch-row", /시민등록소/);
  await phone.tap("vouch-add");
  await phone.sees("vouch-sheet");
  assert.deepEqual(await barriers(phone), []);
  await phone.fill("vouch-number", "12");
  await phone.fill("vouch-email", "mina@univ.sebyeol.example");
  await phone.tap("vouch-start");
  await phone.says("vouch-error", /학번/);
  assert.deepEqual(await barriers(phone), []);
  await phone.fill("vouch-number", "202610001");
  await phone.tap("vouch-start");
  await phone.sees("vouch-code");
  assert.deepEqual(await barriers(phone), []);
  await phone.fill("vouch-code", await mailedCode(demo.mail, "mina@univ.sebyeol.example"));
  await phone.tap("vouch-confirm");
  await phone.page.locator("[data-testid=vouch-row][data-registrar=campus]").waitFor();
  assert.equal(await phone.at("vouch-add").count(), 0);
});

test("a student enrols with number and school mail", async () => {
  const student = await open(browser, demo.wallet, PHONE, { locale: "en-US" });
  await student.go("/enrol?lang=en");
  await student.still();
  await student.at("enrol-as-campus").check({ force: true });
  await student.sees("enrol-number");
  assert.equal(await student.at("enrol-birth").isVisible(), false);
  assert.deepEqual(await barriers(student), []);
  for (const [id, value] of Object.entries(LINH)) await student.fill(id, value);
  await student.tap("enrol-next");
  await student.fill("enrol-code", await mailedCode(demo.mail, LINH["enrol-email"]));
  await student.tap("enrol-code-next");
  await student.tap("enrol-pin-start");
  await choosePin(student, PIN);
  await student.sees("enrol-step-done");
  await student.tap("enrol-done");
  await student.go("/me");
  await student.says("vouch-row", /Sebyeol University/);

  // Mina finds her to send something: she reads that somebody did.
  await phone.go("/send");
  await phone.fill("send-who", LINH["enrol-email"]);
  await phone.tap("send-who-next");
  await phone.sees("send-step-amount");
  await student.page.reload();
  await student.says("looks", /김\*나/);
  assert.deepEqual(student.faults, []);
  await student.close();
});

test("a certificate that ends soon is told on the first page, and the ledger is asked for three more years", async () => {
  const day = 86_400_000;
  await phone.page.route("**/v1/me", async (route) => {
    const answer = await route.fetch();
    const me = await answer.json();
    // Three years cannot be waited for: the page is told that they are nearly over.
    await route.fulfill({ response: answer, json: { ...me, certificate_ends_at: Date.now() + 20 * day, renewable_from: Date.now() - day } });
  });
  await phone.go("/");
  await phone.sees("renewal");
  assert.deepEqual(await barriers(phone), []);
  await phone.tap("renewal-go");
  await phone.sees("renew");
  assert.deepEqual(await barriers(phone), []);
  await phone.tap("renew");
  await typePin(phone, PIN);
  // The ledger itself knows better: it says from when on.
  await phone.says("toast", /갱신할 때가 아닙니다/);
  assert.doesNotMatch(await phone.text("toast"), /3년 더/);
  await phone.page.unroute("**/v1/me");
  await phone.go("/me");
  await phone.sees("ends");
  assert.equal(await phone.at("renew").count(), 0);
  assert.deepEqual(phone.faults, []);
});

test("the parts of all these pages, on one page, are without barriers too", async () => {
  await phone.go("/kit?lang=ko");
  await phone.page.locator("body[data-ready]").waitFor();
  assert.deepEqual(await barriers(phone), []);
});
