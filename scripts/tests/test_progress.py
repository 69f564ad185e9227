"""Progress of a build, with a cargo that only pretends."""

import json
import os
import pty
import stat
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))

from progress import Estimate, package_name  # noqa: E402

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index#"


class FakeCargo:
    """A folder with a `cargo` that prints what it is told."""

    def __init__(self, folder: str, tree: list[str], build: str):
        self.path = Path(folder) / "cargo"
        body = textwrap.indent(textwrap.dedent(build), "    ")
        self.path.write_text(
            f"#!{sys.executable}\nimport json, sys, time\n"
            "def err(text):\n    sys.stderr.write(text); sys.stderr.flush()\n"
            "def done(package, kind='lib', fresh=False):\n"
            "    said = {'reason': 'compiler-artifact', 'package_id': package, 'target': {'kind': [kind]}, 'fresh': fresh}\n"
            "    print(json.dumps(said), flush=True)\n"
            f"if sys.argv[1] == 'tree':\n    print({chr(10).join(tree)!r})\nelse:\n{body}\n"
        )
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [str(SCRIPTS / "progress.py"), str(self.path), "build", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def played(tree: list[str], build: str) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        return FakeCargo(folder, tree, build).run("-p", "dure")


class Output(unittest.TestCase):
    def test_an_error_comes_through_letter_by_letter_and_so_does_the_exit_code(self):
        error = "error[E0308]: mismatched types\n --> src/lib.rs:1:20\n\n1 | let a: u8 = \"é\"; [=> ] 1/2\n"
        result = played(["dure v0.1.0"], f"err('   Compiling dure v0.1.0\\n'); err({error!r}); sys.exit(101)")
        self.assertEqual(result.returncode, 101)
        self.assertEqual(result.stderr, "   Compiling dure v0.1.0\n" + error)

    def test_a_faulty_manifest_is_told_once(self):
        with tempfile.TemporaryDirectory() as folder:
            cargo = FakeCargo(folder, [], "")
            cargo.path.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('error: profile name is reserved')\n")
            result = cargo.run()
        self.assertEqual((result.returncode, result.stderr), (1, "error: profile name is reserved\n"))

    def test_what_is_fetched_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            cargo = FakeCargo(folder, [], "sys.exit(0)")
            text = cargo.path.read_text().replace("== 'tree':", "== 'tree':\n    err('  Downloaded serde v1.0.0\\n')")
            cargo.path.write_text(text)
            self.assertEqual(cargo.run().stderr, "  Downloaded serde v1.0.0\n")

    def test_a_built_tree_adds_no_line(self):
        build = f"done('{REGISTRY}serde@1.0.0', fresh=True); err('    Finished `dev` profile in 0.2s\\n')"
        result = played(["dure v0.1.0"], build)
        self.assertEqual((result.returncode, result.stderr, result.stdout), (0, "    Finished `dev` profile in 0.2s\n", ""))

    def test_a_log_has_a_line_soon_and_none_of_the_bar(self):
        build = f"""
        err('   Compiling serde v1.0.0\\n')
        err('    Building [=>      ] 0/3: serde, librocksdb-sys(build)\\r')
        time.sleep(2.5)
        done('{REGISTRY}serde@1.0.0')
        err('    Building [==>     ] 1/3: librocksdb-sys(build)\\r')
        time.sleep(1.5)
        """
        lines = played(["librocksdb-sys v0.19.0", "dure v0.1.0"], build).stderr.splitlines()
        self.assertEqual(len(lines), 2, lines)
        self.assertRegex(lines[1], r"^built 0 of 3, about \d+ min left$")

    def test_what_a_build_prints_beside_its_messages_is_printed(self):
        result = played(["dure v0.1.0"], "print('a line of its own')")
        self.assertEqual(result.stdout, "a line of its own\n")

    def test_a_terminal_shows_one_line_that_is_refreshed(self):
        build = """
        err('   Compiling serde v1.0.0\\n')
        for done_units in range(3):
            err(f'    Building [=>      ] {done_units}/3: serde\\r')
            time.sleep(0.2)
        """
        with tempfile.TemporaryDirectory() as folder:
            cargo = FakeCargo(folder, ["dure v0.1.0"], build)
            ours, theirs = pty.openpty()
            command = [str(SCRIPTS / "progress.py"), str(cargo.path), "build"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs)
            process.communicate(timeout=30)
            os.close(theirs)
            shown = os.read(ours, 65536).decode()
            os.close(ours)
        self.assertIn("built 2 of 3", shown)
        self.assertEqual(shown.count("\n"), 1, shown)
        self.assertTrue(shown.endswith("\r\x1b[K"), "the line goes when the build ends")


class Estimates(unittest.TestCase):
    def test_names_of_packages(self):
        names = [f"{REGISTRY}serde@1.0.0", "path+file:///a/ledger-node#0.1.0", "path+file:///a/web#dure-web@0.1.0"]
        self.assertEqual([package_name(name) for name in names], ["serde", "ledger-node", "dure-web"])

    def test_rocksdb_weighs_what_it_costs_and_less_while_it_is_compiled(self):
        estimate = Estimate({"librocksdb-sys"}, 0.0, cores=2)
        estimate.bar(0, 101, "librocksdb-sys(build)", 0.0)
        first = estimate.left(0.0)
        self.assertAlmostEqual(first, (813 + 100 * 1.4) / 2, delta=1)
        estimate.bar(0, 101, "librocksdb-sys(build)", 200.0)
        self.assertAlmostEqual(estimate.left(200.0), first - 200, delta=60)

    def test_a_slow_machine_is_seen(self):
        estimate = Estimate(set(), 0.0, cores=2)
        estimate.bar(200, 400, "", 280.0)
        for _ in range(200):
            estimate.finished("any", False, False)
        # 280 s of two cores for a cost of 280: half as fast as the machine of the table.
        self.assertGreater(estimate.left(280.0), 1.6 * 200 * 1.4 / 2)

    def test_the_engine_is_waited_for_whatever_else_is_there(self):
        estimate = Estimate({"dure-consensus", "ledger-node", "dure"}, 0.0, cores=64)
        estimate.bar(0, 10, "dure-consensus", 0.0)
        self.assertGreaterEqual(estimate.left(0.0), 112 + 62)

    def test_what_was_there_before_is_no_work(self):
        estimate = Estimate({"librocksdb-sys", "dure"}, 0.0, cores=2)
        estimate.finished("librocksdb-sys", True, False)
        estimate.finished("serde", False, True)
        estimate.bar(2, 4, "dure", 0.1)
        self.assertEqual(estimate.sentence(0.1), "built 0 of 2, about a minute left")

    def test_a_build_script_that_was_compiled_has_run(self):
        estimate = Estimate({"librocksdb-sys"}, 0.0, cores=2)
        estimate.finished("librocksdb-sys (build script)", False, False)
        estimate.finished("librocksdb-sys", True, False)
        self.assertEqual((estimate.built, estimate.fresh), (2, 0))


if __name__ == "__main__":
    unittest.main()
