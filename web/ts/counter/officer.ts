/** An officer at the counter: comes in with a key, proposes, agrees. Every decision is signed here and nowhere else. */

import { serverNow } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import type { WalletType } from "../kit/routes.ts";
import { sign } from "../keys/device.ts";
import type { OfficerKey } from "../keys/keyfile.ts";
import { toBase64, toHex, utf8 } from "../ledger/bytes.ts";
import type { OfficerCall } from "../ledger/call.ts";
import { certificateId, encodeTransaction, signingMessage } from "../ledger/tx.ts";

/** A decision is good for two minutes: an officer presses again, nothing waits longer. */
const VALID_MS = 120_000;

export interface Officer {
  chain: string;
  certificate: string;
  office: WalletType<"CounterMe">;
  key: OfficerKey;
}

/** Comes in: the key signs what the service has just made up. */
export async function enter(key: OfficerKey): Promise<Officer> {
  const { challenge, chain } = await wallet.postOnce("/v1/counter/challenge");
  const certificate = await certificateId(chain, key.publicKey);
  const signature = toHex(await sign(key.key, utf8(`dure:counter:v1\0${chain}\0${challenge}`)));
  const office = await wallet.postOnce("/v1/counter/enter", { body: { certificate, challenge, signature } });
  return { chain, certificate, office, key };
}

/** What was decided and not answered: pressed again, the very same goes again. */
let open: { what: string; body: WalletType<"Decision"> } | undefined;

let before: Promise<unknown> = Promise.resolve();

/** Signs a proposal or an approval and sends it. One at a time: each has a number of its own. */
export function decide(officer: Officer, call: OfficerCall, reason: string): Promise<WalletType<"Decided">> {
  const decided = before.then(() => send(officer, call, reason));
  before = decided.catch(() => undefined);
  return decided;
}

async function send(officer: Officer, call: OfficerCall, reason: string): Promise<WalletType<"Decided">> {
  const what = JSON.stringify([call, reason]);
  if (open?.what !== what) open = { what, body: await signed(officer, call, reason) };
  const decided = await wallet.postOnce("/v1/counter/decisions", { body: open.body, timeoutMs: 20_000 }).catch((error: unknown) => {
    // Refused is refused; only where nobody has answered does the same go again.
    if (!(error instanceof Error && "status" in error && (error.status === 0 || Number(error.status) >= 500))) open = undefined;
    throw error;
  });
  if (decided.status === "applied") open = undefined;
  return decided;
}

async function signed({ chain, certificate, key }: Officer, call: OfficerCall, reason: string): Promise<WalletType<"Decision">> {
  const { next } = await wallet.get("/v1/counter/nonce");
  const body = encodeTransaction({ chain, signer: certificate, nonce: next, valid_until: Math.floor(serverNow()) + VALID_MS, call });
  const signature = await sign(key.key, signingMessage(chain, body));
  return { body: toBase64(body), key: toHex(key.publicKey), signature: toHex(signature), reason };
}
