#!/usr/bin/env python3
"""Proves that every place that GLOSSARY.md, ARCHITECTURE.md and CONTRIBUTING.md name is there.

A place is a word in backquotes with a slash in it, or a file's name with an ending, that starts with a folder or file of this
repository's top level. What a program makes (`data/`, `bench/`) is not looked for.

    scripts/paths.py            checks, exit 1 and one line a fault
    scripts/paths.py --canary   shows that a place that is not there is found
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ["GLOSSARY.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
# Made by programs, not kept in the repository.
MADE = {"data", "bench", "target", "screenshots", "web/dist", "web/ts/generated", "web/node_modules", "tests/node_modules"}


def places(text: str, top: set[str]) -> list[str]:
    """Every place that `text` names, without the line behind a colon and without wildcards."""
    named = re.findall(r"`([\w./{},*-]+)`", text)
    plain = [name.rstrip("/") for name in named if not re.search(r"[*{},]", name)]
    inside = [name for name in plain if name.split("/")[0] in top and ("/" in name or "." in name)]
    return [name for name in inside if not any(name == made or name.startswith(made + "/") for made in MADE)]


def faults(texts: dict[str, str], root: Path) -> list[str]:
    top = {entry.name for entry in root.iterdir()}
    return [
        f"{file} names `{name}`, which is not there"
        for file, text in texts.items()
        for name in sorted(set(places(text, top)))
        if not (root / name).exists()
    ]


def canary() -> list[str]:
    seen = faults({"x.md": "`scripts/paths.py` and `scripts/nothing.py`, `data/config`"}, ROOT)
    return [] if seen == ["x.md names `scripts/nothing.py`, which is not there"] else [f"canary: {seen}"]


def main() -> int:
    wrong = canary()
    if "--canary" not in sys.argv:
        wrong += faults({file: (ROOT / file).read_text() for file in TEXTS}, ROOT)
    for fault in wrong:
        print(f"paths: {fault}", file=sys.stderr)
    if not wrong:
        print("paths: every place that the texts name is there")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
