"""The project's Python sources, read as trees: what the rules of style and direction look at."""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.paths import ROOT

PACKAGE = ROOT / "layers" / "koppeling" / "koppeling"


@dataclass(frozen=True, slots=True)
class Source:
    """One file: where it stands, and its tree."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """Return the path as people say it."""
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        """Return the folder below `koppeling` that holds this file, such as `core` or `pull`."""
        return self.path.relative_to(PACKAGE).parts[0]

    @property
    def module(self) -> str:
        """Return the path below `koppeling`, such as `push/contract.py`."""
        return self.path.relative_to(PACKAGE).as_posix()

    def imports(self) -> Iterator[str]:
        """Yield the full name of every module this file imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or ""
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Yield every call with the text of what is called, such as `session.request`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


@cache
def sources(*folders: str) -> list[Source]:
    """Return all Python files below some folders of the project."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Source(path, ast.parse(path.read_text())) for path in paths]


def package() -> list[Source]:
    """Return the files of the package `koppeling`."""
    return sources("layers/koppeling/koppeling")


def handlers() -> list[Source]:
    """Return the entry files of the functions."""
    return [source for source in sources("functions") if source.path.name == "app.py"]


def is_standard(module: str) -> bool:
    """Tell whether a module belongs to Python itself."""
    return module.split(".", maxsplit=1)[0] in sys.stdlib_module_names


def rooms_in(modules: Iterable[str]) -> set[str]:
    """Return which rooms of the package are among imported modules."""
    parts = (module.split(".") for module in modules)
    return {names[1] for names in parts if names[0] == "koppeling" and len(names) > 1}


def strangers_in(modules: Iterable[str]) -> set[str]:
    """Return which third-party packages are among imported modules."""
    tops = {module.split(".", maxsplit=1)[0] for module in modules}
    return {top for top in tops if top != "koppeling" and not is_standard(top)}
