#!/usr/bin/env python3
"""Proves that modules import each other one way only, in every crate and in the pages' TypeScript, and that files stay small.

Reads product sources alone: `tests/` folders, test modules and `#[cfg(test)]` parts are left out. An arrow runs from the file
that names something to the file that defines it, through whatever re-exports lie between. A parent that only re-exports its
children has no arrow to them. Cycles are looked for between files, and between the modules that lie beside each other in a
folder. None is allowed.

    scripts/modules.py            checks everything, exit 1 and one line a fault
    scripts/modules.py --canary   plants cycles in a made-up crate and shows that they are found
"""

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from sources import SKIPPED, Graph, crate_roots, rust_graph, typescript_graph

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400
MAX_COMMENT_WIDTH = 140
# --- Cycles -----------------------------------------------------------------------------------------------------------------


def siblings(graph: Graph) -> dict[str, tuple[Graph, dict]]:
    """For the crate and each of its folders: arrows between the modules that lie beside each other, each with a witness."""
    levels: dict[str, tuple[Graph, dict]] = {}
    for source, targets in graph.items():
        for target in targets:
            a, b = source.split("::"), target.split("::")
            depth = 0
            while depth < min(len(a), len(b)) and a[depth] == b[depth]:
                depth += 1
            if depth < len(a) and depth < len(b) and "lib" not in (source, target):
                level, witness = levels.setdefault("::".join(a[:depth]), (defaultdict(set), {}))
                level[a[depth]].add(b[depth])
                witness.setdefault((a[depth], b[depth]), []).append((source, target))
    return levels


def cycle(graph: Graph) -> list[str] | None:
    """A shortest cycle through the first node that is in one, or None."""
    nodes = sorted(set(graph) | {target for targets in graph.values() for target in targets})
    best = None
    for start in nodes:
        previous, queue = {start: None}, [start]
        for node in queue:
            for target in sorted(graph.get(node, ())):
                if target == start:
                    chain = [start]
                    while node is not None:
                        chain.append(node)
                        node = previous[node]
                    if best is None or len(chain) < len(best):
                        best = chain[::-1]
                    queue.clear()
                    break
                if target not in previous:
                    previous[target] = node
                    queue.append(target)
            if not queue:
                break
        if best and len(best) == 3:
            break
    return best


def fault(graph: Graph) -> str | None:
    """The first cycle of a graph as a chain of names, or None."""
    if chain := cycle(graph):
        return " -> ".join(chain)
    for level, (between, witness) in sorted(siblings(graph).items()):
        if chain := cycle(between):
            steps = list(zip(chain, chain[1:]))
            shown = "; ".join("{} -> {}".format(*witness[step][0]) for step in steps)
            return f"in {level or 'the crate'}: {' -> '.join(chain)} ({shown})"
    return None


def graphs(root: Path) -> dict[str, Graph]:
    found = {name: rust_graph(file) for name, file in crate_roots(root)}
    if (root / "web/ts").exists():
        found["web/ts"] = typescript_graph(root / "web/ts")
    return found


# --- Sizes ------------------------------------------------------------------------------------------------------------------


def size_faults(root: Path) -> list[str]:
    """Files that are too long, and comment lines that are too wide."""
    wrong = []
    for file in sorted(root.rglob("*")):
        parts = file.relative_to(root).parts
        if file.suffix not in (".rs", ".ts", ".mjs", ".py", ".sh", ".css") or SKIPPED & set(parts) or not file.is_file():
            continue
        lines = file.read_text().splitlines()
        if len(lines) > MAX_LINES:
            wrong.append(f"{file.relative_to(root)}: {len(lines)} lines, at most {MAX_LINES}")
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COMMENT_WIDTH and line.lstrip().startswith(("//", "#", "*")):
                wrong.append(f"{file.relative_to(root)}:{number}: a comment of {len(line)} columns, at most {MAX_COMMENT_WIDTH}")
    return wrong


# --- Canary -----------------------------------------------------------------------------------------------------------------

PLANTED = {
    "through files": {
        "lib.rs": "mod a;\nmod b;\n",
        "a.rs": "use crate::b::B;\npub struct A(B);\n",
        "b.rs": "pub struct B;\nfn f() { crate::a::A; }\n",
    },
    "through a parent's re-export": {
        "lib.rs": "mod room;\n",
        "room/mod.rs": "mod a;\nmod b;\npub use a::A;\npub use b::B;\n",
        "room/a.rs": "use super::B;\npub struct A(B);\n",
        "room/b.rs": "use super::*;\npub struct B(A);\n",
    },
    "between folders": {
        "lib.rs": "mod one;\nmod two;\n",
        "one/mod.rs": "pub mod x;\npub mod y;\n",
        "one/x.rs": "use crate::two::{z::Z};\npub struct X(Z);\n",
        "one/y.rs": "pub struct Y;\n",
        "two/mod.rs": "pub mod z;\npub mod w;\n",
        "two/z.rs": "pub struct Z;\n",
        "two/w.rs": "use crate::one;\nfn f() { one::y::Y; }\n",
    },
    "no cycle": {
        "lib.rs": "mod a;\npub use a::{A, inner::I};\n",
        "a.rs": "pub mod inner;\npub struct A;\n#[cfg(test)]\nmod tests { use crate::a::inner::I; fn f() { I } }\n",
        "a/inner.rs": "use super::A; // A -> inner::I only in a test\npub struct I(A);\n",
    },
}


def canary() -> list[str]:
    """What the checker does not see of planted cycles, or sees where there is none."""
    wrong = []
    for name, files in PLANTED.items():
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                file = Path(folder) / "src" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            if bool(fault(rust_graph(Path(folder) / "src/lib.rs"))) != (name != "no cycle"):
                wrong.append(f"canary: a cycle {name} is judged wrongly")
    return wrong


def main() -> int:
    wrong = canary()
    if "--canary" not in sys.argv:
        found = graphs(ROOT)
        wrong += [f"{name}: cycle {chain}" for name, graph in found.items() if (chain := fault(graph))] + size_faults(ROOT)
        # A check that sees nothing proves nothing.
        if sum(len(targets) for targets in found.values() for targets in targets.values()) < 1000:
            wrong.append("fewer than 1,000 arrows were read: the sources are not seen")
    for line in wrong:
        print(f"modules: {line}", file=sys.stderr)
    if not wrong:
        print("modules: no cycle between modules, no file too long")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
