// Pictures of every screen and its states, in `screenshots/`: `wallet-home-ko-light.png` is app, screen, language, look.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { DURE, startDemo } from "./demo.mjs";
import { WAYS, line } from "./line.mjs";
import { mailedCode } from "./mail.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, balanceReaches, enrol, payIn, propose } from "./people.mjs";
import { launch, open, typeAmount, typePin } from "./screen.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, "screenshots");
const PIN = "258036";
const TILL_PIN = "741963";
const SUBMIT = "POST /v1/transactions";

/** How the main screens are shown besides Korean in light. */
const LOOKS = [
  { lang: "en", look: "light" },
  { lang: "ko", look: "dark", colorScheme: "dark" },
  { lang: "ko", look: "large", large: true },
  { lang: "en", look: "large", large: true },
];

let taken = 0;

/** Takes pictures of one screen: `shot("home")`. */
function camera(screen, app, { lang = "ko", look = "light" } = {}) {
  return async (name, { full = false } = {}) => {
    await screen.page.evaluate(() => document.fonts.ready);
    const seen = screen.page.viewportSize();
    // A window as high as the page: the menu stays at its bottom.
    if (full) await screen.page.setViewportSize({ ...seen, height: await screen.page.evaluate(() => document.documentElement.scrollHeight) });
    await screen.page.screenshot({ path: join(FOLDER, `${app}-${name}-${lang}-${look}.png`), animations: "disabled" });
    await screen.page.setViewportSize(seen);
    taken += 1;
  };
}

/** Language, print and colours of a screen. */
async function wears(screen, { lang, large = false, colorScheme = "light" }) {
  const cookie = (name, value) => ({ name, value, url: screen.base });
  await screen.page.context().addCookies([cookie("dure_lang", lang), cookie("dure_large", large ? "1" : "0")]);
  await screen.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
}

/** What the till's service answers to the till. */
const order = (till, won) =>
  till.page.evaluate(async (amount) => {
    const answer = await fetch("/v1/orders", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ amount }) });
    return answer.json();
  }, String(won));

const sticker = (till) => till.page.evaluate(async () => (await (await fetch("/v1/static-qr")).json()).qr_text);

async function ready(screen, path) {
  await screen.go(path);
  await screen.page.locator("body[data-ready]").waitFor();
  await screen.page.locator("[data-skeleton], .bone").first().waitFor({ state: "detached" });
}

/** Up to the sending. */
async function sign(phone, code) {
  await propose(phone, code);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
}

async function enrolment(phone, demo, shot) {
  await phone.go("/enrol");
  await phone.sees("enrol-next");
  await shot("enrol");
  await phone.tap("enrol-next");
  await phone.says("enrol-error", /./);
  await shot("enrol-bad");
  for (const why of ["locked", "unknown", "gone"]) {
    await phone.go(`/enrol?why=${why}`);
    await phone.sees("enrol-why");
    await shot(`enrol-${why}`);
  }
  await phone.go("/enrol");
  for (const [id, value] of Object.entries(SEOYEON)) await phone.fill(id, value);
  await phone.tap("enrol-next");
  await phone.sees("enrol-code");
  await shot("enrol-code");
  const code = await mailedCode(demo.mail, SEOYEON["enrol-email"]);
  await phone.fill("enrol-code", String((Number(code) + 1) % 1_000_000).padStart(6, "0"));
  await phone.tap("enrol-code-next");
  await phone.says("enrol-code-error", /./);
  await shot("enrol-code-wrong");
  await phone.fill("enrol-code", code);
  await phone.tap("enrol-code-next");
  await phone.sees("enrol-pin-start");
  await shot("enrol-pin");
  await phone.tap("enrol-pin-start");
  await phone.sees("pin-sheet");
  await shot("pin-new");
  await typePin(phone, "123456");
  await phone.says("pin-error", /./);
  await shot("pin-new-weak");
  const ways = line(phone);
  await ways.hurt("POST /v1/enrolment/certify", ways.hold);
  await typePin(phone, PIN);
  await phone.says("pin-title", "한 번 더");
  await typePin(phone, PIN);
  await phone.sees("enrol-step-work");
  await shot("enrol-work");
  await ways.heal();
  await phone.sees("enrol-step-done");
  await shot("enrol-done");
  await ready(phone, "/");
  await shot("home-empty");
  await ready(phone, "/history");
  await shot("history-empty");
}

/** The screens that everybody sees every day. Pays once. */
async function everyDay(phone, till, shot) {
  await ready(phone, "/");
  await shot("home");
  await shot("home-whole", { full: true });
  await ready(phone, "/charge");
  await shot("charge");
  await ready(phone, "/pay");
  await shot("pay-scan");
  await phone.fill("pay-code", await sticker(till));
  await phone.tap("pay-code-next");
  await phone.sees("pay-step-amount");
  await shot("pay-amount-zero");
  await typeAmount(phone, "pay", 12_500);
  await shot("pay-amount");
  const sale = await order(till, 12_500);
  await propose(phone, sale.qr_text);
  await shot("confirm");
  await phone.tap("confirm-go");
  await typePin(phone, PIN.slice(0, 3));
  await shot("pin");
  for (const digit of PIN.slice(3)) await phone.tap(`pin-key-${digit}`);
  await phone.sees("result-amount");
  await shot("result-paid");
  await phone.tap("result-receipt");
  await phone.sees("receipt-verify");
  await shot("receipt");
  await phone.tap("receipt-verify");
  await phone.sees("receipt-proven");
  await shot("receipt-verified", { full: true });
  await ready(phone, "/history");
  await shot("history");
  await ready(phone, "/send");
  await shot("send");
  await phone.fill("send-who", "mina@sebyeol.example");
  await phone.tap("send-who-next");
  await phone.sees("send-step-amount");
  await typeAmount(phone, "send", 3_000);
  await shot("send-amount");
  await phone.tap("send-amount-next");
  await phone.at("plan-left").waitFor();
  await shot("send-confirm");
  await ready(phone, "/code");
  await phone.says("code-balance", /./);
  await shot("code-cap");
  await phone.tap("code-make");
  await typePin(phone, PIN);
  await phone.says("code-number", /./);
  await shot("code");
  await phone.tap("code-close");
  await phone.sees("balance");
  await ready(phone, "/me");
  await shot("me", { full: true });
  await phone.go("/kit");
  await phone.page.locator("body[data-ready]").waitFor();
  await shot("kit", { full: true });
  return sale;
}

/** The phone is gone, and found again at the counter. */
async function lostPhone(phone, demo, shot) {
  await ready(phone, "/me");
  await phone.tap("freeze");
  await phone.sees("revoke-sheet");
  await shot("freeze");
  await phone.tap("revoke-no");
  await phone.go("/lost");
  await shot("lost");
  await phone.fill("lost-email", SEOYEON["enrol-email"]);
  await phone.fill("lost-birth", SEOYEON["enrol-birth"]);
  await phone.tap("lost-next");
  await phone.sees("lost-code");
  await shot("lost-code");
  await phone.fill("lost-code", await mailedCode(demo.mail, SEOYEON["enrol-email"]));
  await phone.tap("lost-freeze");
  await phone.sees("lost-step-done");
  await shot("lost-done");
  await ready(phone, "/");
  await phone.sees("frozen");
  await shot("home-frozen");
  execFileSync(DURE, ["unfreeze", "--data", demo.folder, "--email", SEOYEON["enrol-email"]]);
  await phone.go("/trust");
  await shot("trust");
}

/** What goes wrong while one pays, and how it is told. */
async function trouble(phone, till, sale, shot) {
  const ways = line(phone);
  await ready(phone, "/pay");
  await phone.fill("pay-code", "https://example.com/pay");
  await phone.tap("pay-code-next");
  await phone.says("pay-scan-error", /./);
  await shot("pay-scan-foreign");
  await phone.fill("pay-code", await sticker(till));
  await phone.tap("pay-code-next");
  await typeAmount(phone, "pay", 99_000_000);
  await shot("pay-amount-large");

  const paste = async (won) => {
    const { qr_text } = await order(till, won);
    await phone.go("/pay");
    await phone.fill("pay-code", qr_text);
    await phone.tap("pay-code-next");
  };
  await ways.hurt("POST /v1/preview", ways.hold);
  await paste(4_500);
  await phone.sees("confirm");
  await shot("confirm-waits");
  await ways.heal();
  await ways.hurt("POST /v1/preview", WAYS.cut);
  await paste(4_500);
  await phone.says("confirm-error", /./);
  await shot("confirm-no-line");
  await ways.heal();
  await paste(990_000);
  await phone.says("confirm-error", /./);
  await shot("confirm-short");

  await propose(phone, (await order(till, 4_500)).qr_text);
  await phone.tap("confirm-go");
  await typePin(phone, "147258");
  await phone.says("pin-error", /./);
  await shot("pin-wrong");
  await phone.tap("pin-cancel");

  await propose(phone, (await order(till, 4_500)).qr_text);
  await ways.hurt(SUBMIT, ways.hold);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.sees("result-sending");
  await shot("result-sending");
  await phone.page.context().setOffline(true);
  await phone.sees("offline");
  await shot("result-sending-offline");
  await ways.heal();
  await phone.sees("result-amount");

  const paidTwice = async () => {
    await phone.go("/pay");
    await phone.fill("pay-code", sale.qr_text);
    await phone.tap("pay-code-next");
    await phone.says("confirm-error", /./);
  };
  await paidTwice();
  await shot("confirm-paid-before");
  await ways.hurt("POST /v1/preview", WAYS.badGateway);
  await paidTwice();
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.sees("result-refused");
  await shot("result-refused");
  await ways.heal();

  await propose(phone, (await order(till, 4_500)).qr_text);
  await ways.hurt("GET /v1/nonce", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, headers: { ...answer.headers(), date: new Date(Date.now() - 117_000).toUTCString() } });
  });
  const sent = await ways.hurt(SUBMIT, WAYS.cut);
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.says("result-sending", /두 번/);
  await shot("result-waits");
  await ready(phone, "/");
  await phone.sees("pending");
  await shot("home-pending");
  await phone.page.waitForEvent("requestfailed", { predicate: () => sent.met > 4 });
  await ways.heal();
  await phone.page.locator("[data-testid=pending][data-state=void]").waitFor();
  await shot("home-pending-void");
  await voided(phone, till, ways, shot);
  await pausedOnTheWay(phone, till, ways, shot);
}

async function voided(phone, till, ways, shot) {
  await propose(phone, (await order(till, 4_500)).qr_text);
  await ways.hurt(SUBMIT, (route) => route.fulfill({ status: 422, json: { code: "EXPIRED", refusal: { refusal: "expired" } } }));
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.sees("result-void");
  await shot("result-void");
  await ways.heal();
}

async function pausedOnTheWay(phone, till, ways, shot) {
  await propose(phone, (await order(till, 4_500)).qr_text);
  await ways.hurt(SUBMIT, (route) => route.fulfill({ status: 401, json: { code: "NO_SESSION" } }));
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await phone.says("pin-title", "로그아웃");
  await shot("logged-out");
  await phone.tap("pin-cancel");
  await phone.sees("result-paused");
  await shot("result-paused");
  await ways.heal();
  await phone.tap("result-resume");
  await phone.sees("result-amount");
}

/** What is seldom seen: empty answers, dialogs, other devices, pages that are not there. */
async function corners(phone, browser, demo, shot) {
  const ways = line(phone);
  await ways.hurt("GET /v1/account", WAYS.cut);
  await phone.go("/");
  await phone.sees("recent-error");
  await shot("home-no-line");
  await ways.heal();
  await ready(phone, "/");
  await phone.page.context().setOffline(true);
  await phone.sees("offline");
  await shot("home-offline");
  await phone.page.context().setOffline(false);
  await ready(phone, "/history");
  await phone.fill("history-search", "없는 가게");
  await phone.sees("history-all");
  await shot("history-none");
  await phone.fill("history-search", "빵집");
  await phone.at("entry").first().waitFor();
  await shot("history-found");
  for (const kind of ["charge", "refund"]) {
    await ready(phone, "/history");
    await phone.page.locator(`[data-testid=entry][data-kind=${kind}]`).first().click();
    await phone.sees("receipt-verify");
    await shot(`receipt-${kind}`, { full: true });
  }
  await ways.hurt("GET /v1/transactions/*/proof", async (route) => {
    const answer = await route.fetch();
    const evidence = await answer.json();
    evidence.proof.record = evidence.proof.record.replace(/[AB]/, (letter) => (letter === "A" ? "B" : "A"));
    await route.fulfill({ response: answer, json: evidence });
  });
  await phone.tap("receipt-verify");
  await phone.sees("receipt-unproven");
  await shot("receipt-unproven", { full: true });
  await ways.heal();
  await phone.go(`/receipt/${"0".repeat(64)}`);
  await phone.page.locator("[data-skeleton]").waitFor({ state: "detached" });
  await shot("receipt-none");
  await ready(phone, "/send");
  await phone.fill("send-who", "nobody@sebyeol.example");
  await phone.tap("send-who-next");
  await phone.says("send-error", /./);
  await shot("send-unknown");

  const other = await open(browser, demo.wallet, PHONE);
  await enrol(other, demo, "369258", SEOYEON);
  await other.close();
  await ready(phone, "/me");
  await phone.sees("other-device");
  await shot("me-others", { full: true });
  await phone.tap("other-rename");
  await phone.sees("naming-sheet");
  await shot("rename");
  await phone.fill("naming-name", " ");
  await phone.tap("naming-go");
  await phone.says("naming-error", /./);
  await shot("rename-bad");
  await phone.tap("naming-no");
  await phone.tap("other-revoke");
  await phone.sees("revoke-sheet");
  await shot("revoke-other");
  await phone.tap("revoke-no");
  await phone.tap("revoke");
  await phone.sees("revoke-sheet");
  await shot("revoke-this");
  await phone.tap("revoke-no");
  await ready(phone, "/charge");
  await phone.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await phone.tap("charge-code-copy");
  await phone.says("toast", /./);
  await shot("charge-copied");
  await phone.go("/nowhere");
  await phone.sees("not-found");
  await shot("not-found");
}

async function tillEnrolment(till, demo, shot) {
  await till.go("/enrol");
  await till.sees("enrol-next");
  await shot("enrol");
  await enrol(till, demo, TILL_PIN, BAKERY);
  await till.says("sale-amount", "0");
  await ready(till, "/today");
  await shot("today-empty");
}

/** A till's day: asks, is paid by `phone`, gives a part back. */
async function tillsDay(till, phone, shot, { refunds = true } = {}) {
  await till.go("/");
  await till.says("sale-amount", "0");
  await shot("sale");
  await typeAmount(till, "sale", 8_000);
  await shot("sale-amount");
  const made = till.page.waitForResponse("**/v1/orders");
  await till.tap("sale-next");
  const { qr_text } = await (await made).json();
  await till.sees("sale-step-code");
  await shot("code");
  await till.tap("sale-theirs");
  await till.sees("theirs-code");
  await shot("theirs");
  await till.tap("theirs-back");
  await phone.page.bringToFront();
  await sign(phone, qr_text);
  await phone.sees("result-amount");
  await till.page.bringToFront();
  await till.sees("sale-paid");
  await shot("paid");
  if (!refunds) return;
  await ready(till, "/today");
  await shot("today");
  await till.page.locator("[data-testid=sale][data-state=paid]").first().click();
  await till.sees("refund-part");
  await shot("refund");
  await till.tap("refund-part");
  await typeAmount(till, "refund", 90_000);
  await shot("refund-over");
  for (let count = 0; count < 5; count += 1) await till.tap("refund-key-erase");
  await typeAmount(till, "refund", 1_500);
  await shot("refund-amount");
  await till.tap("refund-amount-next");
  await till.at("plan-left").waitFor();
  await shot("refund-confirm");
  await till.tap("confirm-go");
  await typePin(till, TILL_PIN);
  await till.sees("result-amount");
  await shot("refund-done");
  await ready(till, "/today");
  await shot("today-refunded");
  await till.go("/sticker");
  await till.says("sticker-name", /./);
  await shot("sticker", { full: true });
  await ready(till, "/device");
  await shot("device", { full: true });
}

async function tillCorners(till, shot) {
  await till.go("/");
  await till.says("sale-amount", "0");
  await typeAmount(till, "sale", 20_000_000);
  await shot("sale-large");
  await till.go("/");
  await till.says("sale-amount", "0");
  await typeAmount(till, "sale", 5_000);
  await till.tap("sale-next");
  await till.sees("sale-step-code");
  const ways = line(till);
  await ways.hurt("GET /v1/orders/*", WAYS.cut);
  await till.says("sale-state", "다시 잇고");
  await shot("code-lost");
  await ways.heal();
  await ways.hurt("POST /v1/orders", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), expires_at: Date.now() } });
  });
  await till.go("/");
  await till.says("sale-amount", "0");
  await typeAmount(till, "sale", 5_000);
  await till.tap("sale-next");
  await till.says("sale-state", "시간이 지났습니다");
  await shot("code-expired");
  await ways.heal();
  await till.go("/refund/NONE");
  await till.says("refund-error", /./);
  await shot("refund-unknown");
  await till.go("/nowhere");
  await till.sees("not-found");
  await shot("not-found");
}

/** The city's food vouchers: most people have some. */
function grant(folder) {
  execFileSync(DURE, ["grant", "--data", folder, "--campaign", "2", "--csv", join(ROOT, "dure/demo/recipients.csv")], { stdio: "ignore" });
}

async function main() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const demo = await startDemo();
  const browser = await launch();
  try {
    const [phone, till] = [await open(browser, demo.wallet, PHONE), await open(browser, demo.till, PHONE)];
    const plain = { lang: "ko", look: "light" };
    await wears(phone, plain);
    await wears(till, plain);
    const [wallet, counter] = [camera(phone, "wallet"), camera(till, "till")];
    await tillEnrolment(till, demo, counter);
    await phone.page.bringToFront();
    await enrolment(phone, demo, wallet);
    await payIn(browser, demo, phone, "박서연", 300_000);
    await balanceReaches(phone, 330_000);
    grant(demo.folder);
    await balanceReaches(phone, 360_000);
    const sale = await everyDay(phone, till, wallet);
    await tillsDay(till, phone, counter);
    await tillCorners(till, counter);
    await phone.page.bringToFront();
    await trouble(phone, till, sale, wallet);
    await corners(phone, browser, demo, wallet);
    await lostPhone(phone, demo, wallet);
    for (const look of LOOKS) {
      await wears(phone, look);
      await wears(till, look);
      await phone.page.bringToFront();
      await everyDay(phone, till, camera(phone, "wallet", look));
      await till.page.bringToFront();
      await tillsDay(till, phone, camera(till, "till", look));
    }
    const counterTop = await till.tab();
    await counterTop.page.setViewportSize(TABLET);
    await wears(counterTop, plain);
    await wears(phone, plain);
    await tillsDay(counterTop, phone, camera(counterTop, "till-tablet", plain), { refunds: false });
    console.log(`${taken} pictures in ${FOLDER}`);
  } finally {
    await browser.close();
    await demo.stop();
  }
}

await main();
