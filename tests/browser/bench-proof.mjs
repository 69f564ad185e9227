// How long a headless Chromium takes to check the proof in the file that is named: prints {"p50": ms, …}.

import { readFileSync } from "node:fs";

import { proofPage } from "./proof-page.mjs";

const RUNS = 200;

const { pinned, id, proof } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { page, close } = await proofPage();
try {
  const times = await page.evaluate(([pinned, id, proof, runs]) => proofs.benchTransactionProof(pinned, id, proof, runs), [pinned, id, proof, RUNS]);
  console.log(JSON.stringify(times));
} finally {
  await close();
}
