// Starts the demo for a test: its own folder, free ports, all processes; stops it afterwards.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const TARGET = process.env.CARGO_TARGET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dure/target");
/** The launcher. */
export const DURE = join(TARGET, "debug/dure");
/** A cold start on a busy two-core machine, ms. */
const START = 90_000;

/** A port that is free now, with a free one above it. */
export async function freePort() {
  const taken = (port) =>
    new Promise((resolve) => {
      const server = createServer().once("error", () => resolve(true));
      server.listen(port, () => server.close(() => resolve(false)));
    });
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (!(await taken(port)) && !(await taken(port + 1))) return port;
  }
}

/** Starts the demo, with more arguments perhaps, and waits until it tells its addresses. */
export async function startDemo(...more) {
  if (!existsSync(DURE)) throw new Error(`${DURE} is missing; build it with \`make build\``);
  const folder = mkdtempSync(join(tmpdir(), "dure-browser-"));
  const child = spawn(DURE, ["demo", "--free-ports", "--data", folder, ...more], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const told = join(folder, "demo.json");
  for (const begun = Date.now(); !existsSync(told); await sleep(100)) {
    if (child.exitCode !== null || Date.now() - begun > START) {
      child.kill();
      throw new Error(`the demo did not start:\n${said}`);
    }
  }
  return {
    folder,
    ...JSON.parse(readFileSync(told, "utf8")),
    async stop() {
      child.kill("SIGTERM");
      const code = await ended;
      if (code !== 0) throw new Error(`the demo ended with ${code}:\n${said}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
