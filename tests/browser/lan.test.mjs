// The demo from a phone in the same network: HTTPS with a certificate made here, `__Host-` cookies, and the phone's own camera, which
// looks at a film of the till's code.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { freePort, startDemo } from "./demo.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, ask, balanceReaches, digits, enrol, payIn } from "./people.mjs";
import { barriers, launch, open, typePin } from "./screen.mjs";
import { filmCode } from "./video.mjs";

const PIN = "258036";

let demo, browser, phone, till;

before(async () => {
  demo = await startDemo("--lan", "--lan-port", String(await freePort()));
  browser = await launch();
  till = await open(browser, demo.till, TABLET);
  await enrol(till, demo, "741963", BAKERY);
});

after(async () => {
  await phone?.page.context().browser().close();
  await browser?.close();
  await demo?.stop();
});

test("a phone's camera reads the till's code over the network, and pays", async () => {
  assert.match(demo.wallet, /^https:\/\/(?!127\.)/);
  await till.go("/");
  const film = join(demo.folder, "code.y4m");
  filmCode(film, await ask(till, demo, 7_000));
  const withCamera = await launch("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`);
  phone = await open(withCamera, demo.wallet, PHONE);
  await enrol(phone, demo, PIN, SEOYEON);
  assert.equal(await phone.page.evaluate(() => isSecureContext), true);
  const [cookie] = (await phone.page.context().cookies()).filter(({ httpOnly }) => httpOnly);
  assert.deepEqual([cookie.name, cookie.secure, cookie.sameSite], ["__Host-dure_wallet", true, "Strict"]);
  await payIn(browser, demo, phone, "박서연", 20_000);
  await balanceReaches(phone, 22_000);

  await phone.go("/pay");
  // The camera has been allowed, so it is open at once; a press while it opens is no second camera.
  await phone.at("pay-camera").click({ timeout: 1000 }).catch(() => undefined);
  await phone.sees("confirm");
  assert.equal(digits(await phone.text("confirm-amount")), 7_000);
  await phone.page.locator("[data-testid=confirm-go]:not([disabled])").waitFor();
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.sees("result-done");
  await till.sees("sale-paid");
  await balanceReaches(phone, 15_000);
});

test("a page tells how to trust the certificate, and hands it out", async () => {
  await phone.go("/trust");
  assert.deepEqual(await barriers(phone), []);
  const answer = await phone.page.request.get(`${demo.wallet}/trust.crt`);
  assert.equal(answer.headers()["content-type"], "application/x-x509-ca-cert");
  assert.match(await answer.text(), /^-----BEGIN CERTIFICATE-----/);
  assert.deepEqual(phone.faults, []);
});

test("a link that the phone's own camera has opened begins the payment, once", async () => {
  await till.go("/");
  const code = await ask(till, demo, 2_000);
  await phone.go(`/pay?code=${encodeURIComponent(code)}`);
  await phone.sees("confirm");
  assert.equal(digits(await phone.text("confirm-amount")), 2_000);
  assert.equal(new URL(phone.page.url()).search, "");
});
