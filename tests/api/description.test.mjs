// What wallet and till say of themselves is a description that others can use: valid OpenAPI, and as a linter with its recommended
// rules wants it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dure");
const VALIDATOR = join(process.env.DURE_PY_DIR ?? join(CACHE, "py"), "openapi");
const LINTER = fileURLToPath(new URL("../node_modules/.bin/redocly", import.meta.url));
/** Nothing is sent anywhere and nothing newer is asked for. */
const ALONE = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

const path = (name) => fileURLToPath(new URL(`../../web/openapi/${name}.json`, import.meta.url));

function run(program, args, env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { env: { ...process.env, ...env }, encoding: "utf8" });
  if (error) throw error;
  return { good: status === 0, stdout, report: stdout + stderr };
}

const validate = (file) => run("python3", ["-m", "openapi_spec_validator", "--subschema-errors", "all", file], { PYTHONPATH: VALIDATOR });

for (const name of ["wallet", "till"]) {
  test(`the ${name}'s description is valid OpenAPI`, () => {
    const { good, report } = validate(path(name));
    assert.ok(good, report);
  });

  test(`the ${name}'s description is as the linter's recommended rules want it`, () => {
    const { stdout, report } = run(LINTER, ["lint", path(name), "--extends", "recommended", "--format", "json"], ALONE);
    assert.ok(stdout.startsWith("{"), report);
    const found = JSON.parse(stdout).problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
    assert.deepEqual(found, []);
  });
}

test("a response without a description is found", () => {
  const folder = mkdtempSync(join(tmpdir(), "dure-openapi-"));
  const file = join(folder, "till.json");
  const wrong = JSON.parse(readFileSync(path("till"), "utf8"));
  delete wrong.paths["/health"].get.responses["200"].description;
  writeFileSync(file, JSON.stringify(wrong));
  const found = validate(file);
  rmSync(folder, { recursive: true });
  assert.ok(!found.good && found.report.includes("description"), found.report);
});
