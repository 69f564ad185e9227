// Proofs are checked by a real browser as by everybody else: every vector is judged as written.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { proofPage } from "./proof-page.mjs";

const vectorsFile = new URL("../../ledger-node/proof/vectors/proofs.json", import.meta.url);

test("a browser checks proofs", async (t) => {
  const file = JSON.parse(readFileSync(vectorsFile, "utf8"));
  const { page, close } = await proofPage();
  t.after(close);
  const codes = await page.evaluate(async ({ pinned, vectors }) => {
    const judged = [];
    const check = {
      transaction: ({ id, proof }) => proofs.verifyTransactionProof(pinned, id, proof),
      account: ({ bid, proof }) => proofs.verifyAccountProof(pinned, bid, proof),
      payment: ({ id, proof }) => proofs.verifyPaymentProof(pinned, id, proof),
      deposit: ({ reference, proof }) => proofs.verifyDepositProof(pinned, reference, proof),
    };
    for (const vector of vectors) {
      judged.push(await check[vector.kind](vector).then(() => null, (error) => error.code ?? String(error)));
    }
    return judged;
  }, file);
  for (const [at, vector] of file.vectors.entries()) assert.equal(codes[at], vector.code ?? null, vector.name);
});
