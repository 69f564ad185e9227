"""Tagging a version, in a made-up repository."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "changelog.py"
NOBODY = {
    "GIT_AUTHOR_NAME": "Nobody", "GIT_AUTHOR_EMAIL": "nobody@example.org",
    "GIT_COMMITTER_NAME": "Nobody", "GIT_COMMITTER_EMAIL": "nobody@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
}


class Tagging(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.write("Cargo.toml", '[workspace.package]\nversion = "1.2.0"\n')
        self.write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- A till for shops.\n")
        self.commit("feat(till): a price is typed")
        self.commit("fix(wallet)!: a code is read once", "merge of nothing in particular")

    def git(self, *arguments):
        made = subprocess.run(["git", *arguments], cwd=self.root, env={**os.environ, **NOBODY}, capture_output=True, text=True, check=True)
        return made.stdout.strip()

    def write(self, name, text):
        (self.root / name).write_text(text)

    def commit(self, *messages):
        self.git("add", "--all")
        for message in messages:
            self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def run_script(self, *arguments):
        return subprocess.run([sys.executable, SCRIPT, *arguments], cwd=self.root, env={**os.environ, **NOBODY}, capture_output=True, text=True)

    def refused(self, version, why):
        before = (self.git("rev-parse", "HEAD"), self.git("tag"), (self.root / "CHANGELOG.md").read_text())
        made = self.run_script("--tag", version)
        self.assertEqual((made.returncode, made.stdout), (1, ""))
        self.assertIn(why, made.stderr)
        after = (self.git("rev-parse", "HEAD"), self.git("tag"), (self.root / "CHANGELOG.md").read_text())
        self.assertEqual(before, after, "a refusal writes nothing")

    def test_a_version_gets_its_date_its_commits_and_one_tag(self):
        made = self.run_script("--tag", "1.2.0")
        self.assertEqual(made.returncode, 0, made.stderr)
        text = (self.root / "CHANGELOG.md").read_text()
        self.assertRegex(text, r"(?s)## Unreleased\n\n## 1\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- A till for shops\.\n\n### Commits: features")
        self.assertIn("- till: a price is typed (", text)
        self.assertIn("- wallet: a code is read once (**breaking**)", text)
        self.assertNotIn("nothing in particular", text)
        self.assertEqual(self.git("tag", "--points-at", "HEAD"), "v1.2.0")
        self.refused("1.2.0", "tagged already")

        self.write("Cargo.toml", '[workspace.package]\nversion = "1.3.0"\n')
        self.commit("perf(node): half the work")
        self.assertEqual(self.run_script("--tag", "1.3.0").returncode, 0)
        newer, older = (self.root / "CHANGELOG.md").read_text().split("## 1.2.0")
        self.assertIn("node: half the work", newer)
        self.assertIn("till: a price is typed", older)
        self.assertNotIn("till: a price is typed", newer)

    def test_what_may_not_be_tagged_is_not(self):
        self.refused("soon", "no version")
        self.refused("1.2.1", "Cargo.toml says version 1.2.0")
        self.write("new.txt", "")
        self.refused("1.2.0", "not committed")
        self.commit("feat: something new")
        self.git("switch", "--quiet", "--create", "side")
        self.refused("1.2.0", "tagged on main")

    def test_a_commit_that_git_refuses_changes_nothing(self):
        hook = self.root / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
        hook.chmod(0o755)
        self.refused("1.2.0", "not today")
        self.assertEqual(self.git("status", "--porcelain"), "")


if __name__ == "__main__":
    unittest.main()
