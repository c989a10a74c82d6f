"""The catalogue of errors: for each code a text that says what happened, why and what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from koppeling.core import rendering
from koppeling.core.problems import Problem

ERROR, WARNING, NOTICE, INTERNAL = "error", "warning", "notice", "internal"

_AMOUNT = r"(?:[A-Z]{3} )?-?\d+\.\d+"
_AMOUNTS = frozenset({"sum", "total", "size", "pct_qm", "pct_exact"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One code in one language. `level` is error, warning, notice, or internal (ours to mend).

    A warning that is still open after `error_after_hours` counts as an error.
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
        return rendering.placeholders(f"{self.title} {self.text}")


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


def level_of(problem: Problem, now: datetime) -> str:
    """Return the level of an open problem: a warning that stays open for long is an error.

    A code that a later release wrote counts as an error.
    """
    found = _catalogue("nl").get(problem.code)
    if found is None:
        return ERROR
    hours, since = found.error_after_hours, problem.since
    if hours is not None and since is not None and now - since >= timedelta(hours=hours):
        return ERROR
    return found.level


def title(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the first sentence, which says what is wrong."""
    return _render(entry(code, language).title, language, values).rstrip(",")


def text(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the whole text, title first; a value that is missing shows as an ellipsis."""
    found = entry(code, language)
    return _render(f"{found.title} {found.text}".rstrip(), language, values)


def body(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the text without its title, for readers that show the title apart."""
    whole = text(code, language, values)
    return whole.removeprefix(title(code, language, values)).lstrip(", ")


def _render(template: str, language: str, values: Mapping[str, str]) -> str:
    shown = {name: _shown(name, value, language) for name, value in values.items()}
    return rendering.fill(template, shown)


def _shown(name: str, value: str, language: str) -> str:
    """Return a value as people write it in this language: words, amounts, days."""
    words = rendering.load("", language)["words"].get(name, {})
    parts = value.split(", ")
    if all(part in words for part in parts):
        return ", ".join(words[part] for part in parts)
    if language != "nl":
        return value
    if (name in _AMOUNTS or name.startswith("amount_")) and re.fullmatch(_AMOUNT, value):
        return rendering.number(value, language)
    return rendering.moment(value, language) if name in {"date", "until"} else value


@cache
def _catalogue(language: str) -> Mapping[str, Entry]:
    return {
        code: Entry(code=code, **fields)
        for code, fields in rendering.load("", language).items()
        if code != "words"
    }
