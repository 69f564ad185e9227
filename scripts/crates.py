#!/usr/bin/env python3
"""Compares every crate of the workspace, and every arrow between them, with the table in ARCHITECTURE.md ("Arrows").

The table is the rule: a crate that is not in it, an arrow that it does not allow, and an arrow or a crate that it names and
that is not there, are faults. Product crates may import product crates alone: no tools, no tests.

    scripts/crates.py            checks, exit 1 and one line a fault
    scripts/crates.py --write    writes the table as the manifests have it; whether it should be so is for people to judge
    scripts/crates.py --names    prints the crates' names; `tool`, `test` or `product` behind it: those of that kind
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `([\w-]+)` \| (product|tool|test) \| (.*) \|$", re.MULTILINE)


def imports() -> dict[str, set[str]]:
    """Which crate of ours imports which in its product code (tests and build scripts apart)."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--locked"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    names = {package["name"] for package in packages}
    return {
        package["name"]: {need["name"] for need in package["dependencies"] if need["name"] in names and need["kind"] != "dev"}
        for package in packages
    }


def table() -> dict[str, tuple[str, set[str]]]:
    """Every crate's kind and what it may import."""
    rows = ROW.findall((ROOT / "ARCHITECTURE.md").read_text())
    return {name: (kind, set(re.findall(r"`([\w-]+)`", needs))) for name, kind, needs in rows}


def faults(found: dict[str, set[str]], allowed: dict[str, tuple[str, set[str]]]) -> list[str]:
    wrong = []
    for name in sorted(set(found) | set(allowed)):
        if name not in allowed:
            wrong.append(f"{name} has no row in ARCHITECTURE.md")
            continue
        if name not in found:
            wrong.append(f"{name} has a row in ARCHITECTURE.md and is not in the workspace")
            continue
        kind, may = allowed[name]
        wrong += [f"{name} imports {other}, which ARCHITECTURE.md does not allow" for other in sorted(found[name] - may)]
        wrong += [f"{name} does not import {other}, as ARCHITECTURE.md says" for other in sorted(may - found[name])]
        strangers = [other for other in sorted(found[name]) if kind == "product" and allowed.get(other, ("",))[0] != "product"]
        wrong += [f"{name} is product code and imports {other}, which is not" for other in strangers]
    return wrong


def rows(found: dict[str, set[str]]) -> str:
    """The table's rows; a new crate is product code until somebody says otherwise."""
    kinds = {name: kind for name, (kind, _) in table().items()}
    lines = [
        f"| `{name}` | {kinds.get(name, 'product')} | {', '.join(f'`{need}`' for need in sorted(needs)) or 'nothing of ours'} |\n"
        for name, needs in found.items()
    ]
    return "".join(lines)


def canary() -> list[str]:
    """What the comparison does not see of planted faults."""
    found = {"a": {"b"}, "b": set(), "new": set()}
    allowed = {"a": ("product", {"c"}), "b": ("tool", set()), "c": ("product", set())}
    seen = " ".join(faults(found, allowed))
    wanted = ["a imports b,", "a does not import c", "a is product code", "new has no row", "c has a row"]
    return [f"canary: '{sentence}' was not found" for sentence in wanted if sentence not in seen]


def main() -> int:
    found = imports()
    if "--names" in sys.argv:
        kinds = [kind for kind in ("product", "tool", "test") if kind in sys.argv]
        print("\n".join(sorted(name for name in found if not kinds or table().get(name, ("",))[0] in kinds)))
        return 0
    if "--write" in sys.argv:
        page = ROOT / "ARCHITECTURE.md"
        text = page.read_text()
        first = ROW.search(text)
        start = first.start() if first else len(text)
        rest = ROW.sub("", text[start:]).lstrip("\n")
        page.write_text(text[:start] + rows(found) + "\n" + rest)
        return 0
    wrong = canary() + faults(found, table())
    for line in wrong:
        print(f"crates: {line}", file=sys.stderr)
    if wrong:
        print("crates: `scripts/crates.py --write` brings the table up to date where the arrow is meant", file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
