#!/usr/bin/env python3
"""Compares what a build of the product and a build of the tests ask of every third-party crate: `selections.py PACKAGE…`.

Cargo unifies features over the packages that are selected. A crate that gets other features for the product than for the tests
is compiled twice, with all that stands above it: minutes for a crate beneath the engine. Such a crate is a fault; the remedy is a
line in the manifest of a crate of ours that asks for the missing features (ledger-node and its consensus have such lines).
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREE = ["cargo", "tree", "--locked", "--prefix", "none", "--format", "{p}|{f}", "--edges"]


def features(lines: list[str]) -> dict[str, set[str]]:
    """Every third-party crate's sets of features: more than one where build scripts ask for others than programs."""
    found: dict[str, set[str]] = {}
    for line in lines:
        crate, bar, asked = line.removesuffix(" (*)").partition("|")
        # A crate of ours is printed with its folder; those have features for tests, and are compiled for both.
        if bar and "(/" not in crate:
            found.setdefault(crate.removesuffix(" (proc-macro)"), set()).add(asked)
    return found


def faults(product: dict[str, set[str]], tests: dict[str, set[str]]) -> list[str]:
    """Crates that the product needs with features that the tests have not."""
    sets = lambda found: " / ".join(f"[{one}]" for one in sorted(found))  # noqa: E731
    return [
        f"{crate} is compiled with {sets(asked)} for the product and {sets(tests.get(crate, set()))} for the tests"
        for crate, asked in sorted(product.items())
        if not asked <= tests.get(crate, set())
    ]


def canary() -> list[str]:
    """What the comparison does not see of a planted fault."""
    product = features(["a v1|std", "b v1 (proc-macro)|", "ours v1 (/x)|", "c v1|x (*)"])
    tests = features(["a v1|default,std", "b v1 (proc-macro)|", "ours v1 (/x)|testing", "c v1|x", "c v1|y"])
    found = faults(product, tests)
    return [] if len(found) == 1 and found[0].startswith("a v1 ") else [f"canary: {found}"]


def tree(*arguments: str) -> dict[str, set[str]]:
    return features(subprocess.run([*TREE, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines())


def main() -> int:
    product = tree("normal,build", *[word for package in sys.argv[1:] for word in ("-p", package)])
    wrong = canary() + faults(product, tree("normal,build,dev", "--workspace"))
    for line in wrong:
        print(f"selections: {line}", file=sys.stderr)
    if not wrong:
        print(f"selections: {len(product)} crates are compiled once for the product and the tests")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
