// A reporter for Node's test runner that shows nothing: it writes into the file that DURE_SUITES names, if it does, how many tests
// each file has and how many seconds went by with it. The time since the event before belongs to the file of the next one, so that
// what a file starts and stops is in it.
import { appendFileSync } from "node:fs";
import path from "node:path";

export default async function* seconds(events) {
  const files = new Map();
  let before = Date.now();
  for await (const { type, data } of events) {
    if ((type !== "test:pass" && type !== "test:fail") || data.nesting > 0) continue;
    const name = data.file ? path.basename(data.file) : data.name;
    const row = files.get(name) ?? { suite: name, tests: 0, failed: 0, seconds: 0 };
    row.tests += 1;
    row.failed += type === "test:fail" ? 1 : 0;
    row.seconds += (Date.now() - before) / 1000;
    before = Date.now();
    files.set(name, row);
  }
  const to = process.env.DURE_SUITES;
  if (to) for (const row of files.values()) appendFileSync(to, `${JSON.stringify(row)}\n`);
  yield "";
}
