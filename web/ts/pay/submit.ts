/** Sends a stored transaction until its fate is certain: done, refused, or void. Never *unknown*. */

import { ApiError, clockKnown, serverNow } from "../kit/api.ts";
import { service } from "../kit/client.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import type { TillType, WalletType } from "../kit/routes.ts";
import { receiptIn, refusalOf, type Receipt, type Refusal } from "../ledger/receipt.ts";
import { sending, settled, type Pending } from "./pending.ts";

/** Pause between two tries: the service itself waits up to five seconds for the ledger. */
const PAUSE_MS = 1500;
/** Grace after the limit: blocks carry their own time, which may be a little behind. */
const GRACE_MS = 5000;

export type Fate =
  | { fate: "done"; receipt: Receipt }
  | { fate: "refused"; refusal: Refusal }
  | { fate: "void"; at: number };

type Answer = WalletType<"Standing"> | TillType<"TransactionAnswer">;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Follows one transaction to its end; `waiting(offline)` is called while it is open. Throws `PinCancelled` if the
 * session is over and the person does not open another one: it may be followed again.
 */
export async function follow(pending: Pending, waiting: (offline: boolean) => void): Promise<Fate> {
  let fate: Fate | undefined;
  let asking = false;
  while (!fate) {
    // After the limit nothing can happen any more; only ask what did. This phone's own clock may be wrong.
    const late = clockKnown() && serverNow() > pending.validUntil + GRACE_MS;
    const sends: boolean = !late && !asking;
    const first = sends && !pending.sent;
    try {
      const answer: Answer = sends ? await send(pending) : await ask(pending);
      fate = fateIn(answer, pending);
      // Unknown to this node: send the same bytes again.
      asking = answer.status !== "unknown";
      waiting(false);
    } catch (error) {
      if (error instanceof PinCancelled) throw error;
      // Refused at the first sending, it never entered. Later, an earlier sending may have: ask.
      if (first) fate = refusedAtOnce(error, pending);
      else if (!(error instanceof ApiError && error.offline)) asking = true;
      waiting(error instanceof ApiError && error.offline);
    }
    if (!fate) await pause(PAUSE_MS);
  }
  await settled(pending.id);
  return fate;
}

const ask = (pending: Pending): Promise<Answer> => service.get("/v1/transactions/{id}", { path: { id: pending.id } });

async function send(pending: Pending): Promise<Answer> {
  if (!pending.sent) await sending(pending);
  const { body, key, signature } = pending;
  return service.post("/v1/transactions", { body: { body, key, signature } });
}

function fateIn({ status, receipt: told, head_time_ms }: Answer, pending: Pending): Fate | undefined {
  if (status === "final" && told) {
    const receipt = receiptIn(told);
    const refusal = refusalOf(receipt);
    return refusal ? { fate: "refused", refusal } : { fate: "done", receipt };
  }
  // That node has all blocks up to a time after the limit, and it is in none of them. A node that is behind says nothing.
  const searched = status === "unknown" && head_time_ms != null && head_time_ms > pending.validUntil;
  return searched ? { fate: "void", at: pending.validUntil } : undefined;
}

/** The refusal of a transaction that was never taken in (statuses that say: these bytes, never). */
function refusedAtOnce(error: unknown, pending: Pending): Fate | undefined {
  if (!(error instanceof ApiError) || !(error.code === "PIN_NEEDED" || [400, 403, 413, 422].includes(error.status))) return undefined;
  // Not the service's own words: something on the way may have answered in its place.
  if (!error.own) return undefined;
  const refusal = error.problem["refusal"];
  const given = typeof refusal === "object" && refusal !== null ? (refusal as Refusal) : { refusal: error.code.toLowerCase() };
  return given.refusal === "expired" ? { fate: "void", at: pending.validUntil } : { fate: "refused", refusal: given };
}
