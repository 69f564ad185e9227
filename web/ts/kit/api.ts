/**
 * How the service is asked: JSON in, JSON out, problems as `ApiError`. The pages ask through `client.ts`, which knows the
 * routes; `request` and `once` are for it alone.
 */

import { PinCancelled } from "./pinsheet.ts";
import { known, t } from "./text.ts";

/** An answer is waited for this long; the ledger's own wait is at most five seconds. */
const TIMEOUT_MS = 15_000;

/** A refusal by the service, or none at all (`status` 0: no connection). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: Record<string, unknown> = {},
  ) {
    super(`${status} ${code}`);
  }
  get offline(): boolean {
    return this.status === 0;
  }
  /** The service's own words, and not a page of something on the way. */
  get own(): boolean {
    return this.code !== "OFFLINE" && this.code !== "NOT_JSON" && this.code !== "UNKNOWN";
  }
  /** How many tries are left, if the problem says so. */
  get triesLeft(): number | undefined {
    const left = this.problem["tries_left"];
    return left === undefined ? undefined : Number(left);
  }
}

let ahead = 0;
let dated = false;

/** Now by the server's clock, ms: phones' clocks are often wrong, and a time limit is signed. */
export const serverNow = () => Date.now() + ahead;

/** True once a server has told its time: before that, nothing can be called late. */
export const clockKnown = () => dated;

type SignIn = () => Promise<void>;
let signIn: SignIn | undefined;

/** What to do when a session is over; afterwards the request is made again, once. */
export function onSignedOut(act: SignIn): void {
  signIn = act;
}

/** What goes with a request besides its address. */
export interface Sent {
  body?: unknown;
  /** Under this key the service does it once, however often it arrives. */
  idempotencyKey?: string;
  timeoutMs?: number;
}

/** Asks once: a closed session is the caller's business. */
export async function once(method: string, path: string, sent: Sent = {}): Promise<unknown> {
  const { body, idempotencyKey, timeoutMs = TIMEOUT_MS } = sent;
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (idempotencyKey !== undefined) headers["idempotency-key"] = idempotencyKey;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, "OFFLINE");
  }
  // An answer that breaks off is as good as none.
  const text = await response.text().catch(() => {
    throw new ApiError(0, "OFFLINE");
  });
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(response.status, "NOT_JSON");
  }
  tellTime(response);
  if (response.ok) return value;
  const problem = (value ?? {}) as Record<string, unknown>;
  throw new ApiError(response.status, typeof problem["code"] === "string" ? problem["code"] : "UNKNOWN", problem);
}

/** Takes the service's time. A phone's clock may be set right while a page is open, too. */
function tellTime(response: Response): void {
  const date = Date.parse(response.headers.get("date") ?? "");
  if (!Number.isFinite(date)) return;
  dated = true;
  ahead = Math.abs(date - Date.now()) > 2000 ? date - Date.now() : 0;
}

/** True for the answer that means: sign in (not: wrong PIN, nor the log-in of a network on the way). */
const signedOut = (error: unknown) => error instanceof ApiError && error.code === "NOT_SIGNED_IN";

/** Asks; if the session is over, asks again after a new one has been opened. */
export async function request(method: string, path: string, sent: Sent = {}): Promise<unknown> {
  try {
    return await once(method, path, sent);
  } catch (error) {
    if (!signedOut(error) || !signIn) throw error;
    await signIn();
    return once(method, path, sent);
  }
}

/** A sentence for people about anything that went wrong. */
export function sentence(error: unknown): string {
  if (error instanceof PinCancelled || signedOut(error)) return t("logged-out-title");
  if (!(error instanceof ApiError)) return t("error-server");
  if (error.offline) return t("error-network");
  const refusal = error.problem["refusal"];
  if (typeof refusal === "object" && refusal !== null) return refusalSentence(refusal as Record<string, unknown>);
  if (error.status === 429) return t("error-busy");
  return known(`refusal-${error.code.toLowerCase()}`, t("error-server"));
}

/** A sentence for a refusal of the ledger, with the amount that matters. */
export function refusalSentence(refusal: Record<string, unknown>): string {
  const amount = refusal["short"] ?? refusal["over"] ?? refusal["room"] ?? refusal["refundable"] ?? refusal["available"];
  const args: Record<string, string> = {};
  if (typeof amount === "string" && /^[0-9]+$/.test(amount)) {
    args["amount"] = t("won", { amount: new Intl.NumberFormat(document.documentElement.lang).format(BigInt(amount)) });
  }
  return known(`refusal-${String(refusal["refusal"])}`, t("refusal-other"), args);
}
