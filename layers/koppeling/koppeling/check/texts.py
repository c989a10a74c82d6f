"""Findings as a bookkeeper reads them: a title, a text that says what to do, and a table.

A finding with a code of the catalogue has the catalogue's text, unless that speaks of an invoice:
a check knows no invoice. Such codes have a text of their own in `messages/check.*.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.check.findings import Finding, Level
from koppeling.core import catalogue
from koppeling.core.csv_table import Table
from koppeling.core.rendering import PRODUCT, fill, load, moment, number

_PERCENTAGES = frozenset({"percentage_qm", "percentage_exact"})


@dataclass(frozen=True, slots=True)
class RenderedFinding:
    """A finding in words: its item, what is the case, and what to do. The last may be empty."""

    item: str
    title: str
    text: str


def render(finding: Finding, language: str = "nl") -> RenderedFinding:
    """Return a finding in words.

    Raises:
        KeyError: there is no such language, or no text for such a finding.
    """
    texts = load("check", language)
    values = {name: _shown(name, value, language) for name, value in finding.values.items()}
    item = fill(texts["items"][finding.item], {})
    if finding.code is None:
        return RenderedFinding(item, fill(_fine_text(finding, texts["fine"]), values), "")
    own = _own_text(finding, texts)
    if own is not None:
        return RenderedFinding(item, fill(own["title"], values), fill(own["text"], values))
    title = catalogue.title(finding.code, language, finding.values)
    return RenderedFinding(item, title, catalogue.body(finding.code, language, finding.values))


def level_word(level: Level, language: str = "nl") -> str:
    """Return a level in a word or two."""
    word: str = load("check", language)["levels"][level]
    return word


def render_table(table: Table, language: str = "nl") -> Table:
    """Return a table with headings and words as people read them.

    Raises:
        KeyError: there is no such language or column.
    """
    headings = load("check", language)["columns"]
    return Table(
        tuple(fill(headings[name], {}) for name in table.columns),
        tuple(
            tuple(
                _shown(name, cell, language) for name, cell in zip(table.columns, row, strict=True)
            )
            for row in table.rows
        ),
    )


def _fine_text(finding: Finding, fine: Mapping[str, str]) -> str:
    one = fine.get(f"{finding.item}.one") if finding.values.get("count") == "1" else None
    return one or fine[finding.item]


def _own_text(finding: Finding, texts: Mapping[str, Any]) -> Mapping[str, str] | None:
    code, own = finding.code or "", texts["texts"]
    one = texts["one"].get(code) if finding.values.get("count") == "1" else None
    found: Mapping[str, str] | None = one or own.get(f"{finding.item}.{code}") or own.get(code)
    return found


def _shown(name: str, value: str, language: str) -> str:
    """Return a value as people write it in this language."""
    texts = load("check", language)
    if name == "items":
        return ", ".join(fill(texts["items"].get(item, item), {}) for item in value.split(","))
    if name in _PERCENTAGES and value:
        return f"{number(value, language)}%"
    if name == "until":
        return moment(value, language)
    word: str | None = texts["words"].get(name, {}).get(value)
    return value if word is None else word.replace("{qm}", PRODUCT)
