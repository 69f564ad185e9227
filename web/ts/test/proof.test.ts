/** The proof vectors: the browser judges each as the Rust verifier does, and no byte of a good one may change. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Receipt } from "../ledger/receipt.ts";
import {
  ProofError, verifyAccountProof, verifyDepositProof, verifyPaymentProof, verifyTransactionProof, type Pinned,
} from "../proof/verify.ts";

type Vector = { name: string; code?: string; proof: Record<string, unknown> } & (
  | { kind: "transaction"; id: string; receipt: Receipt | null }
  | { kind: "account"; bid: string; balance: string | null }
  | { kind: "payment"; id: string; payment: { payer: string; merchant: string; order: string; amount: string; refunded: string } | null }
  | { kind: "deposit"; reference: string; deposit: { to: string; amount: string; bonus: string; tx: string } | null }
);
const file = JSON.parse(readFileSync("../ledger-node/proof/vectors/proofs.json", "utf8")) as { pinned: Pinned; vectors: Vector[] };
const { pinned, vectors } = file;

function verify(vector: Vector, proof: unknown): Promise<unknown> {
  switch (vector.kind) {
    case "transaction":
      return verifyTransactionProof(pinned, vector.id, proof);
    case "account":
      return verifyAccountProof(pinned, vector.bid, proof);
    case "payment":
      return verifyPaymentProof(pinned, vector.id, proof);
    case "deposit":
      return verifyDepositProof(pinned, vector.reference, proof);
  }
}

/** The code of the refusal, or none. */
async function judge(vector: Vector, proof: unknown = vector.proof): Promise<string | undefined> {
  try {
    await verify(vector, proof);
    return undefined;
  } catch (error) {
    // Anything but a ProofError is a bug of the verifier.
    if (error instanceof ProofError) return error.code;
    throw error;
  }
}

test("every vector is judged as written", async () => {
  assert.ok(vectors.filter(({ code }) => code).length >= 20);
  for (const vector of vectors) assert.equal(await judge(vector), vector.code, vector.name);
});

test("what is proven is what the ledger wrote", async () => {
  for (const vector of vectors.filter(({ code }) => !code)) {
    if (vector.kind === "transaction") {
      const receipt = await verifyTransactionProof(pinned, vector.id, vector.proof);
      assert.deepEqual(receipt, vector.receipt, vector.name);
    } else if (vector.kind === "payment") {
      const { payer, merchant, order, amount, refunded, height } = await verifyPaymentProof(pinned, vector.id, vector.proof);
      const { draws, cashback, paid_at, ...said } = vector.payment as unknown as Record<string, unknown>;
      assert.ok(draws && cashback && paid_at);
      assert.deepEqual({ payer, merchant, order, amount: String(amount), refunded: String(refunded) }, said);
      assert.equal(height, 41);
    } else if (vector.kind === "deposit") {
      const { to, amount, bonus, tx } = await verifyDepositProof(pinned, vector.reference, vector.proof);
      const { charged_at, campaign, cashed_out, ...said } = vector.deposit as unknown as Record<string, unknown>;
      assert.ok(charged_at && campaign && cashed_out === null);
      assert.deepEqual({ to, amount: String(amount), bonus: String(bonus), tx }, said);
    } else {
      const { lots, balance, height } = await verifyAccountProof(pinned, vector.bid, vector.proof);
      assert.equal(lots && String(balance), vector.balance, vector.name);
      assert.equal(height, 41);
    }
  }
});

/** Every JSON value that differs from `value` in one byte, one number, one flag, one list entry or one field. */
function* changes(value: unknown): Generator<unknown> {
  if (typeof value === "boolean") yield !value;
  else if (typeof value === "number") yield* [value + 1, value - 1];
  else if (typeof value === "string") yield* textChanges(value);
  else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const changed of changes(item)) yield value.with(at, changed);
      yield value.toSpliced(at, 1);
      yield value.toSpliced(at, 0, item);
    }
  } else if (value !== null) {
    for (const [name, item] of Object.entries(value as object)) {
      for (const changed of changes(item)) yield { ...value, [name]: changed };
      if (item !== null) yield { ...value, [name]: null };
      yield Object.fromEntries(Object.entries(value as object).filter(([other]) => other !== name));
    }
    yield { ...value, more: 1 };
  }
}

function* textChanges(text: string): Generator<string> {
  const hex = /^([0-9a-f]{2})*$/.test(text) && text.length >= 32;
  if (!hex && text.length < 30) return yield `${text}x`;
  const coding = hex ? "hex" : "base64";
  const bytes = Buffer.from(text, coding);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << (at % 8);
    yield changed.toString(coding);
  }
  yield bytes.subarray(1).toString(coding);
  yield bytes.subarray(0, -1).toString(coding);
}

test("no byte of a proof may change", async () => {
  for (const name of ["after a change of validators", "an account", "no account, its place taken", "no account, its place empty", "a payment", "a deposit"]) {
    const vector = vectors.find((vector) => vector.name === name)!;
    let count = 0;
    for (const changed of changes(vector.proof)) {
      assert.notEqual(await judge(vector, changed), undefined, `${name}: ${JSON.stringify(changed)}`);
      count += 1;
    }
    assert.ok(count > 500, `${count} changes`);
  }
});

test("what is no proof at all is refused", async () => {
  for (const nonsense of [null, 1, "", [], {}, { finality: {} }]) {
    for (const vector of vectors.slice(0, 8)) assert.equal(await judge(vector, nonsense), "PROOF_MALFORMED");
  }
});
