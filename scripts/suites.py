#!/usr/bin/env python3
"""What every suite of a run costs, so that a new one's cost is seen.

    suites.py --run NAME COMMAND…   runs the tests, keeps output and exit code, and notes the seconds of their suites
    suites.py --table               prints what was noted, the longest first
    suites.py --clear               forgets it

It reads the report of `cargo nextest`, the lines of `cargo test` where that is not installed, and what `scripts/seconds.mjs` writes for
Node's runner. Seconds of Rust are those of the tests, which run side by side; the line of each runner has the clock's.
"""

import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
NOTES = TARGET / "suites"
REPORT = TARGET / "nextest" / "default" / "suites.xml"
# Suites below this are one line together.
SHORT = 1.0

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
RUNNING = re.compile(r"^\s*Running (?:unittests )?\S+ \(.*?([^/\\]+?)-[0-9a-f]{8,}(?:\.exe)?\)")
DOCUMENTS = re.compile(r"^\s*Doc-tests (\S+)")
RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed;.*finished in ([\d.]+)s")


def of_nextest(report: str) -> list[dict]:
    """The suites in nextest's report."""
    rows = []
    for suite in ElementTree.fromstring(report).iter("testsuite"):
        cases = list(suite.iter("testcase"))
        seconds = sum(float(case.get("time", 0)) for case in cases)
        failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
        rows.append({"suite": suite.get("name", "?"), "tests": len(cases), "failed": failed, "seconds": seconds})
    return rows


class Libtest:
    """The suites in what `cargo test` prints."""

    def __init__(self):
        self.rows: list[dict] = []
        self.suite = "?"

    def hear(self, line: str) -> None:
        line = ESCAPES.sub("", line)
        if begun := RUNNING.match(line):
            self.suite = begun[1]
        elif begun := DOCUMENTS.match(line):
            self.suite = f"{begun[1]} (documentation)"
        elif ended := RESULT.match(line):
            passed, failed = int(ended[1]), int(ended[2])
            self.rows.append({"suite": self.suite, "tests": passed + failed, "failed": failed, "seconds": float(ended[3])})


def run(name: str, command: list[str]) -> int:
    NOTES.mkdir(parents=True, exist_ok=True)
    lines = NOTES / f"{name}.lines"
    lines.unlink(missing_ok=True)
    env = {**os.environ, "DURE_SUITES": str(lines.absolute())}
    begun, began = time.monotonic(), time.time()
    rows: list[dict] = []
    if command[:2] == ["cargo", "test"]:
        # One pipe for both, so that each result stands behind the name of its suite.
        libtest = Libtest()
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            for line in process.stdout:
                sys.stdout.buffer.write(line)
                sys.stdout.flush()
                libtest.hear(line.decode(errors="replace"))
        code, rows = process.returncode, libtest.rows
    else:
        code = subprocess.run(command, env=env, check=False).returncode
        if "nextest" in command and REPORT.exists() and REPORT.stat().st_mtime >= began - 1:
            rows = of_nextest(REPORT.read_text())
    if lines.exists():
        rows += [json.loads(line) for line in lines.read_text().splitlines()]
        lines.unlink()
    noted = {"runner": name, "seconds": time.monotonic() - begun, "code": code, "rows": rows}
    (NOTES / f"{name}.json").write_text(json.dumps(noted))
    return code if code >= 0 else 128 - code


def table(runners: list[dict]) -> list[str]:
    """The lines of the table."""
    rows = [{**row, "runner": runner["runner"]} for runner in runners for row in runner["rows"]]
    rows.sort(key=lambda row: (-row["seconds"], row["suite"]))
    shown = [row for row in rows if row["seconds"] >= SHORT or row["failed"]]
    short = [row for row in rows if row not in shown]
    lines = [line(row["runner"], row["suite"], row["tests"], row["seconds"], row["failed"]) for row in shown]
    if short:
        lines.append(line("", f"{len(short)} suites of less than a second", count(short), sum(row["seconds"] for row in short), 0))
    lines.append("")
    for runner in sorted(runners, key=lambda one: -one["seconds"]):
        failed = runner["code"] != 0
        lines.append(line(runner["runner"], "by the clock", count(runner["rows"]), runner["seconds"], "failed" if failed else 0))
    return lines


def count(rows: list[dict]) -> int:
    return sum(row["tests"] for row in rows)


def line(runner: str, suite: str, tests: int, seconds: float, failed: int | str) -> str:
    note = f"   {failed} failed" if isinstance(failed, int) and failed else f"   {failed}" if failed else ""
    return f"  {runner:<8} {suite:<44} {tests:>5} tests {seconds:>8.1f} s{note}"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["--run", name, *command] if command:
            return run(name, command)
        case ["--table"]:
            runners = [json.loads(path.read_text()) for path in sorted(NOTES.glob("*.json"))]
            if runners:
                print("\n".join(["", "suites, the longest first:", *table(runners), ""]))
            return 0
        case ["--clear"]:
            for path in NOTES.glob("*"):
                path.unlink()
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
