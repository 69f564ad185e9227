// What exists in a demo, written into the API's description as examples: a made-up id meets nothing but 404.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { confirmCode, enrolDevice, post, readyDevice } from "../browser/device.mjs";
import { mailedCode } from "../browser/mail.mjs";
import { transfer } from "./transfer.mjs";

const MINJUN = { name: "최민준", birth: "2001-01-22", email: "minjun@sebyeol.example" };
const STUDENT = { registrar: "campus", number: "2026-10002", email: "minjun@univ.sebyeol.example", lang: "ko" };
const SEOYEON = { name: "박서연", birth: "1988-11-05", email: "seoyeon@sebyeol.example" };
const JIWOO = { name: "조지우", birth: "1999-12-31", email: "jiwoo@sebyeol.example" };
const HAEUN = { name: "정하은", birth: "1979-06-18", email: "haeun@sebyeol.example" };
const DOYUN = { name: "강도윤", birth: "1965-09-09", email: "doyun@sebyeol.example" };
const BAKERY = "M000101";
/** How long a deposit may take to become coin, ms. */
const PATIENCE = 30_000;
const MINUTE = 60_000;

/** The bank books two transfers to the city with the person's memo; answers the history once it shows both. */
async function charged(demo, ask) {
  const { code } = await ask("/v1/charge");
  for (const amount of [30_000, 20_000]) {
    const body = JSON.stringify({ payer: MINJUN.name, amount, reference: code });
    const answer = await fetch(`${demo.bank}/api/deposits`, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.equal(answer.status, 201);
  }
  for (const begun = Date.now(); Date.now() - begun < PATIENCE; await sleep(200)) {
    const { entries } = await ask("/v1/history");
    if (entries.filter(({ kind }) => kind === "charge").length === 2) return entries;
  }
  throw new Error(`the deposits have not become coin within ${PATIENCE} ms`);
}

/** What a mail to the owner of a wallet opens. */
async function lostCode(demo, { email, birth }) {
  const { lost } = await (await post(demo, "/v1/lost/start", { email, birth, lang: "ko" })).json();
  return { lost, code: await mailedCode(demo.mail, email) };
}

/** What a mail to a student opens. */
async function studentCode(demo, cookie) {
  const { enrolment } = await (await post(demo, "/v1/registrations/start", STUDENT, cookie)).json();
  return { enrolment, code: await mailedCode(demo.mail, STUDENT.email) };
}

/** A phone that waits at the counter. */
async function phoneAtCounter(demo, { request: { public_key, device_name, device_tag, pin_proof } }) {
  const { token } = await (await post(demo, "/v1/new-phone/start", { public_key, device_name, device_tag, pin_proof })).json();
  return { token };
}

/** Fills the demo: somebody who has charged and pays little without a PIN, devices whose PIN may be tried, codes that wait. */
export async function people(demo) {
  const me = await enrolDevice(demo, MINJUN);
  const ask = async (path) => (await fetch(demo.wallet + path, { headers: { cookie: me.cookie } })).json();
  const entries = await charged(demo, ask);
  // Makes the device less careful, which takes the PIN.
  await post(demo, "/v1/devices/choices", { free_amount: "10000", lock_after_ms: 0, device_tag: me.tag, proof: me.proof }, me.cookie);
  const resumed = await enrolDevice(demo, JIWOO);
  return {
    me,
    tx: entries.find(({ kind }) => kind === "charge").tx,
    page: (await ask("/v1/history?limit=1")).next,
    shop: await ask(`/v1/merchants/by-code/${BAKERY}`),
    locked: await enrolDevice(demo, SEOYEON),
    resumed,
    ready: await readyDevice(demo, DOYUN),
    waiting: await confirmCode(demo, HAEUN),
    lost: await lostCode(demo, JIWOO),
    student: await studentCode(demo, me.cookie),
    phone: await phoneAtCounter(demo, await readyDevice(demo, DOYUN)),
  };
}

/** The right PIN among wrong ones: fewer than lock the device, for the order in which examples are sent is the tool's. */
function pins({ certificate, tag, proof }) {
  const wrong = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString("base64"));
  return [proof, ...wrong].map((proof) => ({ certificate, device_tag: tag, proof }));
}

/** One that applies; with more than there is; out of its time; of another's device; for another channel; with a forged signature. */
function transfers(me, other) {
  const soon = Date.now() + 5 * MINUTE;
  const good = transfer(me, other.bid, 100, 1, soon);
  return [
    good,
    transfer(me, other.bid, 10_000_000, 2, soon),
    transfer(me, other.bid, 100, 3, Date.now() - 5 * MINUTE),
    transfer(other, me.bid, 100, 1, soon),
    transfer({ ...me, chain: "another-1" }, other.bid, 100, 4, soon),
    { ...good, signature: transfer(me, other.bid, 200, 5, soon).signature },
  ];
}

/** The description with what exists as examples. */
export function withExamples(description, known) {
  const { me, tx, page, shop, locked, resumed } = known;
  const document = structuredClone(description);
  const parameter = (path, method, name, example) => {
    const found = document.paths[path][method].parameters.find((one) => one.name === name);
    assert.ok(found, `${path} has no parameter ${name}`);
    found.example = example;
  };
  const bodies = (path, ...values) => {
    const examples = Object.fromEntries(values.map((value, index) => [`example ${index + 1}`, { value }]));
    document.paths[path].post.requestBody.content["application/json"].examples = examples;
  };
  parameter("/v1/transactions/{id}", "get", "id", tx);
  parameter("/v1/transactions/{id}/proof", "get", "id", tx);
  parameter("/v1/merchants/by-code/{code}", "get", "code", shop.code);
  parameter("/v1/merchants/{bid}", "get", "bid", shop.bid);
  parameter("/v1/history", "get", "before", page);
  parameter("/v1/history", "get", "limit", 1);
  parameter("/v1/people/lookup", "get", "q", SEOYEON.email);
  parameter("/v1/devices/{certificate}/name", "post", "certificate", me.certificate);
  for (const path of ["/v1/codes", "/v1/enrolment/start", "/v1/lost/start", "/v1/registrations/start"]) {
    parameter(path, "post", "Idempotency-Key", randomUUID());
  }
  bodies("/v1/devices/{certificate}/name", { device_name: "phone" });
  bodies("/v1/codes", { code: "AAAA", expires_at: Date.now() + 2 * MINUTE });
  bodies("/v1/enrolment/start", { ...HAEUN, lang: "ko" });
  bodies("/v1/enrolment/confirm", known.waiting);
  bodies("/v1/enrolment/devices", { ticket: known.ready.request.ticket });
  bodies("/v1/enrolment/certify", known.ready.request);
  bodies("/v1/registrations/start", STUDENT);
  bodies("/v1/registrations/confirm", known.student);
  bodies("/v1/lost/start", { email: JIWOO.email, birth: JIWOO.birth, lang: "ko" });
  bodies("/v1/lost/freeze", known.lost);
  bodies("/v1/new-phone/state", known.phone);
  bodies("/v1/pin/again", { device_tag: me.tag });
  bodies("/v1/pin/unlock", ...pins(locked));
  bodies("/v1/session/resume", ...pins(resumed));
  const sent = transfers(me, locked);
  bodies("/v1/preview", ...sent.map(({ body }) => ({ body })));
  bodies("/v1/transactions", ...sent);
  return document;
}
