/** The fate of a transaction over a bad line: never twice, never unknown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pending } from "../pay/pending.ts";

// The parts of a browser that the sender touches: a page without words, a store, and a clock that waits for nobody.
const stored = new Map<string, unknown>();
const soon = (act: () => void) => void Promise.resolve().then(act);
const objectStore = {
  put: (value: { id: string }) => ({ result: stored.set(value.id, structuredClone(value)) && undefined }),
  delete: (id: string) => ({ result: stored.delete(id) && undefined }),
};
const database = {
  transaction() {
    const transaction = { objectStore: () => objectStore, oncomplete: () => undefined };
    soon(() => transaction.oncomplete());
    return transaction;
  },
};
let now = 1_800_000_000_000;
Object.assign(globalThis, {
  document: { getElementById: () => null, documentElement: { lang: "ko" } },
  indexedDB: {
    open() {
      const request = { result: database, onsuccess: () => undefined };
      soon(() => request.onsuccess());
      return request;
    },
  },
});
Date.now = () => now;

type Answer = { status: number; body: unknown; head?: "behind" | "past" } | "lost" | "cut";

/** What a server's clock says; nothing at first. */
let serverDate = (): Record<string, string> => ({});

/** Follows one transaction while the service answers from a script; each answer takes `step` ms. */
async function run(answers: Answer[], step = 100, sent = false) {
  const calls: string[] = [];
  const bodies = new Set<string>();
  const left = [...answers];
  const limit = now + 120_000;
  globalThis.fetch = (async (path: string, init: RequestInit) => {
    calls.push(init.method ?? "GET");
    if (init.method === "POST") bodies.add(String(init.body));
    now += step;
    const answer = left.length > 1 ? left.shift()! : left[0]!;
    if (answer === "lost") throw new TypeError(`no answer from ${path}`);
    if (answer === "cut") {
      const body = new ReadableStream({
        start(part) {
          part.enqueue(new TextEncoder().encode('{"status":'));
          part.error(new TypeError("connection lost"));
        },
      });
      return new Response(body, { status: 200, headers: serverDate() });
    }
    const head = answer.head === undefined ? {} : { head_time_ms: answer.head === "past" ? limit + 1 : limit };
    return new Response(JSON.stringify({ ...(answer.body as object), ...head }), { status: answer.status, headers: serverDate() });
  }) as typeof fetch;
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = ((act: () => void) => wait(act, 0)) as typeof setTimeout;
  const { follow } = await import("../pay/submit.ts");
  const pending: Pending = {
    id: "aa", kind: "pay", body: "Ym9keQ==", key: "00", signature: "11", validUntil: now + 120_000,
    certificate: "22", sent, amount: "4500", name: "Cafe",
  };
  const fate = await follow(pending, () => undefined);
  globalThis.setTimeout = wait;
  return { fate, calls, bodies, kept: stored.has(pending.id) };
}

const final = (outcome: object): Answer => ({ status: 200, body: { status: "final", receipt: { outcome, effects: [] } } });
const applied = final({ outcome: "applied" });
const pendingAnswer: Answer = { status: 200, body: { status: "pending" } };
const unknown: Answer = { status: 200, body: { status: "unknown" }, head: "past" };
const behind: Answer = { status: 200, body: { status: "unknown" }, head: "behind" };
const refusal = (code: string): Answer => ({ status: 422, body: { code: code.toUpperCase(), refusal: { refusal: code } } });

test("before a server has told its time, nothing is late: sent, not only asked", async () => {
  const { fate, calls } = await run(["lost", "lost", applied], 126_000);
  assert.equal(fate.fate, "done");
  assert.deepEqual(calls, ["POST", "POST", "POST"]);
  serverDate = () => ({ date: new Date(now).toUTCString() });
});

test("lost answers: the same bytes again, until it is done", async () => {
  const { fate, calls, bodies, kept } = await run(["lost", "lost", applied]);
  assert.equal(fate.fate, "done");
  assert.deepEqual(calls, ["POST", "POST", "POST"]);
  assert.equal(bodies.size, 1);
  assert.equal(kept, false);
});

test("pending: asked, not sent again", async () => {
  const { fate, calls } = await run([pendingAnswer, pendingAnswer, applied]);
  assert.equal(fate.fate, "done");
  assert.deepEqual(calls, ["POST", "GET", "GET"]);
});

test("refused at the first sending: certain at once", async () => {
  const { fate, calls } = await run([refusal("order_paid")]);
  assert.deepEqual(fate, { fate: "refused", refusal: { refusal: "order_paid" } });
  assert.equal(calls.length, 1);
});

test("refused by the ledger's receipt", async () => {
  const { fate } = await run([final({ outcome: "refused", refusal: { refusal: "insufficient_funds", short: "5" } })]);
  assert.equal(fate.fate, "refused");
});

test("refused when sent again, because the first one was taken: done", async () => {
  const { fate, calls } = await run(["lost", refusal("replay"), applied]);
  assert.equal(fate.fate, "done");
  assert.deepEqual(calls, ["POST", "POST", "GET"]);
});

test("no line until after the limit, and nobody knows it: void at the time that was said", async () => {
  const start = now;
  const { fate } = await run(["lost", "lost", "lost", unknown], 45_000);
  assert.deepEqual(fate, { fate: "void", at: start + 120_000 });
});

test("after the limit nothing is sent, only asked", async () => {
  const { fate, calls } = await run(["lost", unknown, applied], 126_000);
  assert.equal(fate.fate, "void");
  assert.deepEqual(calls, ["POST", "GET"]);
});

test("a node that is behind cannot say void, nor can one that still has it waiting", async () => {
  const waits: Answer = { status: 200, body: { status: "pending" }, head: "past" };
  const { fate, calls } = await run(["lost", behind, waits, behind, applied], 126_000);
  assert.equal(fate.fate, "done");
  assert.deepEqual(calls, ["POST", "GET", "GET", "GET", "GET"]);
});

test("an answer that breaks off is no answer", async () => {
  const { fate, calls } = await run(["cut", applied]);
  assert.equal(fate.fate, "done");
  assert.deepEqual(calls, ["POST", "POST"]);
});

test("a page of somebody on the way is no refusal", async () => {
  const { fate } = await run([{ status: 403, body: {} }, applied]);
  assert.equal(fate.fate, "done");
});

test("signed out and no PIN: it is not followed on, and is kept", async () => {
  const { onSignedOut } = await import("../kit/api.ts");
  const { PinCancelled } = await import("../kit/pinsheet.ts");
  let asked = 0;
  onSignedOut(() => {
    asked += 1;
    return Promise.reject(new PinCancelled());
  });
  stored.delete("aa");
  await assert.rejects(run([{ status: 401, body: { code: "NOT_SIGNED_IN" } }]), PinCancelled);
  assert.equal(asked, 1);
  assert.ok(stored.has("aa"));
});
