// Starts the demo for a test: its own folder, free ports, all processes; stops it afterwards.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const TARGET = process.env.CARGO_TARGET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dure/target");
const DURE = join(TARGET, "debug/dure");
/** A cold start on a busy two-core machine, ms. */
const START = 90_000;

/** Starts the demo and waits until it tells its addresses. */
export async function startDemo() {
  if (!existsSync(DURE)) throw new Error(`${DURE} is missing; build it with \`make build\``);
  const folder = mkdtempSync(join(tmpdir(), "dure-browser-"));
  const child = spawn(DURE, ["demo", "--free-ports", "--data", folder], { stdio: ["ignore", "ignore", "pipe"] });
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
