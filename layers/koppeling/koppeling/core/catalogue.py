"""The catalogue of errors: for each code a text that says what happened, why and what to do."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from koppeling.core.clock import AMSTERDAM

LANGUAGES = ("nl", "en")
PRODUCT = "QicsMilestones"  # the supplier may rename it (M3); nothing else holds the name
UNKNOWN = "…"
INTERNAL = "internal"

_PLACEHOLDER = r"\{(\w+)\}"
_AMOUNT = r"(?:[A-Z]{3} )?-?\d+\.\d+"
_AMOUNTS = frozenset({"sum", "total", "size", "pct_qm", "pct_exact"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One code in one language. `level` is error, warning, notice, or internal (ours to mend).

    A warning that is still there after `error_after_hours` counts as an error.
    """

    code: str
    level: str
    retry: str
    title: str
    text: str
    error_after_hours: int | None = None

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the values that the texts ask for."""
        return frozenset(re.findall(_PLACEHOLDER, f"{self.title} {self.text}"))


def codes(language: str = "nl") -> frozenset[str]:
    """Return every code there is."""
    return frozenset(_catalogue(language))


def entry(code: str, language: str = "nl") -> Entry:
    """Return an entry with its placeholders as they stand.

    Raises:
        KeyError: there is no such code or language.
    """
    return _catalogue(language)[code]


def is_ours_to_mend(code: str) -> bool:
    """Say whether a code means a mistake of ours, for which no customer can do anything."""
    found = _catalogue("nl").get(code)
    return found is not None and found.level == INTERNAL


def title(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the first sentence, which says what is wrong."""
    return _filled(entry(code, language).title, language, values).rstrip(",")


def text(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the whole text, title first; a value that is missing shows as an ellipsis."""
    found = entry(code, language)
    return _filled(f"{found.title} {found.text}".rstrip(), language, values)


def _filled(template: str, language: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == "qm":
            return PRODUCT
        given = values.get(name)
        return _shown(name, given, language) if given else UNKNOWN

    filled = re.sub(_PLACEHOLDER, value, template)
    return filled[:1].upper() + filled[1:]


def _shown(name: str, value: str, language: str) -> str:
    """Return a value as people write it in this language: words, amounts, days."""
    words = _words(language).get(name, {})
    parts = value.split(", ")
    if all(part in words for part in parts):
        return ", ".join(words[part] for part in parts)
    if language != "nl":
        return value
    if (name in _AMOUNTS or name.startswith("amount_")) and re.fullmatch(_AMOUNT, value):
        return value.replace(".", ",")
    return _day(value) if name in {"date", "until"} else value


def _day(value: str) -> str:
    """Return a day, or a moment on the Dutch clock, as it is written in Dutch."""
    try:
        if len(value) == len("2026-10-31"):
            return f"{date.fromisoformat(value):%d-%m-%Y}"
        return f"{datetime.fromisoformat(value).astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"
    except ValueError:
        return value


@cache
def _catalogue(language: str) -> Mapping[str, Entry]:
    return {
        code: Entry(code=code, **fields)
        for code, fields in _file(language).items()
        if code != "words"
    }


def _words(language: str) -> Mapping[str, Mapping[str, str]]:
    words: Mapping[str, Mapping[str, str]] = _file(language)["words"]
    return words


@cache
def _file(language: str) -> Mapping[str, Any]:
    if language not in LANGUAGES:
        raise KeyError(language)
    path = files("koppeling") / "messages" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
