// The main job by hand: a citizen enrols, pays in at the bank, reads the till's QR off its screen, pays; the till
// says paid; the shop gives a part back.

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
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

test("a citizen enrols with a mailed code and a PIN", async () => {
  await enrol(phone, demo, PIN, SEOYEON);
  await balanceReaches(phone, 0);
});

test("a deposit on the bank's page becomes coin with the city's bonus", async () => {
  await payIn(browser, demo, phone, "박서연", 50_000);
  await balanceReaches(phone, 55_000);
});

test("a shop enrols its till", async () => {
  await enrol(till, demo, TILL_PIN, BAKERY);
  await till.sees("sale-step-amount");
});

test("the till's QR, read off its screen, is paid, and the till says so", async () => {
  const code = await ask(till, demo, 12_000);
  assert.match(code, /^000201/);
  await propose(phone, code);
  assert.equal(digits(await phone.text("confirm-amount")), 12_000);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.sees("result-amount");

  await till.sees("sale-paid");
  assert.equal(digits(await till.text("sale-paid-amount")), 12_000);
  await balanceReaches(phone, 43_000);
});

test("an altered code is refused before anything is asked", async () => {
  await till.tap("sale-again");
  const code = await ask(till, demo, 5_000);
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
  await balanceReaches(phone, 43_000);
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
  await balanceReaches(phone, 47_500);
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
  await phone.tap("receipt-qr");
  assert.equal(await readQr(phone, "receipt-qr-code", demo.folder), given.trim());
});

test("a receipt proves itself in the browser, and a forged proof does not", async () => {
  await phone.page.route("**/proof", async (route) => {
    const answer = await route.fetch();
    const evidence = await answer.json();
    const { record } = evidence.proof;
    evidence.proof.record = `${record.slice(0, 8)}${record[8] === "A" ? "B" : "A"}${record.slice(9)}`;
    await route.fulfill({ response: answer, json: evidence });
  });
  await phone.tap("receipt-verify");
  assert.match(await phone.text("receipt-unproven"), /PROOF_STATE_ROOT/);
  await phone.page.unroute("**/proof");
  await phone.tapAgain("receipt-verify");
  const proven = await phone.text("receipt-proven");
  assert.match(proven, /12,000/);
  assert.match(proven, /4,500/);
  assert.match(await phone.text("receipt-proof"), /4곳 중 [34]곳/);
  assert.deepEqual(await barriers(phone), []);
  for (const [kind, name] of [["charge", "충전"], ["bonus", "충전"], ["refund", "환불"]]) {
    await phone.go("/history");
    await phone.page.locator(`[data-testid=entry][data-kind=${kind}]`).first().click();
    await phone.sees("receipt-verify");
    assert.equal(await phone.page.locator(".slip-kind").textContent(), name);
    await phone.tap("receipt-verify");
    await phone.sees("receipt-proven");
  }
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
  await enrol(second, demo, "369258", SEOYEON);
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

test("in large print on a small phone nothing sticks out, and no amount is broken over two lines", async () => {
  const context = phone.page.context();
  await context.addCookies([{ name: "dure_large", value: "1", url: demo.wallet }]);
  await phone.page.setViewportSize({ width: 360, height: 640 });
  const wrong = () =>
    phone.page.evaluate(() => {
      const sticksOut = document.documentElement.scrollWidth > innerWidth ? [`${location.pathname} is too wide`] : [];
      const whole = [...document.querySelectorAll(".voucher-amount, .entry-amount, .plan-row dd, .copy, .slip .facts dt")].filter((one) => {
        const range = document.createRange();
        range.selectNodeContents([...one.childNodes].find((node) => node.nodeType === Node.TEXT_NODE) ?? one);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        // A name may take some lines; a letter on each is no name.
        return lines.size > (one.matches("dt") ? 3 : 1);
      });
      const outside = [...document.querySelectorAll("dd")].filter((one) => one.getBoundingClientRect().right > innerWidth);
      return [...sticksOut, ...[...whole, ...outside].map((one) => `${location.pathname} ${one.className} ${one.textContent}`)];
    });
  for (const path of ["/", "/charge", "/history", "/me"]) {
    await phone.go(path);
    await phone.page.locator("[data-skeleton], .bone").first().waitFor({ state: "detached" });
    assert.deepEqual(await wrong(), []);
  }
  await phone.go("/history");
  await phone.page.locator("[data-testid=entry][data-kind=pay]").first().click();
  await phone.tap("receipt-verify");
  await phone.sees("receipt-proven");
  assert.deepEqual(await wrong(), []);
  await context.addCookies([{ name: "dure_large", value: "0", url: demo.wallet }]);
  await phone.page.setViewportSize(PHONE);
});

test("the screens have no barriers that axe-core knows, and their scripts no errors", async () => {
  for (const path of ["/", "/pay", "/charge", "/send", "/history", "/me"]) {
    await phone.go(path);
    await phone.loaded();
    assert.deepEqual(await barriers(phone), [], `wallet ${path}`);
  }
  for (const path of ["/", "/today", "/sticker"]) {
    await till.go(path);
    await till.loaded();
    assert.deepEqual(await barriers(till), [], `till ${path}`);
  }
  assert.deepEqual(phone.faults, []);
  assert.deepEqual(till.faults, []);
});
