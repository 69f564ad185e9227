// A passkey instead of the PIN: added, paid with, refused by the wrong finger, removed; and what people read where there can be none.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { authenticator } from "./authenticator.mjs";
import { startDemo } from "./demo.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, ask, balanceReaches, enrol, payIn, propose } from "./people.mjs";
import { barriers, launch, open, typePin } from "./screen.mjs";

const PIN = "258036";

let demo, browser, phone, till, keeper;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  // A passkey belongs to a name; the demo tells its address as a number.
  phone = await open(browser, demo.wallet.replace("127.0.0.1", "localhost"), PHONE);
  till = await open(browser, demo.till, TABLET);
  keeper = await authenticator(phone);
  await enrol(phone, demo, PIN, SEOYEON);
  await payIn(browser, demo, phone, "박서연", 50_000);
  await balanceReaches(phone, 55_000);
  await enrol(till, demo, "741963", BAKERY);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Another authenticator, empty, in the place of the one before. */
async function renew(more) {
  await keeper.remove();
  keeper = await authenticator(phone, more);
}

/** Goes to *Me* and waits until the passkey's section is in this state. */
async function me(screen, state) {
  await screen.go("/me");
  await screen.page.locator(`[data-testid=passkey][data-state=${state}]`).waitFor();
}

/** Presses the offer, types the PIN, and waits for what comes of it. */
async function add(why) {
  await me(phone, "offered");
  await phone.tap("passkey-add");
  await typePin(phone, PIN);
  await (why ? phone.page.locator(`[data-testid=passkey-word][data-why=${why}]`).waitFor() : phone.sees("passkey-remove"));
}

/** What the browser keeps of the device. */
const kept = () =>
  phone.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("dure");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const device = opening.result.transaction("device").objectStore("device").get("current");
          device.onsuccess = () => resolve(device.result);
        };
      }),
  );

/** Goes as far as the last press before the money moves, and presses. */
async function press(won) {
  await till.go("/");
  await propose(phone, await ask(till, demo, won));
  await phone.tap("confirm-go");
}

async function paid(left) {
  await phone.sees("result-done");
  await till.sees("sale-paid");
  await balanceReaches(phone, left);
}

test("a PIN that is not typed and a finger that is not known change nothing", async () => {
  await me(phone, "offered");
  assert.deepEqual(await barriers(phone), []);
  await phone.tap("passkey-add");
  await phone.tap("pin-cancel");
  await phone.page.locator("[data-testid=passkey-word][data-why=cancelled]").waitFor();
  await keeper.refuse();
  await add("cancelled");
  assert.deepEqual(await barriers(phone), []);
  assert.equal(await keeper.count(), 0);
  assert.equal((await kept()).passkey, undefined);
});

test("with a passkey a shop is paid and the PIN sheet never opens", async () => {
  await renew();
  await add();
  assert.deepEqual(await barriers(phone), []);
  assert.equal(await keeper.count(), 1);
  const asked = [];
  phone.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await press(7_000);
  await phone.sees("result-done");
  assert.equal(await phone.at("pin-sheet").isVisible(), false);
  assert.ok(!asked.some((path) => path.startsWith("/v1/pin")));
  await paid(48_000);
});

test("a session that is over is opened again by the passkey", async () => {
  const asked = [];
  phone.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await phone.page.context().clearCookies({ name: "dure_wallet" });
  await balanceReaches(phone, 48_000);
  assert.ok(asked.includes("/v1/session/open") && !asked.includes("/v1/session/resume"), asked.join(" "));
  assert.equal(await phone.at("pin-sheet").isVisible(), false);
});

test("whoever goes back leaves the phone's question behind", async () => {
  await keeper.touched(false);
  await press(2_500);
  await phone.page.locator("[data-testid=confirm-go][aria-busy]").waitFor();
  await phone.page.goBack();
  await phone.page.locator("[data-testid=confirm-go]:not([aria-busy])").waitFor({ state: "attached" });
  await keeper.touched(true);
  await phone.sees("pay-code");
  assert.equal(await phone.at("pin-sheet").isVisible(), false);
  await balanceReaches(phone, 48_000);
});

test("a finger that is not known brings the PIN, and the PIN pays", async () => {
  await keeper.refuse();
  await press(3_000);
  await phone.sees("pin-sheet");
  await phone.says("pin-error", /./);
  assert.deepEqual(await barriers(phone), []);
  await typePin(phone, PIN);
  await paid(45_000);
});

test("a passkey that the phone has lost brings the PIN, too", async () => {
  await renew();
  await press(1_000);
  await typePin(phone, PIN);
  await paid(44_000);
});

test("a passkey that is removed stays removed, even when another tab stores the device that still had it", async () => {
  const other = await phone.tab();
  await me(other, "present");
  await me(phone, "present");
  await phone.tap("passkey-remove");
  await phone.sees("revoke-sheet");
  assert.deepEqual(await barriers(phone), []);
  await phone.tap("revoke-no");
  assert.notEqual((await kept()).passkey, undefined);
  await phone.tap("passkey-remove");
  await phone.tap("revoke-go");
  await phone.sees("passkey-add");
  await other.tap("rename");
  await other.fill("naming-name", "새 이름");
  await other.tap("naming-go");
  await other.says("device", "새 이름");
  await other.page.close();
  const { name, passkey } = await kept();
  assert.deepEqual([name, passkey], ["새 이름", undefined]);
  await press(2_000);
  await phone.sees("pin-sheet");
  assert.equal(await phone.text("pin-error"), "");
  await typePin(phone, PIN);
  await paid(42_000);
});

test("a passkey that is made and removed leaves none behind in the phone", async () => {
  await add();
  assert.equal(await keeper.count(), 1);
  await phone.tap("passkey-remove");
  await phone.tap("revoke-go");
  await phone.sees("passkey-add");
  assert.equal(await keeper.count(), 0);
});

test("an authenticator that cannot do it is told, and nothing is kept", async () => {
  await renew({ hasPrf: false });
  await add("unsupported");
  assert.deepEqual(await barriers(phone), []);
  assert.equal((await kept()).passkey, undefined);
  assert.equal(await keeper.count(), 0);
  await press(2_000);
  await typePin(phone, PIN);
  await paid(40_000);
});

test("at an address that is a number people read why there is no passkey", async () => {
  const other = await open(browser, demo.wallet, PHONE);
  await enrol(other, demo, "369258", SEOYEON);
  await me(other, "address");
  assert.equal(await other.at("passkey-add").count(), 0);
  assert.deepEqual(await barriers(other), []);
  assert.deepEqual(other.faults, []);
  assert.deepEqual(phone.faults, []);
  assert.deepEqual(till.faults, []);
});
