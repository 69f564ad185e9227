#!/usr/bin/env python3
"""Runs cargo and says how far it is: `progress.py cargo build …`. Cargo's own lines and its exit code come through unchanged.

On a terminal one line is kept up to date; into a file a line is written every half minute: `built 214 of 471, about 9 min left`.
Cargo's progress bar says how many units (a crate, or the run of a build script) there are and which are being compiled, its
messages which are finished, and the table below what the costly ones cost. What has been built so far says how fast this machine
is. Where nothing needs building nothing is said.
"""

import json
import math
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time

# CPU seconds of the units that cost most, in the profile `dev`: docs/build.md, measured with `cargo build --timings`.
COMPILE = {
    "dure-consensus": 112, "ledger-node": 62, "wallet-api": 55, "merchant-pos": 28, "dure-db": 28, "dure": 40,
    "dure-fuzz-targets": 40, "dure-sim": 40, "dure-tests": 30,
}
BUILD_SCRIPT = {"librocksdb-sys": 813, "aws-lc-sys": 26, "libsqlite3-sys": 20}
# Any other unit, on average.
UNIT = 1.4
# One after another, whatever else runs beside them.
CHAIN = ["dure-consensus", "ledger-node", "dure"]
# Seconds between two lines in a log.
LOG_PAUSE = 30.0
# Cost that must be built before this machine's speed is believed.
CALIBRATED = 60.0

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
BAR = re.compile(r"^\s*Building\s+\[[=> ]*\]\s+(\d+)/(\d+)(?::\s*(.*))?")
STARTED = re.compile(r"^\s*Compiling (\S+) v")
FETCHING = re.compile(r"^\s*(Blocking|Updating|Locking|Adding|Downloading|Downloaded) ")
# What a build script's own program is called here.
PROGRAM = " (build script)"
# A crate's name, and whether it is the run of its build script.
Unit = tuple[str, bool]


def package_name(identity: str) -> str:
    """The name in a package's identity, such as `registry+https://…#serde@1.0.0` or `path+file:///…/dure#0.1.0`."""
    place, _, tail = identity.partition("#")
    return tail.split("@")[0] if "@" in tail else place.rstrip("/").rsplit("/", 1)[-1]


def cost(unit: Unit) -> float:
    name, script = unit
    return (BUILD_SCRIPT if script else COMPILE).get(name, UNIT)


class Estimate:
    """What is known of a build."""

    def __init__(self, selected: set[str], now: float, cores: int | None = None):
        self.cores = cores or os.cpu_count() or 1
        self.begun = now
        self.total = self.done = self.fresh = self.built = 0
        self.compiling: float | None = None
        heavy = [(name, False) for name in COMPILE] + [(name, True) for name in BUILD_SCRIPT]
        self.waiting: set[Unit] = {unit for unit in heavy if unit[0] in selected}
        self.active: dict[Unit, float] = {}
        self.scripts: set[str] = set()
        self.spent = 0.0

    def bar(self, done: int, total: int, names: str, now: float) -> None:
        """Cargo's progress bar."""
        self.done, self.total = max(done, self.done), total
        running = {(name.split("(")[0], "(build)" in name) for name in re.split(r",\s*", names or "") if name}
        self.active = {unit: self.active.get(unit, now) for unit in running}

    def worth_telling(self, now: float) -> bool:
        """Something is being compiled, and cargo has had the time to say what was there before."""
        return self.total > 0 and self.compiling is not None and now - self.compiling >= 1

    def finished(self, name: str, script: bool, fresh: bool) -> None:
        """Cargo's message that a unit is there."""
        unit = (name, script)
        self.waiting.discard(unit)
        # Cargo does not say whether a build script has run or its result was there before; if it has, it was compiled or seen at it.
        seen = self.active.pop(unit, None) is not None or name in self.scripts
        fresh = fresh or (script and not seen)
        if not script and not fresh and name.endswith(PROGRAM):
            self.scripts.add(name.removesuffix(PROGRAM))
        if fresh:
            self.fresh += 1
        else:
            self.built += 1
            self.spent += cost(unit)

    def left(self, now: float) -> float:
        """Seconds until the end, as far as can be told."""
        running = sum(self._part(unit, now) for unit in self.waiting if unit in self.active)
        plain = max(0, self.total - self.done - len(self.waiting)) * UNIT
        cores = max(1, self.cores)
        work = (plain + sum(map(cost, self.waiting)) - running) / cores
        chain = sum(cost(unit) - self._part(unit, now) for unit in self.waiting if unit[0] in CHAIN)
        spent = self.spent + running
        # Two measured figures and a guess: the guess counts less the more has been built.
        slow = ((now - self.begun) * cores + CALIBRATED) / (spent + CALIBRATED) if spent > 0 else 1.0
        return max(work, chain) * min(max(slow, 0.2), 10.0)

    def _part(self, unit: Unit, now: float) -> float:
        """What of a costly unit is surely done. A build script compiles C++ on all cores, a crate mostly on one."""
        if unit not in self.active:
            return 0.0
        return min(0.9 * cost(unit), (now - self.active[unit]) * (self.cores if unit[1] else 1))

    def sentence(self, now: float) -> str:
        if not self.total:
            return "counting what there is to build"
        # What was there before is none of the work.
        done, total = max(0, self.done - self.fresh), max(0, self.total - self.fresh)
        left = self.left(now)
        when = f"about {math.ceil(left / 60)} min left" if left > 90 else "about a minute left" if left > 20 else "nearly done"
        return f"built {done} of {total}, {when}"


class Screen:
    """Cargo's lines and ours on standard error."""

    # Which lines of cargo's are shown; all of them, if none.
    only: re.Pattern | None = None

    def __init__(self, out, terminal: bool, width: int = 80):
        # A terminal that does not tell its width is 0 wide.
        self.out, self.terminal, self.width = out, terminal, width or 80
        self.shown = False
        self.last = -math.inf

    def line(self, raw: bytes) -> None:
        if self.only and not self.only.match(ESCAPES.sub("", raw.decode(errors="replace"))):
            return
        self.clear()
        self.out.write(raw)
        self.out.flush()

    def clear(self) -> None:
        if self.shown:
            self.out.write(b"\r\x1b[K")
            self.shown = False

    def tell(self, text: str, now: float) -> None:
        if self.terminal:
            self.clear()
            self.out.write(text[: self.width - 1].encode())
            self.shown = True
        elif now - self.last >= LOG_PAUSE:
            self.out.write(f"{text}\n".encode())
            self.last = now
        self.out.flush()


def pieces(stream):
    """What a stream says, piece by piece, each with the newline or carriage return that ends it."""
    rest = b""
    while chunk := stream.read1(65536):
        *whole, rest = re.split(rb"(?<=[\r\n])", rest + chunk)
        yield from whole
    if rest:
        yield rest


def start(command: list[str], colours: bool) -> subprocess.Popen:
    # The bar is asked for although no terminal is there: it is read, not shown.
    env = {**os.environ, "CARGO_TERM_PROGRESS_WHEN": "always", "CARGO_TERM_PROGRESS_WIDTH": "1000"}
    if colours and "NO_COLOR" not in env:
        env.setdefault("CARGO_TERM_COLOR", "always")
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def follow(process: subprocess.Popen, screen: Screen, estimate: Estimate | None, pause: float = 1.0) -> list[bytes]:
    """Shows what cargo says until it ends; returns what it printed on standard output and is none of its messages."""
    said: queue.Queue = queue.Queue()

    def read(stream, is_error: bool) -> None:
        for piece in pieces(stream):
            said.put((is_error, piece))
        said.put(None)

    for stream, is_error in ((process.stdout, False), (process.stderr, True)):
        threading.Thread(target=read, args=(stream, is_error), daemon=True).start()
    output, open_streams = [], 2
    while open_streams:
        try:
            item = said.get(timeout=pause)
        except queue.Empty:
            item = (True, b"\r")
        now = time.monotonic()
        if item is None:
            open_streams -= 1
        elif item[0]:
            hear(item[1], screen, estimate, now)
        elif not (estimate and message(item[1], estimate)):
            output.append(item[1])
        if estimate and said.empty() and (screen.terminal or estimate.worth_telling(now)):
            screen.tell(estimate.sentence(now), now)
    screen.clear()
    return output


def hear(raw: bytes, screen: Screen, estimate: Estimate | None, now: float) -> None:
    """A piece of cargo's standard error: a state of its bar, or a line for people."""
    text = ESCAPES.sub("", raw.decode(errors="replace"))
    if raw.endswith(b"\r"):
        found = BAR.match(text)
        if found and estimate:
            estimate.bar(int(found[1]), int(found[2]), found[3] or "", now)
        elif text.strip() and not found and screen.terminal:
            screen.tell(text.strip(), now)
        return
    screen.line(raw.removeprefix(b"\x1b[K"))
    if estimate and estimate.compiling is None and STARTED.match(text):
        estimate.compiling = now


def message(raw: bytes, estimate: Estimate) -> bool:
    """One of cargo's messages; false if it is anything else."""
    try:
        said = json.loads(raw)
        reason = said["reason"]
    except (ValueError, TypeError, KeyError):
        return False
    if reason in ("compiler-artifact", "build-script-executed"):
        # A build script is compiled before it runs: two units.
        script = reason == "build-script-executed"
        name = package_name(said["package_id"])
        if not script and "custom-build" in said.get("target", {}).get("kind", []):
            name += PROGRAM
        estimate.finished(name, script, bool(said.get("fresh")))
    return True


def selected(command: list[str], screen: Screen) -> set[str]:
    """The names of all packages that the command may compile. Fetches what is not on this machine yet."""
    keep, take = [], False
    for word in command[2:]:
        if take or word in ("--workspace", "--locked") or word.startswith(("-p", "--package", "--features")):
            keep.append(word)
        take = not take and word in ("-p", "--package", "--features", "-F")
    tests = {"--tests", "--all-targets", "--examples"} & set(command) or command[1] == "test"
    edges = "normal,build,dev" if tests else "normal,build"
    tree = start([command[0], "tree", "--prefix", "none", "--format", "{p}", "--edges", edges, *keep], screen.terminal)
    # What is wrong with a manifest is told by the build itself, once.
    screen.only = FETCHING
    lines = follow(tree, screen, None)
    screen.only = None
    tree.wait()
    return {line.decode(errors="replace").split(" ")[0].strip() for line in lines}


def main(command: list[str]) -> int:
    if len(command) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    out = sys.stderr.buffer
    terminal = sys.stderr.isatty()
    screen = Screen(out, terminal, os.get_terminal_size(sys.stderr.fileno()).columns if terminal else 80)
    if terminal:
        screen.tell("looking what there is to build", time.monotonic())
    names = selected(command, screen)
    asked = [*command[:2], "--message-format=json-render-diagnostics", *command[2:]]
    begun = time.monotonic()
    estimate = Estimate(names, begun)
    process = start(asked, terminal)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        rest = follow(process, screen, estimate)
    except KeyboardInterrupt:
        # The terminal has interrupted cargo as well; it ends by itself.
        screen.clear()
        process.wait()
        return 130
    for raw in rest:
        sys.stdout.buffer.write(raw)
    sys.stdout.flush()
    code = process.wait()
    if estimate.built > 20 and not code:
        minutes, seconds = divmod(round(time.monotonic() - begun), 60)
        screen.line(f"built {estimate.built} in {minutes} min {seconds} s\n".encode())
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
