// Runs schemathesis, which makes requests from an OpenAPI description and compares every answer with it.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = process.env.DURE_PY_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dure/py");
const SETTINGS = fileURLToPath(new URL("schemathesis.toml", import.meta.url));
/** All that say something about an answer alone; the others guess what a request ought to have met. */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
/** The end of lines that nobody reads to it: the body of a request may have 70,000 bytes. */
const LONG = /^(.{1000}).+$/gm;
/** The longest of our runs takes a quarter of this on two slow cores, ms. */
const LONGEST = 120_000;

/** Compares the service at `base` with `description`, with more arguments perhaps; answers whether it holds, and the whole report. */
export async function conforms(base, description, scratch, ...more) {
  if (!existsSync(join(PACKAGES, "schemathesis"))) throw new Error(`${PACKAGES} has no schemathesis: run \`make setup\``);
  // A folder of its own: what the tool leaves behind must not reach the next run.
  const cwd = mkdtempSync(join(scratch, "schemathesis-"));
  const document = join(cwd, "openapi.json");
  writeFileSync(document, JSON.stringify(description));
  const wanted = ["run", document, "--url", base, "--checks", CHECKS.join(","), ...more];
  const env = { ...process.env, PYTHONPATH: [PACKAGES, process.env.PYTHONPATH].filter(Boolean).join(delimiter), COLUMNS: "120" };
  const args = ["-m", "schemathesis.cli", "--no-color", "--config-file", SETTINGS, ...wanted];
  const child = spawn("python3", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: LONGEST });
  let report = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (report += text));
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  // 1 is a fault found; everything else is a run that has not taken place.
  if (code !== 0 && code !== 1) throw new Error(`schemathesis ended with ${code}:\n${report}`);
  return { holds: code === 0, report: report.replace(LONG, "$1…") };
}
