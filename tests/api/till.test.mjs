// The till's API does what its description says, signed in and without a session.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { enrolDevice, post } from "../browser/device.mjs";
import { startDemo } from "../browser/demo.mjs";
import { conforms } from "./schemathesis.mjs";

const BAKERY = { email: "bakery@shops.example" };
/** With the usual limits, nearly every answer would be that there have been too many requests. */
const UNHURRIED = ["ENROLMENT", "UNLOCK", "ORDERS", "TRANSACTIONS", "PAYER_CODES"].map((what) => [`DURE_TILL_${what}_PER_MINUTE`, "60000"]);

let demo, description, cookie, order;

before(async () => {
  Object.assign(process.env, Object.fromEntries(UNHURRIED));
  demo = await startDemo();
  // A till enrols as a phone does, at its own service.
  const till = { ...demo, wallet: demo.till };
  description = await (await fetch(`${demo.till}/openapi.json`)).json();
  ({ cookie } = await enrolDevice(till, BAKERY));
  order = await (await post(till, "/v1/orders", { amount: "4500" }, cookie)).json();
});

after(() => demo?.stop());

/** Compares; a difference is told by the tool's own report. */
async function holds(description, ...more) {
  const { holds, report } = await conforms(demo.till, description, demo.folder, ...more);
  assert.ok(holds, report);
}

/** The description with an order that is there. */
function withOrder(description) {
  const document = structuredClone(description);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const { parameters } of Object.values(item)) {
      for (const one of parameters ?? []) if (path.startsWith("/v1/orders/")) one.example = order.order_id;
    }
  }
  return document;
}

test("signed in, every operation answers as described", async () => {
  // These two take the session away from all that follow, and events never end by themselves.
  const apart = ["/v1/session/end", "/v1/session/resume", "/v1/events"].flatMap((path) => ["--exclude-path", path]);
  await holds(withOrder(description), "--header", `Cookie: ${cookie}`, ...apart);
  assert.equal((await fetch(`${demo.till}/v1/me`, { headers: { cookie } })).status, 200);
});

test("without a session, every operation answers as described", () => holds(description, "--max-examples", "15"));

test("another site's page is refused as described", () =>
  holds(description, "--header", "Sec-Fetch-Site: cross-site", "--include-method", "POST", "--phases", "coverage"));
