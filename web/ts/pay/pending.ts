/**
 * Transactions on their way. Each is made and stored *before* it is sent, and only ever sent again as the very same
 * bytes: a lost answer, a reload or a second tap can never pay twice.
 */

import { change, store } from "../keys/database.ts";
import type { Device } from "../keys/device.ts";
import { publicKeyHex, sign } from "../keys/device.ts";
import { toBase64, toHex } from "../ledger/bytes.ts";
import type { Call } from "../ledger/call.ts";
import { encodeTransaction, signingMessage, transactionId } from "../ledger/tx.ts";
import { serverNow } from "../kit/api.ts";
import { service } from "../kit/client.ts";

/** A transaction is good for two minutes; afterwards it is certainly void. The ledger allows ten. */
const VALID_MS = 120_000;

export type PendingKind = "pay" | "send" | "refund" | "revoke" | "freeze" | "renew" | "take";

export interface Pending {
  /** Transaction id. */
  id: string;
  kind: PendingKind;
  /** Base64 of the unsigned body, hex of key and signature: what is sent, every time. */
  body: string;
  key: string;
  signature: string;
  /** Void after this moment, ms by the ledger's clock. */
  validUntil: number;
  certificate: string;
  /** True from just before the first sending on: from then on a ledger may know it. */
  sent: boolean;
  /** For people. */
  amount: string;
  name: string;
}

/** The last number that this browser has given to a transaction. */
interface Numbered {
  certificate: string;
  nonce: number;
  validUntil: number;
}
const NUMBERED = "numbered";

/** The first free number: a transaction that is on its way has one that the ledger does not know yet. */
function free(next: number, certificate: string, last: Numbered | undefined): number {
  const waits = last?.certificate === certificate && last.validUntil > serverNow();
  return waits ? Math.max(next, last.nonce + 1) : next;
}

/** The unsigned body of a call, numbered and limited in time. What is `kept` keeps its number; a mere look does not. */
export async function draft(device: Device, call: Call, kept = false): Promise<{ body: Uint8Array<ArrayBuffer>; validUntil: number }> {
  const { certificate, chain } = device;
  const { next } = await service.get("/v1/nonce");
  const validUntil = Math.floor(serverNow()) + VALID_MS;
  const number = (last: Numbered | undefined) => ({ certificate, nonce: free(next, certificate, last), validUntil });
  const look = () => store("device", "readonly", (all) => all.get(NUMBERED) as IDBRequest<Numbered | undefined>).then(number);
  const { nonce } = await (kept ? change("device", NUMBERED, number) : look());
  const body = encodeTransaction({ chain, signer: certificate, nonce, valid_until: validUntil, call });
  return { body, validUntil };
}

/** Signs a call and stores it. Nothing has been sent when this returns. */
export async function prepare(
  device: Device,
  key: CryptoKey,
  call: Call,
  about: Pick<Pending, "kind" | "amount" | "name">,
): Promise<Pending> {
  const { body, validUntil } = await draft(device, call, true);
  const signature = await sign(key, signingMessage(device.chain, body));
  const pending: Pending = {
    ...about,
    id: await transactionId(device.chain, body),
    body: toBase64(body),
    key: publicKeyHex(device),
    signature: toHex(signature),
    validUntil,
    certificate: device.certificate,
    sent: false,
  };
  await store("pending", "readwrite", (all) => all.put(pending));
  return pending;
}

export function allPending(): Promise<Pending[]> {
  return store("pending", "readonly", (all) => all.getAll() as IDBRequest<Pending[]>);
}

/** Notes that a transaction is about to be sent. */
export async function sending(pending: Pending): Promise<void> {
  pending.sent = true;
  await store("pending", "readwrite", (all) => all.put(pending));
}

/** Forgets a transaction whose fate is certain. */
export async function settled(id: string): Promise<void> {
  await store("pending", "readwrite", (all) => all.delete(id));
}
