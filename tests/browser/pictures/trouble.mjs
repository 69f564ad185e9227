// The wallet in trouble: bad codes, a line that fails, wrong PINs, payments that wait, are refused or void.

import { WAYS, line } from "../line.mjs";
import { propose } from "../people.mjs";
import { typeAmount, typePin } from "../screen.mjs";
import { PIN, order, ready, sticker } from "./steps.mjs";

const SUBMIT = "POST /v1/transactions";

/** What goes wrong while one pays, and how it is told. */
export async function trouble(phone, till, sale, shot) {
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
  await ways.hurt(SUBMIT, (route) => route.fulfill({ status: 401, json: { code: "NOT_SIGNED_IN" } }));
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
