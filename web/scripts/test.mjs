// Runs the tests of ts/test with Node's own runner: each is bundled first, so that Node needs to know no TypeScript.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const tests = (await readdir(path.join(root, "ts/test"))).filter((name) => name.endsWith(".test.ts"));
const outdir = await mkdtemp(path.join(os.tmpdir(), "dure-web-test-"));
await build({
  absWorkingDir: root,
  entryPoints: tests.map((name) => `ts/test/${name}`),
  outdir,
  bundle: true,
  platform: "node",
  format: "esm",
  outExtension: { ".js": ".mjs" },
  logLevel: "warning",
});
const built = tests.map((name) => path.join(outdir, name.replace(/\.ts$/, ".mjs")));
const reporters = [
  ["--test-reporter=spec", "--test-reporter-destination=stdout"],
  ["--test-reporter=../scripts/seconds.mjs", "--test-reporter-destination=/dev/null"],
].flat();
const run = spawnSync(process.execPath, ["--test", ...reporters, ...built], { stdio: "inherit", cwd: root });
await rm(outdir, { recursive: true, force: true });
process.exit(run.status ?? 1);
