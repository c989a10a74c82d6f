"""The Dutch words of the generated documents, and how a table is written."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from tools.paths import ROOT

FILE = ROOT / "tools" / "docs" / "words.toml"


@cache
def words() -> Mapping[str, Any]:
    """Return all of them."""
    return tomllib.loads(FILE.read_text())


def word(group: str, name: str) -> str:
    """Return one.

    Raises:
        KeyError: there is none, so something new has to be put in words.
    """
    try:
        found: str = words()[group][name]
    except KeyError:
        raise KeyError(f"{FILE.name} has no word for {name!r} in [{group}]") from None
    return found


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
