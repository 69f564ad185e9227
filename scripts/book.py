#!/usr/bin/env python3
"""Makes a book of the documents: one contents list, and no link that leads nowhere.

Lays every tracked document (Markdown, and the formats and pictures that they link to) out as in the repository below BUILD/src,
adds the decisions to the contents of `docs/mkdocs.yml`, and lets MkDocs write BUILD/html. A dead link or anchor, or a document
that the contents leave out, is an error.

    scripts/book.py BUILD
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A template of a page, no page.
LEFT_OUT = re.compile(r"/src/|/tests/")
LIBRARIES = Path(os.environ.get("DURE_PY_DIR", Path.home() / ".cache/dure/py")) / "book"


def lay_out(build: Path) -> None:
    shutil.rmtree(build, ignore_errors=True)
    command = ["git", "ls-files", "*.md", "*.cddl", "docs", "LICENSE"]
    tracked = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in tracked.splitlines():
        if not LEFT_OUT.search(name):
            (build / "src" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, build / "src" / name)
    decisions = sorted(path.relative_to(build / "src").as_posix() for path in (build / "src/docs/adr").glob("*.md"))
    contents = (ROOT / "docs/mkdocs.yml").read_text().replace("[DECISIONS]", f"[{', '.join(decisions)}]")
    (build / "src/docs/mkdocs.yml").unlink(missing_ok=True)
    (build / "mkdocs.yml").write_text(contents)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    build = Path(sys.argv[1]).resolve()
    lay_out(build)
    environment = {**os.environ, "PYTHONPATH": str(LIBRARIES), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(build / "mkdocs.yml")]
    # `--quiet` would hide the warnings from `--strict` as well.
    made = subprocess.run(command, env=environment, capture_output=True, text=True)
    if made.returncode == 0:
        print(f"book: {build / 'html/README.html'}")
    else:
        print(made.stderr, file=sys.stderr)
    return made.returncode


if __name__ == "__main__":
    sys.exit(main())
