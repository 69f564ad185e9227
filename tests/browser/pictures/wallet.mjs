// The wallet's screens: a new device, every day, and the day on which the phone is lost.

import { execFileSync } from "node:child_process";

import { DURE } from "../demo.mjs";
import { line } from "../line.mjs";
import { mailedCode } from "../mail.mjs";
import { SEOYEON, propose } from "../people.mjs";
import { typeAmount, typePin } from "../screen.mjs";
import { PIN, order, ready, sticker } from "./steps.mjs";

/** From the empty form to an empty wallet, with what goes wrong on the way. */
export async function enrolment(phone, demo, shot) {
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
export async function everyDay(phone, till, shot) {
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
export async function lostPhone(phone, demo, shot) {
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
