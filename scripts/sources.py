"""Reads sources into graphs: which module of a crate needs which, which file of the pages imports which. For `modules.py`.

Rust is read without a compiler: `mod` and `use` items, and paths in the code, are followed through re-exports and globs to the file
that defines what they name. What only a test build has is left out.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

SKIPPED = {"target", "node_modules", "generated", "dist", ".git", "data"}

Graph = dict[str, set[str]]

# --- Reading Rust -----------------------------------------------------------------------------------------------------------

NOISE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^']+|[^'\\\n])'""", re.DOTALL
)
TEST_ONLY = re.compile(r"#\[cfg\((?:all\()?(?:test\b|any\(test\b)[^\]]*\]")
ITEM = re.compile(
    r"^(?:pub(?:\([^)]*\))?\s+)?(?:(?:unsafe|async|const|default|extern\s*\"\")\s+)*"
    r"(?:fn|struct|enum|trait|type|const|static|union|macro_rules!)\s+(?:mut\s+)?(\w+)", re.MULTILINE
)
CHILD = re.compile(r'(?:#\[path\s*=\s*""\]\s*)?^(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*(;|\{)', re.MULTILINE)
USE = re.compile(r"^([ \t]*)((?:pub(?:\([^)]*\))?\s+)?)use\s+([^;]+);", re.MULTILINE)
PATH = re.compile(r"(?<![\w:])(\w+)((?:::\w+)+)")


def without_noise(source: str) -> str:
    """The source without comments and the insides of strings, its lines where they were."""
    def blank(match: re.Match) -> str:
        text = match.group(0)
        return ("" if text.startswith("/") else '""') + "\n" * text.count("\n")
    return NOISE.sub(blank, source)


def without_tests(source: str) -> str:
    """The source without the items that only a test build has."""
    out, start = [], 0
    while match := TEST_ONLY.search(source, start):
        out.append(source[start:match.start()])
        at, depth = match.end(), 0
        while at < len(source):
            char = source[at]
            if char in "([{":
                depth += 1
            elif char in ")]}":
                depth -= 1
                if depth == 0 and char == "}":
                    break
            elif char == ";" and depth == 0:
                break
            at += 1
        start = at + 1
    return "".join(out) + source[start:]


def use_tree(text: str) -> list[tuple[list[str], str]]:
    """The leaves of a use: the path and the name that it gets here; `*` for a glob."""
    text = text.strip()
    if (brace := text.find("{")) < 0:
        path, _, alias = text.partition(" as ")
        segments = [part.strip() for part in path.split("::") if part.strip()]
        if segments and segments[-1] == "self":
            segments.pop()
        return [(segments, alias.strip() or (segments[-1] if segments else ""))]
    head = [part.strip() for part in text[:brace].split("::") if part.strip()]
    leaves, depth, piece = [], 0, ""
    for char in text[brace + 1:text.rfind("}")] + ",":
        depth += (char == "{") - (char == "}")
        if char == "," and depth == 0:
            if piece.strip() == "self":
                leaves.append((head, head[-1]))
            elif piece.strip():
                leaves += [(head + path, name) for path, name in use_tree(piece)]
            piece = ""
        else:
            piece += char
    return leaves


@dataclass
class Module:
    """One module file, with what it declares, imports and names."""

    path: str
    file: Path
    parent: "Module | None"
    children: dict[str, "Module"] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    imports: dict[str, list[str]] = field(default_factory=dict)
    reexported: set[str] = field(default_factory=set)
    globs: list[tuple[list[str], bool]] = field(default_factory=list)
    body: str = ""

    def root(self) -> "Module":
        return self.parent.root() if self.parent else self


def read_module(file: Path, path: str, parent: Module | None, folder: Path) -> Module:
    """Reads a module and its children; `folder` is where the children lie."""
    module = Module(path, file, parent)
    source = without_tests(without_noise(file.read_text()))
    module.items = set(ITEM.findall(source))
    for match in USE.finditer(source):
        for segments, name in use_tree(match.group(3)):
            if name == "*":
                module.globs.append((segments[:-1], bool(match.group(2))))
            elif segments:
                module.imports[name] = segments
                if match.group(2):
                    module.reexported.add(name)
    module.body = USE.sub("", source)
    for name, kind in CHILD.findall(source):
        below = folder / name
        for child in (folder / f"{name}.rs", below / "mod.rs"):
            if kind == ";" and child.exists():
                module.children[name] = read_module(child, f"{path}::{name}" if path else name, module, below)
    return module


def everything(module: Module) -> list[Module]:
    return [module] + [inner for child in module.children.values() for inner in everything(child)]


class Resolver:
    """Follows names to the module that defines them."""

    def absolute(self, module: Module, segments: list[str]) -> tuple[Module, list[str]] | None:
        first, rest = segments[0], segments[1:]
        if first == "crate":
            return module.root(), rest
        if first == "self":
            return module, rest
        if first == "super":
            here = module
            while segments and segments[0] == "super":
                if here.parent is None:
                    return None
                here, segments = here.parent, segments[1:]
            return here, segments
        if first in module.children or first in module.imports:
            return module, segments
        return None

    def target(self, module: Module, segments: list[str], seen: frozenset = frozenset()) -> Module | None:
        """The module that defines what a path names; None if it is no module or item of this crate."""
        start = self.absolute(module, segments)
        return self.walk(*start, seen) if start else None

    def walk(self, module: Module, segments: list[str], seen: frozenset) -> Module | None:
        if not segments or (module.path, tuple(segments)) in seen:
            return None
        seen = seen | {(module.path, tuple(segments))}
        name, rest = segments[0], segments[1:]
        if not rest and name in module.items:
            return module
        if name in module.children:
            return self.walk(module.children[name], rest, seen)
        if name in module.items:
            return module
        if name in module.imports:
            path = module.imports[name] + rest
            if path[0] == name and name not in module.children:
                return None
            return self.target(module, path, seen)
        for path, _ in module.globs:
            start = self.absolute(module, path)
            found = start and self.walk(start[0], start[1] + segments, seen)
            if found:
                return found
        return None

    def arrows(self, module: Module) -> set[str]:
        """The files of this crate that a module needs."""
        words = set(re.findall(r"\w+", module.body))
        found = []
        for name, segments in module.imports.items():
            if name not in module.reexported or name in words:
                found.append(self.target(module, segments))
        for path, reexport in module.globs:
            start = self.absolute(module, path)
            if start and not reexport:
                found += [self.walk(start[0], start[1] + [word], frozenset()) for word in words]
        for match in PATH.finditer(module.body):
            found.append(self.target(module, [match.group(1), *match.group(2).split("::")[1:]]))
        return {target.path or "lib" for target in found if target and target.file != module.file}


def crate_roots(root: Path) -> list[tuple[str, Path]]:
    """Every crate's root files, with a name to print."""
    roots = []
    for manifest in sorted(root.rglob("Cargo.toml")):
        if SKIPPED & set(manifest.relative_to(root).parts):
            continue
        for file in [manifest.parent / "src/lib.rs", manifest.parent / "src/main.rs", *sorted(manifest.parent.glob("src/bin/*.rs"))]:
            if file.exists():
                name = str(manifest.parent.relative_to(root))
                roots.append((name if file.name == "lib.rs" else f"{name}:{file.stem}", file))
    return roots


def rust_graph(file: Path) -> Graph:
    """Which module of a crate needs which."""
    root = read_module(file, "", None, file.parent)
    resolver = Resolver()
    return {module.path or "lib": resolver.arrows(module) for module in everything(root)}


# --- Reading TypeScript -----------------------------------------------------------------------------------------------------

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")


def typescript_graph(folder: Path) -> Graph:
    """Which file of the pages needs which; names are paths with `::` between folders."""
    graph: Graph = {}
    for file in sorted(folder.rglob("*.ts")):
        parts = file.relative_to(folder).parts
        if SKIPPED & set(parts) or "test" in parts:
            continue
        targets = set()
        for name in IMPORT.findall(file.read_text()):
            target = (file.parent / name).resolve()
            target = target.with_suffix(".ts") if target.suffix in ("", ".js") else target
            if target.exists() and target.is_relative_to(folder) and not SKIPPED & set(target.relative_to(folder).parts):
                targets.add("::".join(target.relative_to(folder).with_suffix("").parts))
        graph["::".join(file.relative_to(folder).with_suffix("").parts)] = targets
    return graph
