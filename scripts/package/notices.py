#!/usr/bin/env python3
"""Writes the package's copyright file: our licence, and those of every crate in the programs, with their texts: `notices.py PACKAGE…`."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOTICE = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
OURS = """Dure
Source: this repository
Licence: Apache-2.0, in /usr/share/common-licenses/Apache-2.0

The programs contain the crates below. Where one names several licences, we use it under one that deny.toml allows.
"""


def crates(packages: list[str]) -> set[tuple[str, str]]:
    """Name and version of everything that is linked into the programs."""
    command = ["cargo", "tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]
    chosen = [word for package in packages for word in ("-p", package)]
    tree = subprocess.run([*command, *chosen], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    lines = [line.split(" ") for line in tree.splitlines() if line.strip() and "(/" not in line]
    return {(words[0], words[1].removeprefix("v")) for words in lines}


def main() -> int:
    wanted = crates(sys.argv[1:])
    metadata = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", host()]
    packages = json.loads(subprocess.run(metadata, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)["packages"]
    found = sorted((one for one in packages if (one["name"], one["version"]) in wanted), key=lambda one: one["name"])
    texts: dict[str, tuple[list[str], str]] = {}
    print(OURS)
    for package in found:
        label = f"{package['name']} {package['version']}"
        print(f"{label}: {package['license'] or 'see its text'}")
        for path in sorted(Path(package["manifest_path"]).parent.iterdir()):
            if path.is_file() and NOTICE.match(path.name):
                text = path.read_text(errors="replace").strip()
                key = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
                texts.setdefault(key, ([], text))[0].append(label)
    for labels, text in texts.values():
        print(f"\n{'-' * 80}\n{', '.join(dict.fromkeys(labels))}\n{'-' * 80}\n\n{text}")
    return 0


def host() -> str:
    said = subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(line.split()[1] for line in said.splitlines() if line.startswith("host: "))


if __name__ == "__main__":
    sys.exit(main())
