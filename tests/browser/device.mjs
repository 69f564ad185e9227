// A citizen's device without a browser: enrols by plain HTTP, for tests that need many people or only a session.

import { createHash, generateKeyPairSync, pbkdf2Sync, randomBytes, randomUUID, sign } from "node:crypto";

import { mailedCode } from "./mail.mjs";

/** As in the pages. */
const ROUNDS = 210_000;

/** A fresh key, with what the service is shown of it besides: the PIN's proof and the salt's tag. */
function freshKey(pin) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const salt = randomBytes(16);
  return {
    raw: Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url"),
    sign: (message) => sign(null, message, privateKey),
    proof: pbkdf2Sync(pin, salt, ROUNDS, 32, "sha256").toString("base64"),
    tag: createHash("sha256").update("dure:device-tag\0").update(salt).digest("base64"),
  };
}

/** What a new key signs to prove that it is held: tag, chain, owner, role (0 for a citizen), key. */
function possession(ticket, key) {
  const head = Buffer.from(`dure:possession:v1\0${ticket.chain}\0`);
  return Buffer.concat([head, Buffer.from(ticket.bid, "hex"), Buffer.of(0), key]);
}

/** Posts JSON to the wallet, signed in perhaps; fails with the problem that is answered. */
export async function post(demo, path, body, cookie) {
  // What mails or numbers something asks for a key of its own; to the rest it means nothing.
  const headers = { "content-type": "application/json", "idempotency-key": randomUUID(), ...(cookie ? { cookie } : {}) };
  const answer = await fetch(demo.wallet + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** Asks for a code; answers the request that opens it. */
export async function confirmCode(demo, { name, birth, email }) {
  const { enrolment } = await (await post(demo, "/v1/enrolment/start", { name, birth, email, lang: "ko" })).json();
  return { enrolment, code: await mailedCode(demo.mail, email) };
}

/** A key whose owner's code has been opened, and the request that certifies it. */
export async function readyDevice(demo, person, pin = "258036", device_name = "device without a browser") {
  const ticket = await (await post(demo, "/v1/enrolment/confirm", await confirmCode(demo, person))).json();
  const key = freshKey(pin);
  const request = {
    ticket: ticket.ticket,
    public_key: key.raw.toString("hex"),
    possession: key.sign(possession(ticket, key.raw)).toString("hex"),
    device_name,
    device_tag: key.tag,
    pin_proof: key.proof,
  };
  return { chain: ticket.chain, ...key, request };
}

/** Enrols a person of the registrar's list: session, ids on the ledger, what the PIN is proven with, and what signs. */
export async function enrolDevice(demo, person, pin, name) {
  const { request, ...key } = await readyDevice(demo, person, pin, name);
  const answer = await post(demo, "/v1/enrolment/certify", request);
  const cookie = answer.headers.getSetCookie()[0].split(";")[0];
  const { bid, certificate } = await answer.json();
  return { cookie, bid, certificate, ...key };
}
