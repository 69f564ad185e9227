#!/usr/bin/env python3
"""Lists what has changed since the last version from the commits, and tags a version.

    scripts/changelog.py                 prints the list
    scripts/changelog.py --tag VERSION   heads `Unreleased` in CHANGELOG.md with the version and today's date, puts the list below
                                         it, commits that, and makes the annotated tag `vVERSION`

A version is tagged on a clean `main` alone, it is the workspace's version in Cargo.toml, and no tag is made twice. What is refused
changes nothing; exit 1 with a sentence then. Only where Git commits and then cannot tag, the commit stays, and the sentence says why.
"""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = Path(os.environ.get("DURE_PY_DIR", Path.home() / ".cache/dure/py")) / "book"
UNRELEASED = "## Unreleased\n"


class Fault(Exception):
    """Why nothing was done."""


def run(*command: str) -> str:
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        raise Fault(f"{' '.join(command)}: {made.stderr.strip()}")
    return made.stdout


def commits() -> str:
    """The commits since the last version, in groups, as Markdown."""
    cliff = LIBRARIES / "bin/git-cliff"
    if not cliff.exists():
        raise Fault("git-cliff is missing: run `make setup`")
    return run(str(cliff), "--config", str(HERE / "cliff.toml"), "--unreleased", "--offline", "--strip", "all").strip()


def judge(version: str, root: Path) -> None:
    """Refuses a version that may not be tagged here."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise Fault(f"{version!r} is no version: say VERSION=1.2.3")
    if run("git", "status", "--porcelain").strip():
        raise Fault("there are changes that are not committed")
    if run("git", "branch", "--show-current").strip() != "main":
        raise Fault("versions are tagged on main")
    if run("git", "tag", "--list", f"v{version}").strip():
        raise Fault(f"v{version} is tagged already; tags stay where they are")
    built = re.search(r'^version = "(.+)"', (root / "Cargo.toml").read_text(), re.MULTILINE)
    if built is None or built[1] != version:
        raise Fault(f"Cargo.toml says version {built[1] if built else 'nothing'}; make it {version} first")
    if UNRELEASED not in (root / "CHANGELOG.md").read_text():
        raise Fault("CHANGELOG.md has no part `Unreleased`")


def tag(version: str, today: str) -> None:
    root = Path(run("git", "rev-parse", "--show-toplevel").strip())
    judge(version, root)
    listed = commits()
    changelog = root / "CHANGELOG.md"
    former_text = changelog.read_text()
    before, after = former_text.split(UNRELEASED, 1)
    former = re.search(r"^## ", after, re.MULTILINE)
    end = former.start() if former else len(after)
    section = f"## {version} ({today})\n{after[:end].rstrip()}\n\n{listed}\n"
    changelog.write_text(f"{before}{UNRELEASED}\n{section}" + (f"\n{after[end:]}" if former else ""))
    try:
        run("git", "commit", "--quiet", "--message", f"chore(release): {version}", "--", str(changelog))
    except Fault:
        changelog.write_text(former_text)
        run("git", "reset", "--quiet", "--", str(changelog))
        raise
    run("git", "tag", "--annotate", "--message", f"Dure {version}", f"v{version}")
    print(f"tagged v{version}; `git push --follow-tags` publishes it")


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case []:
                print(commits())
            case ["--tag", version]:
                tag(version, date.today().isoformat())
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except Fault as fault:
        print(f"changelog: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
