// A tap belongs to the screen on which it began: double taps, held keys and clicks that a finger leaves behind, on every sheet, on the
// primary buttons of all pages, on the links between pages; and on a keypad that stands still twice the same digit is two digits.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { startDemo } from "./demo.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, balanceReaches, digits, enrol, payIn, propose } from "./people.mjs";
import { APART, middle, touch } from "./fingers.mjs";
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

/** Sheets and what opens them. */
const SHEETS = [
  ["/kit?lang=ko", "kit-pin", "pin"],
  ["/me", "rename", "naming"],
  ["/me", "revoke", "sure"],
  ["/me", "freeze", "sure"],
  ["/me", "vouch-add", "vouching"],
];

for (const [path, opener, sheet] of SHEETS) {
  test(`no button of the sheet behind ${opener} answers before it stands still`, async () => {
    await phone.go(path);
    await phone.page.locator("body[data-ready]").waitFor();
    await phone.sees(opener);
    await phone.still();
    const controls = phone.page.locator(`#${sheet} button`);
    for (let one = 0, count = await controls.count(); one < count; one += 1) {
      const at = await phone.middle(opener);
      await phone.page.evaluate(() => {
        globalThis.reached = [];
        document.addEventListener("click", (event) => globalThis.reached.push(event.target.closest("dialog")?.id ?? ""));
      });
      phone.sent.length = 0;
      await phone.finger(at);
      await phone.page.locator(`#${sheet}[open]`).waitFor({ state: "attached" });
      const box = await controls.nth(one).boundingBox();
      if (box) await phone.finger([box.x + box.width / 2, box.y + box.height / 2]);
      await sleep(APART);
      assert.deepEqual(await phone.page.evaluate((id) => globalThis.reached.filter((at) => at === id), sheet), [], `button ${one}`);
      assert.equal(await phone.page.locator(`#${sheet}`).getAttribute("open"), "");
      assert.deepEqual(phone.sent, []);
      // It stands still: now Escape closes it.
      await phone.page.keyboard.press("Escape");
      await phone.page.locator(`#${sheet}:not([open])`).waitFor({ state: "attached" });
      await phone.still();
    }
  });
}

test("the second tap on a link is not the next page's", async () => {
  await phone.go("/");
  await phone.page.locator("body[data-ready]").waitFor();
  const links = await phone.page.locator("main a[href^='/'], nav a[href^='/']").evaluateAll((all) => [
    ...new Set(all.filter((one) => one.checkVisibility() && !one.hash).map((one) => one.getAttribute("href"))),
  ]);
  assert.ok(links.length >= 4, `only ${links}`);
  for (const href of links) {
    await phone.go("/");
    await phone.page.locator("body[data-ready]").waitFor();
    await phone.still();
    const link = phone.page.locator(`a[href='${href}']`).filter({ visible: true }).first();
    await phone.twice(await middle(link));
    assert.equal(new URL(phone.page.url()).pathname, href);
  }
});

/** Pages with their first step's button, and what stands in the fields before it. */
const FORMS = [
  ["/send", "send-who-next", { "send-who": "mina@sebyeol.example" }, "send-step-amount"],
  ["/lost", "lost-next", { "lost-birth": "19881105", "lost-email": "seoyeon@sebyeol.example" }, undefined],
];

for (const [path, button, fields, next] of FORMS) {
  for (const how of ["two taps", "a held Enter"]) {
    test(`${path}: ${how} on the first step's button ask once`, async () => {
      await phone.go(path);
      await phone.page.locator("body[data-ready]").waitFor();
      if ((await phone.at(button).count()) === 0) return;
      for (const [id, value] of Object.entries(fields)) await phone.fill(id, value);
      await phone.still();
      const asked = [];
      const note = (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith("/v1/")) asked.push(`${request.method()} ${pathname}`);
      };
      phone.page.on("request", note);
      if (how === "two taps") await phone.twice(await phone.middle(button));
      else {
        await phone.at(Object.keys(fields).at(-1)).focus();
        await phone.hold("Enter");
      }
      phone.page.off("request", note);
      const first = asked.filter((one) => /lookup|lost/.test(one));
      assert.equal(first.length, 1, String(asked));
      if (next) await phone.sees(next);
    });
  }
}

test("nothing of all this broke a page", () => {
  assert.deepEqual([...phone.faults, ...till.faults], []);
});
