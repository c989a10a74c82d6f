"""The catalogue of errors: for each code a text that says what happened, why and what to do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

from koppeling.core import rendering
from koppeling.core.problems import Problem

ERROR, WARNING, NOTICE, INTERNAL = "error", "warning", "notice", "internal"

_AMOUNT = re.compile(r"(?:(?P<currency>[A-Z]{3}) )?(?P<number>-?\d+(?:\.\d+)?)")
_AMOUNTS = frozenset({"sum", "total", "size", "pct_qm", "pct_exact"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One code in one language. `level` is error, warning, notice, or internal (ours to mend).

    `title`, `cause` and `cure` say what happened, why, and what to do; `who` has to do it.
    `literal` names values that are shown as the other system has them. A warning that is still open
    after `error_after_hours` counts as an error, and `late_who` has to act from then on.
    """

    code: str
    level: str
    retry: str
    who: str
    title: str
    cause: str
    cure: str
    literal: Sequence[str] = ()
    error_after_hours: int | None = None
    late_who: str = ""

    @property
    def text(self) -> str:
        """The whole text."""
        return f"{self.title} {self.cause} {self.cure}"

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the values that the texts ask for."""
        return rendering.placeholders(self.text)


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
    return _render(code, "title", language, values)


def cause(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return why it happened, and what it means."""
    return _render(code, "cause", language, values)


def cure(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return what to do; *words between stars* are buttons and menus."""
    return _render(code, "cure", language, values)


def who(code: str, language: str) -> str:
    """Return who has to do it."""
    return rendering.fill(_words(language)["who"][entry(code, language).who], {})


def text(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the whole text, title first."""
    return f"{title(code, language, values)} {body(code, language, values)}"


def body(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the text without its title, for readers that show the title apart."""
    return f"{cause(code, language, values)} {cure(code, language, values)}"


def shown(code: str, language: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return values as people write them in this language; what has no word is left out."""
    literal = entry(code, language).literal
    found = {
        name: value if name in literal else _shown(name, value, language)
        for name, value in values.items()
    }
    known = {name: value for name, value in found.items() if value}
    if "reason" in known:
        known["reason"] = _sentence(known.pop("reason"), known)
    return known


def _sentence(template: str, known: Mapping[str, str]) -> str:
    """Return the sentence that is a value, filled with the others; empty when it lacks one."""
    asked = rendering.placeholders(rendering.chosen(template, known))
    return rendering.fill(template, known) if asked <= set(known) else ""


def _render(code: str, part: str, language: str, values: Mapping[str, str]) -> str:
    template: str = getattr(entry(code, language), part)
    return rendering.fill(template, shown(code, language, values))


def _shown(name: str, value: str, language: str) -> str:
    """Return a value in words, or as people write it; empty where there should be a word."""
    words = _words(language).get(name)
    if words is not None:
        found = [words.get(part, "") for part in value.split(", ")]
        return ", ".join(found) if all(found) else ""
    if name in _AMOUNTS or name.startswith("amount_"):
        return _amount(value, language)
    match name:
        case "date" | "until":
            return rendering.moment(value, language)
        case "period":
            return rendering.month(value, language)
        case "line":
            return _words(language)["and"]["lines"].join(value.rsplit(", ", 1))
        case _:
            return value


def _amount(value: str, language: str) -> str:
    found = _AMOUNT.fullmatch(value)
    if found is None:
        return value
    if found["currency"] is None:
        return rendering.number(found["number"], language)
    return rendering.amount(Decimal(found["number"]), found["currency"], language)


def _words(language: str) -> Mapping[str, Mapping[str, str]]:
    words: Mapping[str, Mapping[str, str]] = rendering.load("", language)["words"]
    return words


@cache
def _catalogue(language: str) -> Mapping[str, Entry]:
    return {
        code: Entry(code=code, **fields)
        for code, fields in rendering.load("", language).items()
        if code != "words"
    }
