// What open event streams cost the wallet's service: its resident memory before 200 of them and after.

import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { enrolDevice } from "./device.mjs";

const CITIZENS = new URL("../../dure/demo/citizens.csv", import.meta.url);
const STREAMS = 200;
/** Streams that are opened and closed first: what the service sets up once is not what a stream costs. */
const WARM_UP = 20;
/** A stream says its first word at once; this is for a busy machine, ms. */
const PATIENCE = 20_000;
/** For memory to come to rest; longer than the pause between two comments on a quiet stream, ms. */
const REST = 20_000;

/** Everybody on the registrar's list but those with these addresses. */
function citizens(without) {
  const [, ...lines] = readFileSync(CITIZENS, "utf8").trim().split("\n");
  const people = lines.map((line) => line.split(",")).map(([name, birth, email]) => ({ name, birth, email }));
  return people.filter(({ email }) => !without.includes(email));
}

/** The demo's own wallet-api: others may run on this machine. */
function processOf(demo) {
  const commands = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => [pid, command(pid)]);
  const found = commands.filter(([, [program = "", ...args]]) => program.endsWith("wallet-api") && args.some((arg) => arg.startsWith(demo.folder)));
  if (found.length !== 1) throw new Error(`${found.length} wallet-api run in ${demo.folder}`);
  return found[0][0];
}

function command(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // It has ended since its name was read.
    return [];
  }
}

/** Resident memory, KiB. */
const resident = (pid) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m)[1]);

/** A stream that has told its account. */
async function opened(demo, agent, cookie) {
  const request = get(`${demo.wallet}/v1/events`, { agent, headers: { cookie, accept: "text/event-stream" } });
  const signal = AbortSignal.timeout(PATIENCE);
  const [answer] = await once(request, "response", { signal });
  if (answer.statusCode !== 200) throw new Error(`/v1/events: ${answer.statusCode}`);
  let told = "";
  answer.setEncoding("utf8").on("data", (text) => (told += text));
  while (!told.includes("event: account")) await once(answer, "data", { signal });
  const stream = { request, alive: true };
  answer.once("close", () => (stream.alive = false)).on("error", () => {});
  return stream;
}

/** Opens `count` streams, the people's in turn. */
async function open(demo, people, count) {
  // Each stream keeps its connection, as each phone does.
  const agent = new Agent({ maxSockets: count });
  const streams = [];
  for (let index = 0; index < count; index += 1) streams.push(await opened(demo, agent, people[index % people.length].cookie));
  return streams;
}

const close = (streams) => streams.forEach(({ request }) => request.destroy());

/** How much 200 open streams of people with sessions of their own add, MiB. `without` are enrolled already. */
export async function growth(demo, without) {
  const people = [];
  for (const person of citizens(without)) people.push(await enrolDevice(demo, person));
  const pid = processOf(demo);
  close(await open(demo, people, WARM_UP));
  await sleep(REST);
  const before = resident(pid);
  const streams = await open(demo, people, STREAMS);
  await sleep(REST);
  const after = resident(pid);
  // A stream that the service has let go of costs nothing and would not have been measured.
  const alive = streams.filter(({ alive }) => alive).length;
  close(streams);
  if (alive !== STREAMS) throw new Error(`${alive} of ${STREAMS} streams were open at the end`);
  return (after - before) / 1024;
}
