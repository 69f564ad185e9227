// The wallet's API does what its description says: every status is documented, every answer has the documented form, and nothing
// that one can send makes the service fail.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startDemo } from "../browser/demo.mjs";
import { people, withExamples } from "./known.mjs";
import { enterCounter } from "./officer.mjs";
import { conforms } from "./schemathesis.mjs";

/** With the usual limits, nearly every answer would be that there have been too many requests. */
const UNHURRIED = ["ENROLMENT", "UNLOCK", "LOOKUP", "TRANSACTIONS"].map((what) => [`DURE_WALLET_${what}_PER_MINUTE`, "60000"]);
/** More than the service reads of a body, bytes. */
const LARGE = 70_000;

let demo, description, known;

before(async () => {
  Object.assign(process.env, Object.fromEntries(UNHURRIED));
  demo = await startDemo();
  description = await (await fetch(`${demo.wallet}/openapi.json`)).json();
  known = await people(demo);
});

after(() => demo?.stop());

/** Compares; a difference is told by the tool's own report. */
async function holds(description, ...more) {
  const { holds, report } = await conforms(demo.wallet, description, demo.folder, ...more);
  assert.ok(holds, report);
}

test("signed in, every operation answers as described", async () => {
  await holds(
    withExamples(description, known),
    ...["--header", `Cookie: ${known.me.cookie}`],
    // These two take the session away from all that follow: one ends it, the other puts a new one in its place.
    ...["--exclude-path", "/v1/session/end", "--exclude-path", "/v1/session/resume"],
    // The counter has sessions of its own, for officers, which is seen below.
    ...["--exclude-path-regex", "^/v1/counter/"],
    // Never ends by itself. Without a session it is refused at once, which is seen below.
    ...["--exclude-path", "/v1/events"],
  );
  // Nothing on the way has ended the session: all of it has been asked by a person, and not by nobody.
  const me = await fetch(`${demo.wallet}/v1/me`, { headers: { cookie: known.me.cookie } });
  assert.equal(me.status, 200);
});

test("without a session, a device signs in and out as described", () =>
  holds(withExamples(description, known), "--include-path-regex", "^/v1/session/"));

test("an officer's operations answer as described", async () => {
  const cookie = await enterCounter(demo, "city-hall-1");
  // Leaving ends the session; coming in is seen below.
  const apart = ["--exclude-path-regex", "^/v1/counter/(leave|enter|challenge)$"];
  await holds(description, "--header", `Cookie: ${cookie}`, "--include-path-regex", "^/v1/counter/", ...apart);
  assert.equal((await fetch(`${demo.wallet}/v1/counter/me`, { headers: { cookie } })).status, 200);
});

test("without a session, every operation answers as described", () =>
  holds(description, "--max-examples", "15"));

test("another site's page is refused as described", () =>
  holds(description, "--header", "Sec-Fetch-Site: cross-site", "--include-method", "POST", "--phases", "coverage"));

test("a body that is too large is refused as described", () => {
  const large = structuredClone(description);
  for (const { post } of Object.values(large.paths)) {
    const json = post?.requestBody?.content["application/json"];
    if (json) json.example = { name: "x".repeat(LARGE) };
  }
  return holds(large, "--header", `Cookie: ${known.me.cookie}`, "--phases", "examples", "--mode", "positive");
});

test("a status that is not described is found", async () => {
  const wrong = structuredClone(description);
  wrong.paths["/health"].get.responses = { 418: { description: "I am a teapot" } };
  const { holds, report } = await conforms(demo.wallet, wrong, demo.folder, "--include-path", "/health");
  assert.ok(!holds && report.includes("Undocumented status code"), report);
});
