/** How the pages call the services: addresses, keys, and the one door. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import type { service as Service, till as Till, wallet as Wallet } from "../kit/client.ts";

// The parts of a browser that a request touches: a page without words, and a service that answers from a script.
Object.assign(globalThis, { document: { getElementById: () => null, documentElement: { lang: "ko" } } });
const asked: { path: string; method: string; headers: Record<string, string>; body: unknown }[] = [];
let answers: (Response | "lost")[] = [];
globalThis.fetch = (async (path: string, init: RequestInit & { headers: Record<string, string> }) => {
  asked.push({ path, method: init.method ?? "", headers: init.headers, body: init.body && JSON.parse(String(init.body)) });
  const answer = answers.shift() ?? new Response("{}");
  if (answer === "lost") throw new TypeError("no answer");
  return answer;
}) as unknown as typeof fetch;
const { address, wallet } = await import("../kit/client.ts");
const { unrepeated } = await import("../kit/idempotency.ts");

const problem = (status: number, code: string) => new Response(JSON.stringify({ code }), { status });

test("values stay in their places, whatever characters they have", () => {
  assert.equal(address("/v1/orders/{order}/cancel", { path: { order: "a/../b?c#d 한" } }), "/v1/orders/a%2F..%2Fb%3Fc%23d%20%ED%95%9C/cancel");
  assert.equal(address("/v1/people/lookup", { query: { q: "+82 10&x=y" } }), "/v1/people/lookup?q=%2B82+10%26x%3Dy");
});

test("what is not given is not asked for", () => {
  assert.equal(address("/v1/history", { query: { limit: 30, q: null, before: undefined } }), "/v1/history?limit=30");
  assert.equal(address("/v1/history", { query: { q: null } }), "/v1/history");
});

test("a post has a body, if only an empty one, and a key only where one is given", async () => {
  asked.length = 0;
  await wallet.post("/v1/codes/end");
  await wallet.postOnce("/v1/lost/freeze", { body: { lost: "l", code: "1" }, idempotencyKey: "k" });
  assert.deepEqual(asked.map(({ method, body }) => ({ method, body })), [
    { method: "POST", body: {} },
    { method: "POST", body: { lost: "l", code: "1" } },
  ]);
  assert.deepEqual(asked.map(({ headers }) => headers["idempotency-key"]), [undefined, "k"]);
});

test("the same key until the service itself has answered", async () => {
  const mail = unrepeated();
  const press = async (email: string, ...script: (Response | "lost")[]) => {
    answers = script;
    asked.length = 0;
    const body = { email, birth: "1990-01-31" };
    await mail(body, (idempotencyKey) => wallet.postOnce("/v1/lost/start", { body, idempotencyKey })).catch(() => undefined);
    return asked[0]!.headers["idempotency-key"];
  };
  const first = await press("a@b.kr", "lost");
  assert.match(first ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(await press("a@b.kr", new Response("<html>", { status: 502 })), first, "somebody on the way");
  assert.equal(await press("a@b.kr", problem(409, "STILL_AT_IT")), first, "at the first one still");
  assert.equal(await press("a@b.kr", new Response('{"lost":"1"}', { status: 202 })), first);
  const second = await press("a@b.kr", "lost");
  assert.notEqual(second, first, "a press after the answer is another request");
  assert.notEqual(await press("c@d.kr", "lost"), second, "and so is another body");
  const third = await press("c@d.kr", problem(429, "TOO_MANY"));
  assert.notEqual(await press("c@d.kr"), third, "a refusal is an answer");
});

test("only the client asks the services", async () => {
  const files = (await readdir("ts", { recursive: true })).filter((name) => name.endsWith(".ts") && !name.startsWith("test/"));
  const doors: string[] = [];
  for (const name of files) {
    const text = await readFile(`ts/${name}`, "utf8");
    if (/import \{[^}]*\b(once|request)\b[^}]*\} from "[^"]*\/api\.ts"/.test(text) || /\bfetch\(/.test(text)) doors.push(name);
  }
  assert.deepEqual(doors.sort(), ["kit/api.ts", "kit/client.ts"]);
});

/** Never run: what the compiler takes, and what it does not. */
export async function typed(wallet: typeof Wallet, till: typeof Till, service: typeof Service): Promise<unknown> {
  const { next } = await wallet.get("/v1/history");
  const cursor: string | null | undefined = next;
  const { state } = await till.post("/v1/orders", { body: { amount: "1" } });
  // @ts-expect-error an order is never that
  if (state === "eaten") return cursor;
  // @ts-expect-error no such route
  await wallet.get("/v1/peoples/lookup", { query: { q: "" } });
  // @ts-expect-error one posts there
  await wallet.get("/v1/codes");
  // @ts-expect-error whom?
  await wallet.get("/v1/people/lookup");
  // @ts-expect-error it has another name
  await wallet.get("/v1/people/lookup", { query: { who: "" } });
  // @ts-expect-error which?
  await wallet.get("/v1/transactions/{id}", {});
  // @ts-expect-error a part of the body
  await wallet.post("/v1/codes", { body: { code: "" } });
  // @ts-expect-error more than the body
  await wallet.post("/v1/codes", { body: { code: "", expires_at: 1, more: 1 } });
  // @ts-expect-error the till has no accounts
  await service.get("/v1/account");
  // @ts-expect-error the till would have to know name and birth, too
  await service.post("/v1/enrolment/start", { body: { email: "" } });
  const me = await service.get("/v1/me");
  // @ts-expect-error a shop has two names
  return me.name;
}
