#!/usr/bin/env python3
"""Pins what is signed, hashed and sent: one hash for each type, in `ledger-node/score/formats.txt`.

Two lines of evidence. `rule`: a CDDL rule together with every rule that it names, comments and white space apart, so that a change
of a small type shows in each type that holds it. `bytes`: the golden vectors' bytes of one call or proof, which tests in Rust and
TypeScript compare with what the code makes. A line that differs is a change of the format: it needs an ADR, a version of the
contract or of the store, and `--write`.

    scripts/formats.py           compares, exit 1 and one line a difference
    scripts/formats.py --write   writes the file anew
"""

import difflib
import hashlib
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCORE = ROOT / "ledger-node/score"
PINNED = SCORE / "formats.txt"
DESCRIPTIONS = ["score.cddl", "proof.cddl", "archive.cddl"]
NAME = re.compile(r"[A-Za-z_@$][\w@$.-]*")
# A rule begins at the line's start; what continues it is indented, or closes a bracket.
RULE = re.compile(r"^([A-Za-z][\w-]*)\s*=\s*(.*)$")


def plain(line: str) -> str:
    """A line without its comment; a semicolon inside a text is none."""
    quoted = False
    for at, sign in enumerate(line):
        if sign == '"':
            quoted = not quoted
        if sign == ";" and not quoted:
            return line[:at]
    return line


def rules(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    current = None
    for line in map(plain, text.splitlines()):
        if start := RULE.match(line):
            current = start[1]
            if current in found:
                sys.exit(f"formats: the rule {current} stands twice")
            found[current] = start[2]
        elif line.strip():
            if current is None or line[0].isalnum():
                sys.exit(f"formats: this line belongs to no rule: {line}")
            found[current] += " " + line
    return {name: re.sub(r"\s+", " ", body).strip() for name, body in found.items()}


def names(body: str, known: dict[str, str]) -> list[str]:
    """The rules that a body names; member keys and texts are none."""
    bare = re.sub(r'"[^"]*"', "", body)
    return [name for name in NAME.findall(bare) if name in known]


def closure(name: str, known: dict[str, str]) -> str:
    seen, queue = {name}, [name]
    for one in queue:
        for other in names(known[one], known):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return "\n".join(f"{one} = {known[one]}" for one in sorted(seen))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def of_rules() -> list[str]:
    lines = []
    per_file = {name: rules((SCORE / name).read_text()) for name in DESCRIPTIONS}
    for file, own in per_file.items():
        # What a description does not say itself, it takes from the contract's.
        known = {**per_file["score.cddl"], **own}
        lines += [f"rule  {file:13} {name:28} {digest(closure(name, known))}" for name in sorted(own)]
    return lines


def of_vectors() -> list[str]:
    kinds: dict[str, list[str]] = {}
    vectors = json.loads((SCORE / "vectors/transactions.json").read_text())
    for one in vectors["transactions"]:
        kinds.setdefault(one["name"], []).append(one["message"] + one["wire"])
    kinds["mandate"] = [one["message"] + one["signature"] for one in vectors["mandates"]]
    kinds["possession"] = [one["message"] for one in vectors["possession"]]
    return [f"bytes {'vectors':13} {name:28} {digest(chr(10).join(kinds[name]))}" for name in sorted(kinds)]


def main() -> int:
    lines = of_rules() + of_vectors()
    if sys.argv[1:] == ["--write"]:
        PINNED.write_text("\n".join(lines) + "\n")
        return 0
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    pinned = PINNED.read_text().splitlines() if PINNED.exists() else []
    changed = [line for line in difflib.ndiff(pinned, lines) if line[:1] in "+-"]
    for line in changed:
        print(f"formats: {line}", file=sys.stderr)
    if changed:
        print("formats: a format has changed (- pinned, + now); see the head of scripts/formats.py", file=sys.stderr)
        return 1
    print(f"formats: {len(lines)} types are as they were pinned")
    return 0


if __name__ == "__main__":
    sys.exit(main())
