#!/usr/bin/env python3
"""Checks every crate that the product is built from against deny.toml: licence, source, and banned names.

A reader of the same file as `cargo deny`, for machines that do not have it: `cargo metadata` is all it needs.
Prints each crate that breaks a rule and exits 1 if there is one.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def acceptable(expression: str, allowed: set[str]) -> bool:
    """True if an SPDX expression can be satisfied with allowed licences alone (OR: one side, AND: both)."""
    # Old manifests write "MIT/Apache-2.0" for OR.
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    position = 0

    def peek() -> str:
        return tokens[position] if position < len(tokens) else ""

    def take() -> str:
        nonlocal position
        position += 1
        return tokens[position - 1]

    def either() -> bool:
        result = both()
        while peek() == "OR":
            take()
            result = both() or result
        return result

    def both() -> bool:
        result = one()
        while peek() == "AND":
            take()
            result = one() and result
        return result

    def one() -> bool:
        if peek() == "(":
            take()
            result = either()
            take()
            return result
        name = take()
        if peek() == "WITH":
            take()
            exception = take()
            return name in allowed or f"{name} WITH {exception}" in allowed
        return name in allowed

    return either() and position == len(tokens)


def main() -> int:
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    allowed = set(rules["licenses"]["allow"])
    banned = {entry["crate"] for entry in rules["bans"]["deny"]}
    registries = tuple(f"registry+{url}" for url in rules["sources"]["allow-registry"])
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    faults = []
    for package in metadata["packages"]:
        name = f"{package['name']} {package['version']}"
        licence = package["license"]
        if package["name"] in banned:
            faults.append(f"{name}: banned")
        if package["source"] is not None and not package["source"].startswith(registries):
            faults.append(f"{name}: comes from {package['source']}")
        if licence is None:
            if package["source"] is not None and package["license_file"] is None:
                faults.append(f"{name}: no licence")
        elif not acceptable(licence, allowed):
            faults.append(f"{name}: {licence}")
    for fault in faults:
        print(f"licences: {fault}", file=sys.stderr)
    if faults:
        return 1
    print(f"licences: {len(metadata['packages'])} crates, every one allowed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
