// Whoever asks too often is told so as the description says.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { enrolDevice } from "../browser/device.mjs";
import { startDemo } from "../browser/demo.mjs";
import { conforms } from "./schemathesis.mjs";

/** Enough to enrol one person in three steps; after that, nearly everything is too much. */
const LIMITS = {
  DURE_WALLET_ENROLMENT_PER_MINUTE: "3",
  DURE_WALLET_UNLOCK_PER_MINUTE: "1",
  DURE_WALLET_LOOKUP_PER_MINUTE: "1",
  DURE_WALLET_TRANSACTIONS_PER_MINUTE: "1",
};
const SEOYEON = { name: "박서연", birth: "1988-11-05", email: "seoyeon@sebyeol.example" };

let demo, cookie;

before(async () => {
  Object.assign(process.env, LIMITS);
  demo = await startDemo();
  ({ cookie } = await enrolDevice(demo, SEOYEON));
});

after(() => demo?.stop());

test("too many requests are refused as described", async () => {
  const description = await (await fetch(`${demo.wallet}/openapi.json`)).json();
  const limited = ["--max-examples", "10", "--include-method", "POST", "--include-path", "/v1/people/lookup"];
  // Would sign out all that follow.
  const apart = ["--exclude-path", "/v1/session/end"];
  const { holds, report } = await conforms(demo.wallet, description, demo.folder, "--header", `Cookie: ${cookie}`, ...limited, ...apart);
  assert.ok(holds, report);
  // Not one of them has been let through a limit that is not there.
  const asked = await fetch(`${demo.wallet}/v1/people/lookup?q=01055500001`, { headers: { cookie } });
  assert.equal(asked.status, 429);
});
