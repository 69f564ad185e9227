/** Sends a stored transaction until its fate is certain: done, refused, or void. Never *unknown*. */

import { ApiError, get, post, serverNow } from "../kit/api.ts";
import { refusalOf, type Receipt, type Refusal } from "../ledger/receipt.ts";
import { sending, settled, type Pending } from "./pending.ts";

/** Pause between two tries: the service itself waits up to five seconds for the ledger. */
const PAUSE_MS = 1500;
/** Grace after the limit: blocks carry their own time, which may be a little behind. */
const GRACE_MS = 5000;

export type Fate =
  | { fate: "done"; receipt: Receipt }
  | { fate: "refused"; refusal: Refusal }
  | { fate: "void"; at: number };

interface Answer {
  id: string;
  status: "final" | "pending" | "unknown";
  receipt?: Receipt;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Follows one transaction to its end; `waiting(offline)` is called while it is open. */
export async function follow(pending: Pending, waiting: (offline: boolean) => void): Promise<Fate> {
  let fate: Fate | undefined;
  let asking = false;
  while (!fate) {
    // After the limit nothing can happen any more; only ask what did.
    const late = serverNow() > pending.validUntil + GRACE_MS;
    const first = !pending.sent;
    try {
      const answer: Answer = late || asking ? await ask(pending) : await send(pending);
      if (answer.status === "final" && answer.receipt) fate = fateOf(answer.receipt);
      else if (late && answer.status === "unknown") fate = { fate: "void", at: pending.validUntil };
      // Unknown to this node: send the same bytes again.
      asking = answer.status !== "unknown";
      waiting(false);
    } catch (error) {
      // Refused at the first sending, it never entered. Later, an earlier sending may have: ask.
      if (first) fate = refusedAtOnce(error);
      else if (!(error instanceof ApiError && error.offline)) asking = true;
      waiting(error instanceof ApiError && error.offline);
    }
    if (!fate) await pause(PAUSE_MS);
  }
  await settled(pending.id);
  return fate;
}

const ask = (pending: Pending): Promise<Answer> => get(`/v1/transactions/${pending.id}`);

async function send(pending: Pending): Promise<Answer> {
  if (!pending.sent) await sending(pending);
  return post("/v1/transactions", { body: pending.body, key: pending.key, signature: pending.signature });
}

function fateOf(receipt: Receipt): Fate {
  const refusal = refusalOf(receipt);
  return refusal ? { fate: "refused", refusal } : { fate: "done", receipt };
}

/** The refusal of a transaction that was never taken in (statuses that say: these bytes, never). */
function refusedAtOnce(error: unknown): Fate | undefined {
  if (!(error instanceof ApiError) || ![400, 403, 413, 422].includes(error.status)) return undefined;
  const refusal = error.problem["refusal"];
  const given = typeof refusal === "object" && refusal !== null ? (refusal as Refusal) : { refusal: error.code.toLowerCase() };
  return { fate: "refused", refusal: given };
}
