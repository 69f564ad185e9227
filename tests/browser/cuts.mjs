// The line fails at one request of a payment: where, what the screen says to it, and how the person goes on.

import assert from "node:assert/strict";

import { WAYS } from "./line.mjs";
import { ASK, NEVER_TWICE, NONCE, NOT_MOVED, NO_LINE, NO_SERVICE, PAID, PIN, PREVIEW, SHOP, SUBMIT, UNLOCK, VOID_AT, paid, paste, planned } from "./payment.mjs";
import { propose } from "./people.mjs";
import { barriers, typePin } from "./screen.mjs";

/** The service takes the transaction and says that it waits for a block. */
const waits = async (route) => {
  const answer = await route.fetch();
  const { id } = await answer.json();
  await route.fulfill({ response: answer, json: { id, status: "pending" } });
};

/** Each has a name and does a payment of a sale. All are paid in the end. */
export function cuts({ phone, ways }) {
  const { atScan, atLook, blindLook, atPin, afterPin, atSending } = acts({ phone, ways });
  return [
    ["the look-up of the shop is cut", atScan(WAYS.cut, NO_LINE), PAID],
    ["the look-up of the shop breaks off", atScan(WAYS.broken, NO_SERVICE), PAID],
    ["a gateway answers the look-up of the shop", atScan(WAYS.badGateway, NO_SERVICE), PAID],
    ["something else says that there is no such shop", atScan(WAYS.nowhere, NO_SERVICE), PAID],
    ["the number before the look is cut", atLook(NONCE, WAYS.cut, NO_LINE), PAID],
    ["a page to log in to a network answers instead of the number", atLook(NONCE, WAYS.portal, NO_SERVICE), PAID],
    ["a network asks for its own log-in", atLook(NONCE, WAYS.login, NO_SERVICE), PAID],
    ["the look is cut", atLook(PREVIEW, WAYS.cut, NO_LINE), PAID],
    ["the look breaks off", atLook(PREVIEW, WAYS.broken, NO_SERVICE), PAID],
    ["a gateway answers the look: one may pay without it", blindLook(PREVIEW, WAYS.badGateway, NO_SERVICE), PAID],
    ["the PIN is cut off", atPin(WAYS.cut, NO_LINE), PAID],
    ["the answer to the PIN is lost", atPin(WAYS.lost, NO_LINE), PAID],
    ["a gateway answers the PIN", afterPin(UNLOCK, WAYS.badGateway, NO_SERVICE), PAID],
    ["the answer to the PIN breaks off", afterPin(UNLOCK, WAYS.broken, NO_SERVICE), PAID],
    ["the number after the PIN is cut", afterPin(NONCE, WAYS.cut, NO_LINE), PAID],
    ["a gateway answers instead of the number after the PIN", afterPin(NONCE, WAYS.badGateway, NO_SERVICE), PAID],
    ["the sending is cut", atSending([[SUBMIT, WAYS.cut]], NEVER_TWICE), PAID],
    ["the answer to the sending is lost", atSending([[SUBMIT, WAYS.lost]], NEVER_TWICE), PAID],
    ["the answer to the sending breaks off", atSending([[SUBMIT, WAYS.broken], [ASK, WAYS.cut]], NEVER_TWICE), PAID],
    ["a gateway answers, and the service has it", atSending([[SUBMIT, WAYS.disowned], [ASK, WAYS.badGateway]], VOID_AT), PAID],
    ["a gateway answers, and the service has never seen it", atSending([[SUBMIT, WAYS.badGateway], [ASK, WAYS.badGateway]], VOID_AT), PAID],
    ["a wall on the way forbids it", atSending([[SUBMIT, WAYS.wall], [ASK, WAYS.wall]], VOID_AT), PAID],
    ["a page to log in to a network takes it", atSending([[SUBMIT, WAYS.portal], [ASK, WAYS.portal]], VOID_AT), PAID],
    ["the question what came of it is cut", atSending([[SUBMIT, waits], [ASK, WAYS.cut]], NEVER_TWICE), PAID],
    ["a gateway answers the question what came of it", atSending([[SUBMIT, waits], [ASK, WAYS.badGateway]], VOID_AT), PAID],
    ["the answer to the sending is late", atSending([[SUBMIT, ways.hold]], VOID_AT), PAID],

    ["every request takes a second and a half longer", async (sale) => {
      const slow = async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await route.continue();
      };
      for (const method of ["GET", "POST"]) await ways.hurt(`${method} /v1/.*`, slow);
      await paste(phone, sale.qr_text);
      await phone.says("confirm-plan", "미리 확인하고 있습니다");
      await planned(phone);
      await phone.tap("confirm-go");
      await typePin(phone, PIN);
      await phone.says("result-sending", VOID_AT);
      await paid(phone, sale);
    }, PAID],
  ];
}

/** What the person does after a failure at each step: `says` is on the screen by then. */
function acts({ phone, ways }) {
  const atScan = (way, says) => async (sale) => {
    await ways.hurt(SHOP, way);
    await paste(phone, sale.qr_text);
    await phone.says("pay-scan-error", says);
    await ways.heal();
    await phone.tapAgain("pay-code-next");
    await planned(phone);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await paid(phone, sale);
  };

  const atLook = (request, way, says) => async (sale) => {
    await ways.hurt(request, way);
    await paste(phone, sale.qr_text);
    await phone.says("confirm-error", says);
    await phone.says("confirm-error", NOT_MOVED);
    assert.deepEqual(await barriers(phone), []);
    await ways.heal();
    await phone.says("confirm-go", "다시 시도");
    await phone.tap("confirm-go");
    await planned(phone);
    await phone.tapAgain("confirm-go");
    await typePin(phone, PIN);
    await paid(phone, sale);
  };

  const blindLook = (request, way, says) => async (sale) => {
    await ways.hurt(request, way);
    await paste(phone, sale.qr_text);
    await phone.says("confirm-error", says);
    await ways.heal();
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await paid(phone, sale);
  };

  const atPin = (way, says) => async (sale) => {
    await propose(phone, sale.qr_text);
    await ways.hurt(UNLOCK, way);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await phone.says("pin-error", says);
    await ways.heal();
    await typePin(phone, PIN);
    await paid(phone, sale);
  };

  const afterPin = (request, way, says) => async (sale) => {
    await propose(phone, sale.qr_text);
    await ways.hurt(request, way);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await phone.says("confirm-error", says);
    await phone.says("confirm-error", NOT_MOVED);
    await ways.heal();
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await paid(phone, sale);
  };

  const atSending = (hurts, says) => async (sale) => {
    await propose(phone, sale.qr_text);
    for (const [request, way] of hurts) await ways.hurt(request, way);
    await phone.tap("confirm-go");
    await typePin(phone, PIN);
    await phone.says("result-sending", says);
    await ways.heal();
    await paid(phone, sale);
  };

  return { atScan, atLook, blindLook, atPin, afterPin, atSending };
}
