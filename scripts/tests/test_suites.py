"""The table of suites, from all three runners' words."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))

import suites  # noqa: E402

NEXTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="1" errors="0" time="4.1">
  <testsuite name="dure-score::calls" tests="2" disabled="0" errors="0" failures="1">
    <testcase name="a" classname="dure-score::calls" time="1.5"/>
    <testcase name="b" classname="dure-score::calls" time="0.5"><failure type="test failure"/></testcase>
  </testsuite>
  <testsuite name="ledger-node" tests="1" disabled="0" errors="0" failures="0">
    <testcase name="c" classname="ledger-node" time="2.25"/>
  </testsuite>
</testsuites>"""

LIBTEST = """\x1b[1m\x1b[32m     Running\x1b[0m unittests src/lib.rs (/t/debug/deps/dure_score-1a2b3c4d5e6f7a8b)
test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.25s
     Running tests/calls.rs (/t/debug/deps/calls-0a2b3c4d5e6f7a8b)
test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 12.50s
   Doc-tests dure_web
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s
"""


def brief(rows: list[dict]) -> list[tuple]:
    return [(row["suite"], row["tests"], row["failed"], row["seconds"]) for row in rows]


class Reading(unittest.TestCase):
    def test_nextest(self):
        self.assertEqual(brief(suites.of_nextest(NEXTEST)), [("dure-score::calls", 2, 1, 2.0), ("ledger-node", 1, 0, 2.25)])

    def test_cargo_test(self):
        heard = suites.Libtest()
        for line in LIBTEST.splitlines():
            heard.hear(line)
        wanted = [("dure_score", 7, 0, 0.25), ("calls", 5, 2, 12.5), ("dure_web (documentation)", 1, 0, 1.0)]
        self.assertEqual(brief(heard.rows), wanted)


class Running(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.env = {**os.environ, "CARGO_TARGET_DIR": self.folder.name}

    def tearDown(self):
        self.folder.cleanup()

    def suites(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [str(SCRIPTS / "suites.py"), *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def test_node_s_files_are_noted_and_a_failure_keeps_its_code(self):
        folder = Path(self.folder.name)
        (folder / "a.test.mjs").write_text("import t from 'node:test'; t('x', () => new Promise((r) => setTimeout(r, 1200)));")
        (folder / "b.test.mjs").write_text("import t from 'node:test'; t('y', () => { throw new Error('no'); });")
        reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout"]
        reporters += [f"--test-reporter={SCRIPTS}/seconds.mjs", "--test-reporter-destination=/dev/null"]
        files = [str(folder / "a.test.mjs"), str(folder / "b.test.mjs")]
        result = self.suites("--run", "web", "node", "--test", *reporters, *files)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("Error: no", result.stdout)
        told = self.suites("--table").stdout
        self.assertRegex(told, r"web      a\.test\.mjs +1 tests +1\.\d s")
        self.assertRegex(told, r"web      b\.test\.mjs +1 tests +\d\.\d s   1 failed")
        self.assertRegex(told, r"web      by the clock +2 tests +\d\.\d s   failed")

    def test_a_cleared_table_is_not_printed(self):
        self.suites("--run", "web", "true")
        self.suites("--clear")
        self.assertEqual(self.suites("--table").stdout, "")

    def test_short_suites_are_one_line(self):
        rows = [{"suite": f"s{n}", "tests": 2, "failed": 0, "seconds": 0.1} for n in range(5)]
        rows.append({"suite": "long", "tests": 1, "failed": 0, "seconds": 9.0})
        lines = suites.table([{"runner": "rust", "seconds": 10.0, "code": 0, "rows": rows}])
        self.assertEqual(len(lines), 4)
        self.assertIn("5 suites of less than a second", lines[1])


if __name__ == "__main__":
    unittest.main()
