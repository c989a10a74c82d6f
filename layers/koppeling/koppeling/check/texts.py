"""Findings as a bookkeeper reads them: a title, a text that says what to do, and a table.

A code of the catalogue has the catalogue's text, unless that one speaks of an invoice: a check
knows of none, so those have a text of their own in `messages/check.*.toml`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from koppeling.check.findings import Finding, Level, Table
from koppeling.core import catalogue
from koppeling.core.catalogue import LANGUAGES, PRODUCT, UNKNOWN
from koppeling.core.clock import AMSTERDAM

_PLACEHOLDER = r"\{(\w+)\}"
_PERCENTAGES = frozenset({"percentage_qm", "percentage_exact"})


@dataclass(frozen=True, slots=True)
class RenderedFinding:
    """A finding in words: what was looked at, what is so, and what to do; the last may be empty."""

    item: str
    title: str
    text: str


def render(finding: Finding, language: str = "nl") -> RenderedFinding:
    """Return a finding in words.

    Raises:
        KeyError: there is no such language, or no text for such a finding.
    """
    texts = _file(language)
    values = {name: _shown(name, value, language) for name, value in finding.values.items()}
    item = _filled(texts["items"][finding.item], {})
    if finding.code is None:
        return RenderedFinding(item, _filled(_fine_text(finding, texts["fine"]), values), "")
    own = _own_text(finding, texts)
    if own is not None:
        return RenderedFinding(item, _filled(own["title"], values), _filled(own["text"], values))
    title = catalogue.title(finding.code, language, values)
    whole = catalogue.text(finding.code, language, values)
    return RenderedFinding(item, title, whole.removeprefix(title).lstrip(", "))


def level_word(level: Level, language: str = "nl") -> str:
    """Return a level in a word or two."""
    word: str = _file(language)["levels"][level]
    return word


def render_table(table: Table, language: str = "nl") -> Table:
    """Return a table with headings and words as people read them.

    Raises:
        KeyError: there is no such language or column.
    """
    headings = _file(language)["columns"]
    return Table(
        tuple(_filled(headings[name], {}) for name in table.columns),
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
    if finding.values.get("count") == "1" and code in texts["one"]:
        text: Mapping[str, str] = texts["one"][code]
        return text
    found: Mapping[str, str] | None = own.get(f"{finding.item}.{code}") or own.get(code)
    return found


def _shown(name: str, value: str, language: str) -> str:
    """Return a value as people write it in this language."""
    texts = _file(language)
    if name == "items":
        titles = (_filled(texts["items"].get(item, item), {}) for item in value.split(","))
        return ", ".join(titles)
    if name in _PERCENTAGES and value:
        return f"{value.replace('.', ',') if language == 'nl' else value}%"
    if name == "until":
        return _moment(value, language)
    word: str | None = texts["words"].get(name, {}).get(value)
    return value if word is None else word.replace("{qm}", PRODUCT)


def _moment(value: str, language: str) -> str:
    """Return a moment on the Dutch clock, which is the clock of the customer in any language."""
    try:
        moment = datetime.fromisoformat(value).astimezone(AMSTERDAM)
    except ValueError:
        return value
    return f"{moment:%d-%m-%Y %H:%M}" if language == "nl" else f"{moment:%Y-%m-%d %H:%M}"


def _filled(template: str, values: Mapping[str, str]) -> str:
    known = {**values, "qm": PRODUCT}
    filled = re.sub(_PLACEHOLDER, lambda match: known.get(match[1]) or UNKNOWN, template)
    return filled[:1].upper() + filled[1:]


@cache
def _file(language: str) -> Mapping[str, Any]:
    if language not in LANGUAGES:
        raise KeyError(language)
    path = files("koppeling") / "messages" / f"check.{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
