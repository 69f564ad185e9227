/**
 * Checks a node's proofs in the browser, from a pinned genesis alone: whoever knows it need not trust the node or the service
 * in between. The same checks exist in Rust (`dure_proof`); both read `proof/vectors/proofs.json`.
 *
 * receipt → receipts root → value of the state → state root → header → certificate → validators → genesis
 */

import { concat, fromHex, toHex, utf8, type Bytes } from "../ledger/bytes.ts";
import type { Lot, Receipt } from "../ledger/receipt.ts";
import { octets, read, tuple } from "./cbor.ts";
import { verifyCertificate, type SignedHeader } from "./certificate.ts";
import { demand } from "./error.ts";
import { accountProof, recordProof, transactionProof, type Finality, type Handover, type Pinned } from "./form.ts";
import { parseHeader } from "./header.ts";
import { readHoldings, readReceipt } from "./receipt.ts";
import { readDeposit, readPayment, type DepositRecord, type PaymentRecord } from "./record.ts";
import { receiptsRoot, rootWith, rootWithout } from "./tree.ts";

export type { Pinned } from "./form.ts";
export { ProofError } from "./error.ts";

/** Something proven, when it was so, and by whom. */
export type Proven<T> = T & {
  /** After which block. */
  height: number;
  /** Time of the header that says so, ms since 1970. */
  signedAtMs: number;
  /** How many validators have signed it. */
  signers: number;
  /** Of how many. */
  validators: number;
};

/** What an account held. */
export interface AccountRecord {
  /** `null` if the state had nothing under that name. */
  lots: Lot[] | null;
  /** Sum of the lots. */
  balance: bigint;
}

/** The receipt of transaction `id` (hex), if `proof` (a node's JSON) proves one; else a `ProofError`. */
export async function verifyTransactionProof(pinned: Pinned, id: string, proof: unknown): Promise<Receipt> {
  const { receipt: bytes, path, siblings, finality } = transactionProof(proof);
  const header = await verifyFinality(pinned, finality);
  const receipt = readReceipt(bytes);
  demand(receipt.tx === id, "PROOF_OTHER_SUBJECT");
  demand(BigInt(receipt.height) <= header.executed, "PROOF_TOO_EARLY");
  const receipts = await receiptsRoot(bytes, path);
  // The state's value is the root as CBOR: a byte string of 32.
  const value = concat(Uint8Array.of(0x58, 0x20), receipts);
  const root = await rootWith(stateKey("R", u64(BigInt(receipt.height))), value, siblings);
  demand(toHex(root) === toHex(header.stateRoot), "PROOF_STATE_ROOT");
  return receipt;
}

/** What account `bid` (hex) held, or that it held nothing, if `proof` proves it; else a `ProofError`. */
export async function verifyAccountProof(pinned: Pinned, bid: string, proof: unknown): Promise<Proven<AccountRecord>> {
  const account = accountProof(proof);
  demand(toHex(account.bid) === bid, "PROOF_OTHER_SUBJECT");
  const header = await verifyFinality(pinned, account.finality);
  const key = stateKey("H", account.bid);
  demand(account.holdings === null || account.neighbour === null, "PROOF_NEIGHBOUR");
  const lots = account.holdings && readHoldings(account.holdings);
  const root = account.holdings
    ? await rootWith(key, account.holdings, account.siblings)
    : await rootWithout(key, account.neighbour, account.siblings);
  demand(toHex(root) === toHex(header.stateRoot), "PROOF_STATE_ROOT");
  const balance = (lots ?? []).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  return proven({ lots, balance }, header);
}

/** Payment `id` (hex) and what of it has gone back, if `proof` proves it; else a `ProofError`. */
export async function verifyPaymentProof(pinned: Pinned, id: string, proof: unknown): Promise<Proven<PaymentRecord>> {
  return verifyRecord(pinned, stateKey("P", fromHex(id)), proof, readPayment);
}

/** Deposit `reference` and what it has become, if `proof` proves it; else a `ProofError`. */
export async function verifyDepositProof(pinned: Pinned, reference: string, proof: unknown): Promise<Proven<DepositRecord>> {
  return verifyRecord(pinned, stateKey("D", utf8(reference)), proof, readDeposit);
}

async function verifyRecord<T>(pinned: Pinned, key: Bytes, proof: unknown, parse: (bytes: Bytes) => T): Promise<Proven<T>> {
  const { record, siblings, finality } = recordProof(proof);
  const header = await verifyFinality(pinned, finality);
  const root = await rootWith(key, record, siblings);
  demand(toHex(root) === toHex(header.stateRoot), "PROOF_STATE_ROOT");
  return proven(parse(record), header);
}

function proven<T>(what: T, { executed, timeMs, signers, validators }: SignedHeader): Proven<T> {
  return { ...what, height: Number(executed), signedAtMs: Number(timeMs), signers, validators };
}

/** Median and worst time of checking one proof, ms: for measurements in a real browser. */
export async function benchTransactionProof(pinned: Pinned, id: string, proof: unknown, rounds = 50): Promise<{ p50: number; max: number }> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await verifyTransactionProof(pinned, id, proof);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1] ?? Number.NaN, max: times.at(-1) ?? Number.NaN };
}

/** A validator set (keys in hex) and the first epoch in which it is in force. */
interface KnownSet {
  from: bigint;
  keys: string[];
}

/** The header whose state root is proven. */
async function verifyFinality(pinned: Pinned, finality: Finality): Promise<SignedHeader> {
  demand(finality.chain === pinned.chain, "PROOF_OTHER_CHAIN");
  demand(toHex(finality.genesisHash) === pinned.genesis_hash, "PROOF_OTHER_GENESIS");
  const network = `${pinned.chain}/${pinned.genesis_hash}`;
  const known: KnownSet[] = [{ from: 0n, keys: pinned.validators }];
  for (const handover of finality.handovers) known.push(await nextSet(network, known, handover));
  return signedHeader(network, known, finality.header, finality.certificate);
}

async function signedHeader(network: string, known: KnownSet[], header: Bytes, certificate: Bytes): Promise<SignedHeader> {
  const { epoch } = await parseHeader(header);
  const set = known.findLast(({ from }) => from <= epoch);
  demand(set !== undefined, "PROOF_VALIDATOR_SET");
  return verifyCertificate(network, set.keys, header, certificate);
}

/** The set that `handover` proves by the sets known before it. */
async function nextSet(network: string, known: KnownSet[], handover: Handover): Promise<KnownSet> {
  const header = await signedHeader(network, known, handover.header, handover.certificate);
  const { fromEpoch: from, set, siblings } = handover;
  demand(from > (known.at(-1)?.from ?? 0n) && header.epoch < from, "PROOF_HANDOVER");
  const root = await rootWith(stateKey("E", u64(from)), set, siblings);
  demand(toHex(root) === toHex(header.stateRoot), "PROOF_STATE_ROOT");
  const [seats] = tuple(read(set, "PROOF_VALIDATOR_SET"), 1, "PROOF_VALIDATOR_SET");
  demand(Array.isArray(seats), "PROOF_VALIDATOR_SET");
  // A seat is its key, and an address if there is one.
  const keys = seats.map((seat) => octets(Array.isArray(seat) ? seat[0] : seat, 32, "PROOF_VALIDATOR_SET"));
  return { from, keys: keys.map(toHex) };
}

/** Key of a record in the state: a letter, then its name. */
function stateKey(kind: "R" | "H" | "E" | "P" | "D", name: Bytes): Bytes {
  return concat(utf8(kind), name);
}

function u64(number: bigint): Bytes {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, number);
  return out;
}
