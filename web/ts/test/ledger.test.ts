/** The contract's golden vectors: the browser makes the same bytes, ids and signatures. */
import assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../ledger/bytes.ts";
import type { Mandate, Role, Transaction } from "../ledger/call.ts";
import {
  certificateId, encodeTransaction, encodeWire, mandateId, mandateMessage, possessionMessage, signingMessage, transactionId,
} from "../ledger/tx.ts";

interface Vectors {
  transactions: {
    name: string; transaction: Transaction; body: string; message: string; id: string; seed: string;
    public_key: string; certificate: string; signature: string; wire: string;
  }[];
  mandates: { mandate: Mandate; message: string; id: string; seed: string; signature: string }[];
  possession: { chain: string; owner: string; role: Role; public_key: string; message: string }[];
}
const vectors = JSON.parse(readFileSync("../ledger-node/score/vectors/transactions.json", "utf8")) as Vectors;

function signWith(seed: string, message: Uint8Array): Uint8Array {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), fromHex(seed)]);
  return sign(null, message, createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
}

test("every call has the contract's bytes, ids and signature", async () => {
  const names = new Set<string>();
  for (const vector of vectors.transactions) {
    const { name, transaction } = vector;
    names.add(name);
    const body = encodeTransaction(transaction);
    assert.equal(toHex(body), vector.body, name);
    const message = signingMessage(transaction.chain, body);
    assert.equal(toHex(message), vector.message, name);
    assert.equal(await transactionId(transaction.chain, body), vector.id, name);
    const key = fromHex(vector.public_key);
    assert.equal(await certificateId(transaction.chain, key), vector.certificate, name);
    const signature = signWith(vector.seed, message);
    assert.equal(toHex(signature), vector.signature, name);
    assert.equal(toHex(encodeWire(body, key, signature)), vector.wire, name);
  }
  assert.equal(names.size, 29, [...names].join(" "));
});

test("authorisations: message, id, signature", async () => {
  assert.ok(vectors.mandates.length >= 4);
  for (const { mandate, message, id, seed, signature } of vectors.mandates) {
    assert.equal(toHex(mandateMessage(mandate)), message);
    assert.equal(await mandateId(mandate), id);
    assert.equal(toHex(signWith(seed, mandateMessage(mandate))), signature);
    // What is left out is left out, whether the value is missing or null.
    const { merchant, cashback, ...rest } = mandate;
    const missing = { ...rest, ...(merchant == null ? {} : { merchant }), ...(cashback == null ? {} : { cashback }) };
    assert.equal(toHex(mandateMessage(missing)), message);
  }
});

test("possession messages", () => {
  assert.ok(vectors.possession.length > 0);
  for (const { chain, owner, role, public_key, message } of vectors.possession) {
    assert.equal(toHex(possessionMessage(chain, owner, role, fromHex(public_key))), message, role);
  }
});

test("what does not fit is never signed", () => {
  const good = vectors.transactions.find(({ name }) => name === "token.pay")!.transaction;
  const spoil = (change: object, call: object = {}) => ({ ...good, ...change, call: { ...good.call, ...call } }) as Transaction;
  const bad: Transaction[] = [
    spoil({ chain: "" }), spoil({ chain: "a b" }), spoil({ signer: "00" }), spoil({ nonce: -1 }), spoil({ nonce: 1.5 }),
    spoil({ nonce: Number.MAX_SAFE_INTEGER + 1 }), spoil({ nonce: 2n ** 64n }), spoil({}, { amount: "-1" }), spoil({}, { amount: "1.0" }),
    spoil({}, { amount: "007" }), spoil({}, { order: "가" }), spoil({}, { order: "x".repeat(26) }), spoil({}, { merchant: "Z".repeat(32) }),
    spoil({}, { call: "token_steal" }), spoil({}, { cashback: -1 }), spoil({}, { cashback: 2 ** 32 }), spoil({}, { cashback: "" }),
  ];
  for (const tx of bad) assert.throws(() => encodeTransaction(tx), TypeError);
});
