// What people and phones get wrong: codes, amounts, PINs, clocks, and browsers that forget. Each is told in words, in both
// languages and without a barrier, and leads on.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { badCodes, withAmount } from "./bad_codes.mjs";
import { setClock, skewable } from "./clock.mjs";
import { startDemo } from "./demo.mjs";
import { line } from "./line.mjs";
import { mailedCode } from "./mail.mjs";
import { BAKERY, PHONE, TABLET, balanceReaches, digits, enrol, payIn, propose } from "./people.mjs";
import { barriers, launch, launchForgetful, open, screenIn, typePin } from "./screen.mjs";
import { certificateOf, forgetStorage, keepOnly } from "./storage.mjs";
import { words } from "./words.mjs";

const TILL_PIN = "741963";
const HOUR = 3_600_000;

/** A citizen for each language: their words, their phone. */
const PEOPLE = {
  ko: { pin: "258036", payer: "최민준", who: { "enrol-name": "최민준", "enrol-birth": "20010122", "enrol-email": "minjun@sebyeol.example" } },
  en: { pin: "369147", payer: "정하은", who: { "enrol-name": "정하은", "enrol-birth": "1979-06-18", "enrol-email": "haeun@sebyeol.example" } },
};

let demo, browser, till;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  till = await open(browser, demo.till, TABLET);
  await skewable(till);
  await enrol(till, demo, TILL_PIN, BAKERY);
  await till.sees("sale-step-amount");
  for (const [lang, person] of Object.entries(PEOPLE)) {
    person.words = words(lang);
    person.lang = lang;
    person.phone = await open(browser, demo.wallet, PHONE);
    await skewable(person.phone);
    await speaks(person.phone, lang);
  }
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** One test in each language; what comes of an earlier one is there for the next. */
function inBoth(name, act) {
  for (const [lang, person] of Object.entries(PEOPLE)) test(`${name} (${lang})`, () => act(person));
}

/** The language that the person has chosen. */
const speaks = (screen, lang) => screen.page.context().addCookies([{ name: "dure_lang", value: lang, url: screen.base }]);

/** Says it, and nothing stands in anybody's way. */
async function says(screen, id, what) {
  await screen.says(id, what);
  assert.deepEqual(await barriers(screen), [], `${id} ${what}`);
}

/** What the till's service answers to the till. */
const askTill = (path, body) =>
  till.page.evaluate(
    async ([path, body]) => {
      const how = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
      return (await fetch(path, how)).json();
    },
    [path, body],
  );

/** Six digits that are not these. */
const otherThan = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

inBoth("a form that is not filled in says which field", async ({ phone, words, who }) => {
  await phone.go("/enrol");
  const fields = [["enrol-name", "enrol-name-bad"], ["enrol-birth", "enrol-birth-bad"], ["enrol-email", "enrol-email-bad"]];
  for (const [field, said] of fields) {
    await phone.tap("enrol-next");
    await says(phone, "enrol-error", words(said));
    if (field === "enrol-birth") {
      for (const never of ["20010230", "2001", "29990101", "생일"]) {
        await phone.fill(field, never);
        await phone.tap("enrol-next");
        await phone.says("enrol-error", words(said));
      }
    }
    await phone.fill(field, who[field]);
  }
});

inBoth("a wrong code, a short one, one of an earlier mail, and one tried too often open nothing; a new one does", async (person) => {
  const { phone, words, who, pin } = person;
  const email = who["enrol-email"];
  await phone.tap("enrol-next");
  await phone.sees("enrol-code");
  const first = await mailedCode(demo.mail, email);
  await phone.fill("enrol-code", "12ab");
  await phone.tap("enrol-code-next");
  await says(phone, "enrol-code-error", words("enrol-code-short"));
  await phone.tap("enrol-code-again");
  await phone.says("toast", words("enrol-code-sent"));
  const second = await mailedCode(demo.mail, email);
  if (first !== second) {
    await phone.fill("enrol-code", first);
    await phone.tap("enrol-code-next");
    await says(phone, "enrol-code-error", words("enrol-code-wrong"));
  }
  const wrong = otherThan(second);
  for (let tries = 0; tries < 5; tries += 1) {
    await phone.fill("enrol-code", wrong);
    const answered = phone.page.waitForResponse("**/v1/enrolment/confirm");
    await phone.tap("enrol-code-next");
    await answered;
  }
  await says(phone, "enrol-code-error", words("enrol-code-expired"));
  await phone.fill("enrol-code", second);
  await phone.tap("enrol-code-next");
  await phone.says("enrol-code-error", words("enrol-code-expired"));

  await phone.tap("enrol-code-again");
  const third = await mailedCode(demo.mail, email);
  await phone.fill("enrol-code", third);
  const opened = phone.page.waitForRequest("**/v1/enrolment/confirm");
  await phone.tap("enrol-code-next");
  await phone.sees("enrol-pin-start");
  const used = (await opened).postData();
  const answer = await phone.page.evaluate(
    (body) => fetch("/v1/enrolment/confirm", { method: "POST", headers: { "content-type": "application/json" }, body }).then((again) => again.json()),
    used,
  );
  assert.equal(answer.code, "CODE_EXPIRED");

  await phone.tap("enrol-pin-start");
  for (const easy of ["123456", "111222", who["enrol-birth"].replace(/\D/g, "").slice(2)]) {
    await typePin(phone, easy);
    await says(phone, "pin-error", words("pin-weak"));
  }
  await typePin(phone, pin);
  await phone.says("pin-title", words("pin-second"));
  await typePin(phone, otherThan(pin));
  await says(phone, "enrol-pin-error", words("pin-differs"));
  await phone.tap("enrol-pin-start");
  await typePin(phone, pin);
  await phone.says("pin-title", words("pin-second"));
  await typePin(phone, pin);
  await phone.sees("enrol-step-done");
  await phone.tap("enrol-done");
  await payIn(browser, demo, phone, person.payer, 20_000);
  await balanceReaches(phone, (person.balance = 22_000));
});

inBoth("codes that are none of ours are told apart", async ({ phone, words }) => {
  const { qr_text: code } = await askTill("/v1/orders", { amount: "5000" });
  await phone.go("/pay");
  for (const [name, text, said] of badCodes(code)) {
    await phone.fill("pay-code", text);
    await phone.tap("pay-code-next");
    await phone.says("pay-scan-error", words(said)).catch((error) => assert.fail(`${name}: ${error.message}`));
    assert.equal(await phone.at("confirm").isVisible(), false, name);
  }
  assert.deepEqual(await barriers(phone), []);
  // More than anybody has: the look says so, and by how much.
  await phone.fill("pay-code", withAmount(code, "9000000000"));
  await phone.tap("pay-code-next");
  await says(phone, "confirm-error", words("refusal-insufficient_funds"));
  assert.equal(await phone.at("confirm-go").isDisabled(), true);
});

/** Types on the keyboard at one amount after another; tells what the field shows and whether one can go on. */
async function amounts(screen, id, cases) {
  await screen.says(`${id}-amount`, "0");
  for (const [keys, shown, goesOn, error] of cases) {
    for (let count = 0; count < 10; count += 1) await screen.page.keyboard.press("Backspace");
    await screen.page.keyboard.type(keys);
    assert.equal(digits(await screen.text(`${id}-amount`)), shown, `${id}: ${keys}`);
    assert.equal(await screen.at(`${id}-${id === "sale" ? "next" : "amount-next"}`).isEnabled(), goesOn, `${id}: ${keys}`);
    if (error) await says(screen, id === "sale" ? "sale-error" : `${id}-amount-error`, error);
  }
}

inBoth("amounts: nothing, too much, letters, commas", async ({ phone, words, pin }) => {
  const large = words("amount-large");
  const cases = [["0", 0, false], ["000", 0, false], ["abc", 0, false], ["-5", 5, true], ["12,000", 12_000, true], ["1 2.3원", 123, true], ["10000000", 10_000_000, true], ["10000001", 10_000_001, false, large], ["999999999999", 99_999_999, false, large]];
  const { qr_text } = await askTill("/v1/static-qr");
  await phone.go("/pay");
  await phone.fill("pay-code", qr_text);
  await phone.tap("pay-code-next");
  await phone.sees("pay-step-amount");
  await amounts(phone, "pay", cases);

  await phone.go("/send");
  for (const nobody of ["", "누구", "nobody@sebyeol.example", "010-0000-0000"]) {
    await phone.fill("send-who", nobody);
    await phone.tap("send-who-next");
    await phone.says("send-error", words("send-unknown"));
  }
  assert.deepEqual(await barriers(phone), []);
  await phone.fill("send-who", "mina@sebyeol.example");
  await phone.tap("send-who-next");
  await phone.sees("send-step-amount");
  await amounts(phone, "send", cases);

  await till.go(`/?lang=${phone === PEOPLE.en.phone ? "en" : "ko"}`);
  await amounts(till, "sale", [...cases.slice(0, -2), ["10000001", 10_000_001, false, words("sale-limit")], ["999999999999", 99_999_999, false, words("sale-limit")]]);

  const order = await askTill("/v1/orders", { amount: "2000" });
  await propose(phone, order.qr_text);
  await phone.tap("confirm-go");
  await typePin(phone, pin);
  await phone.sees("result-amount");
  const person = Object.values(PEOPLE).find((one) => one.phone === phone);
  await balanceReaches(phone, (person.balance -= 2_000));
  await till.go(`/refund/${order.order_id}?lang=${person.lang}`);
  await till.tap("refund-part");
  await amounts(till, "refund", [...cases.slice(0, 4), ["2,000", 2_000, true], ["2001", 2_001, false, words("refund-over")], ["99999999", 99_999_999, false, words("refund-over")]]);
  await till.go(`/refund/NONE?lang=${person.lang}`);
  await says(till, "refund-error", words("refund-unknown"));
});

for (const hours of [5, -5]) {
  test(`clocks that are ${hours} hours off: the payment works, and the till counts down right`, async () => {
    const person = hours > 0 ? PEOPLE.ko : PEOPLE.en;
    const { phone, pin, words } = person;
    await setClock(phone, hours * HOUR);
    await setClock(till, hours * HOUR);
    await till.go(`/?lang=${person.lang}`);
    await till.says("sale-amount", "0");
    await till.page.keyboard.type("3000");
    const made = till.page.waitForResponse("**/v1/orders");
    await till.tap("sale-next");
    const { qr_text } = await (await made).json();
    await says(till, "sale-state", words("sale-waiting"));
    assert.match(await till.text("sale-state"), /[0-9]:[0-9][0-9]/);
    assert.equal(await till.at("sale-state").getAttribute("data-state"), "waiting");
    await propose(phone, qr_text);
    await phone.tap("confirm-go");
    await typePin(phone, pin);
    await phone.sees("result-amount");
    await till.sees("sale-paid");
    await balanceReaches(phone, (person.balance -= 3_000));
    await phone.go("/history");
    assert.match(await phone.at("day").first().locator("h2").textContent(), words("today-word"));

    // Somebody sets the clock right while the page is open.
    const next = await askTill("/v1/orders", { amount: "1000" });
    await propose(phone, next.qr_text);
    await phone.page.evaluate(() => (globalThis.skew = 0));
    await phone.tap("confirm-go");
    await typePin(phone, pin);
    await phone.sees("result-amount");
    await setClock(phone, 0);
    await setClock(till, 0);
    await balanceReaches(phone, (person.balance -= 1_000));
  });
}

inBoth("a session that is over: the PIN opens a new one; who would rather not is told so", async ({ phone, words, pin, balance }) => {
  await keepOnly(phone, "dure_lang");
  await phone.go("/");
  await says(phone, "pin-title", words("logged-out-title"));
  await phone.tap("pin-cancel");
  await says(phone, "recent-error", words("logged-out-title"));
  await phone.tap("recent-retry");
  await typePin(phone, pin);
  await phone.at("recent").getByTestId("entry").first().waitFor();
  await balanceReaches(phone, balance);
});

inBoth("a browser that keeps no session says so, and does not go round in circles", async ({ phone, words, pin, balance }) => {
  const ways = line(phone);
  await keepOnly(phone, "dure_lang");
  const opened = await ways.hurt("POST /v1/session/resume", async (route) => {
    const answer = await route.fetch();
    await keepOnly(phone, "dure_lang");
    const { "set-cookie": _, ...headers } = answer.headers();
    await route.fulfill({ response: answer, headers });
  });
  await phone.go("/");
  await typePin(phone, pin);
  await says(phone, "recent-error", words("logged-out-title"));
  assert.equal(opened.met, 1);
  await ways.heal();
  await phone.tap("recent-retry");
  await typePin(phone, pin);
  await phone.at("recent").getByTestId("entry").first().waitFor();
  await balanceReaches(phone, balance);
});

inBoth("a browser that allows no storage is told before anything is made", async ({ words, lang }) => {
  const folder = mkdtempSync(join(tmpdir(), "dure-profile-"));
  const context = await launchForgetful(folder, PHONE);
  try {
    for (const path of ["/", "/enrol", "/pay"]) {
      const screen = await screenIn(context, demo.wallet);
      await screen.go(`${path}?lang=${lang}`);
      await says(screen, "page-error", words("error-storage"));
      await screen.page.close();
    }
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

inBoth("five wrong PINs lock this device, on the ledger too; the other one of the same person still pays", async (person) => {
  const { phone, words, who, pin, lang } = person;
  const lost = await open(browser, demo.wallet, PHONE);
  await speaks(lost, lang);
  await enrol(lost, demo, "802517", who, lang);
  const certificate = await certificateOf(lost);
  assert.equal(await revoked(certificate), false);

  const { qr_text } = await askTill("/v1/orders", { amount: "1500" });
  await propose(lost, qr_text);
  await lost.tap("confirm-go");
  for (let left = 4; left > 0; left -= 1) {
    await typePin(lost, "147258");
    await lost.page.waitForFunction((left) => document.querySelector("[data-testid=pin-error]")?.textContent.includes(String(left)), left);
    await says(lost, "pin-error", words("pin-wrong"));
  }
  await typePin(lost, "147258");
  await says(lost, "enrol-why", words("pin-locked"));
  await lost.go("/");
  await lost.sees("enrol-step-who");
  assert.equal(await revoked(certificate), true);

  await propose(phone, qr_text);
  await phone.tap("confirm-go");
  await typePin(phone, pin);
  await phone.sees("result-amount");
  await balanceReaches(phone, (person.balance -= 1_500));
  await phone.go("/me");
  await phone.sees("device");
  await phone.page.waitForFunction(() => document.body.dataset.ready);
  assert.equal(await phone.at("other-device").count(), 0);
  await lost.close();
});

inBoth("a browser that has forgotten the key says so, and enrols again", async (person) => {
  const { phone, words, who, lang } = person;
  await forgetStorage(phone);
  await phone.go("/");
  await says(phone, "enrol-why", words("enrol-key-gone"));
  assert.match(await phone.page.title(), words("enrol-title"));
  await forgetStorage(phone);
  await phone.page.context().clearCookies();
  await speaks(phone, lang);
  await phone.go("/");
  await phone.sees("enrol-step-who");
  assert.equal(await phone.at("enrol-why").count(), 0);
});

test("scripts have no errors", () => {
  for (const screen of [till, PEOPLE.ko.phone, PEOPLE.en.phone]) assert.deepEqual(screen.faults, []);
});

/** Whether a node says that a certificate is revoked. */
async function revoked(certificate) {
  const said = await (await fetch(`${demo.nodes[0]}/v1/certificates/${certificate}`)).json();
  return said.certificate.revoked;
}
