"""The source tree as the house rules read it: which module imports which, which template uses which."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = {"iiz.core": "core", "optima": "optima", "roundtable": "roundtable", "reporting": "reporting"}
"""Package → label of each app."""

TEMPLATE_USE = re.compile(r"""\{%\s*(?:extends|include)\s+["']([^"']+)["']""")
TEMPLATE_NAME = re.compile(r"^[a-z_]+/[a-z0-9_/.-]+\.(?:html|txt)$")
URL_NAME = re.compile(r"^([a-z]+):[a-z0-9_]+$")
TEMPLATE_URL = re.compile(r"""\{%\s*url\s+["']([a-z]+):""")


@dataclass(frozen=True)
class Import:
    """``importer`` (a dotted module) imports ``imported``, in ``file``, line ``line``."""

    importer: str
    imported: str
    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.importer} imports {self.imported}"


def sources(root: Path, *, tests: bool = False, migrations: bool = False) -> list[Path]:
    """Python files of the project, without tests and migrations unless asked for."""
    found = []
    for top in ("iiz", "optima", "roundtable", "reporting", "benchmarks"):
        for path in sorted((root / top).rglob("*.py")):
            parts = path.relative_to(root).parts
            if ("tests" in parts and not tests) or ("migrations" in parts and not migrations):
                continue
            found.append(path)
    return found


def module_of(root: Path, path: Path) -> str:
    """The dotted name of a file."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path, path: Path) -> Iterator[Import]:
    """Every import of ``path``, also inside functions; not those for type checking alone."""
    name = module_of(root, path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text())
    typing = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for child in branch.body
        for node in ast.walk(child)
    }
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, alias.name, path.relative_to(root), node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                yield Import(name, f"{base}.{alias.name}", path.relative_to(root), node.lineno)


def app_of(module: str) -> str | None:
    """The package of the app a module belongs to; ``None`` for the roof and for what is not ours."""
    return next((app for app in APPS if module == app or module.startswith(f"{app}.")), None)


def strings(path: Path) -> Iterator[str]:
    """The string constants of a Python file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def templates(root: Path) -> list[Path]:
    """The templates of the project."""
    return sorted(path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt"})
