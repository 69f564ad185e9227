// A payment on the phone, step by step: its requests, what the screen says, and what the person does.

import assert from "node:assert/strict";

import { digits, propose } from "./people.mjs";
import { typePin } from "./screen.mjs";

export const PIN = "258036";

/** How it ends, whatever happens on the way. */
export const PAID = { paid: true };
export const UNPAID = { paid: false };

export const SHOP = "GET /v1/merchants/by-code/*";
export const NONCE = "GET /v1/nonce";
export const PREVIEW = "POST /v1/preview";
export const UNLOCK = "POST /v1/pin/unlock";
export const SUBMIT = "POST /v1/transactions";
export const ASK = "GET /v1/transactions/*";

export const NO_LINE = /연결이 끊겼습니다/;
export const NO_SERVICE = /서비스에 문제가 있습니다/;
export const NOT_MOVED = /돈은 빠져나가지 않았습니다/;
export const VOID_AT = /\d\d:\d\d:\d\d까지 끝나지 않으면 자동으로 취소되고, 돈은 빠져나가지 않습니다/;
export const NEVER_TWICE = /두 번 나가지 않습니다/;

/** Pastes the code and goes on. */
export async function paste(screen, code) {
  await screen.go("/pay");
  await screen.fill("pay-code", code);
  await screen.tap("pay-code-next");
}

export const planned = (screen) => screen.at("plan-left").waitFor();

/** Up to the sending. */
export async function sign(screen, code) {
  await propose(screen, code);
  await screen.tap("confirm-go");
  await typePin(screen, PIN);
}

export const paid = async (screen, { won }) => {
  await screen.sees("result-amount");
  assert.equal(digits(await screen.text("result-amount")), won);
};

/** The row of a payment that was taken up by another page, once it has come to its end. */
export const tookUp = (screen, state) => screen.page.locator(`[data-testid=pending][data-state=${state}]`).waitFor();
