"""Texts for people: read from `messages/`, filled with values, written as people write them."""

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from koppeling.core.clock import AMSTERDAM
from koppeling.core.currencies import decimals_of

LANGUAGES = ("nl", "en")
PRODUCT = "QicsMilestones"  # the supplier may rename it (M3); nothing else holds the name
UNKNOWN = "…"
_SYMBOLS = {"EUR": "€"}

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_EMPHASIS = re.compile(r"\*([^*]+)\*")


@cache
def load(name: str, language: str) -> Mapping[str, Any]:
    """Return the texts of one file in one language; without a name, those of the catalogue.

    Raises:
        KeyError: there is no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    file = ".".join(part for part in (name, language, "toml") if part)
    return tomllib.loads((files("koppeling") / "messages" / file).read_text(encoding="utf-8"))


def placeholders(template: str) -> frozenset[str]:
    """Return the names of the values that a text asks for."""
    return frozenset(_PLACEHOLDER.findall(template))


def chosen(template: str, known: Collection[str]) -> str:
    """Return a text with its choices made, the inner ones first.

    `[Line {line}: |]` is a choice: its first part of which all values are known stands in the text.
    Without such a part nothing does.
    """

    def choice(match: re.Match[str]) -> str:
        parts = match[1].split("|")
        return next((part for part in parts if placeholders(part) <= set(known)), "")

    while _CHOICE.search(template):
        template = _CHOICE.sub(choice, template)
    return template


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a text with its choices made, its values and a capital.

    `{qm}` is the name of QicsMilestones. A missing or empty value outside a choice shows as an
    ellipsis. Braces in a value stay as they are.
    """
    known = {name: value for name, value in values.items() if value} | {"qm": PRODUCT}
    text = chosen(template, known)
    filled = _PLACEHOLDER.sub(lambda match: known.get(match[1], UNKNOWN), text).strip()
    # A mail address is written as its owner does
    first, *_ = filled.split(maxsplit=1) or [""]
    return filled if "@" in first else filled[:1].upper() + filled[1:]


def plain(text: str) -> str:
    """Return a text without the stars around *words*, for who shows no emphasis."""
    return _EMPHASIS.sub(r"\1", text)


def number(value: str, language: str) -> str:
    """Return a decimal number as people write it: 1.234,56."""
    found = Decimal(value)
    return _digits(found, language, _decimals_written(found))


def month(value: str, language: str) -> str:
    """Return a month such as 2026-10 by its name; other text stays as it is."""
    year, _, number_of_month = value.partition("-")
    name = load("", language)["words"]["month"].get(number_of_month)
    return f"{name} {year}" if name and year.isdigit() else value


def moment(value: str, language: str) -> str:
    """Return an ISO day, or an ISO moment on the Dutch clock; other text stays as it is.

    The clock of the customer is the Dutch one in any language.
    """
    day = "%d-%m-%Y" if language == "nl" else "%Y-%m-%d"
    try:
        if len(value) == len("2026-10-31"):
            return date.fromisoformat(value).strftime(day)
        return datetime.fromisoformat(value).astimezone(AMSTERDAM).strftime(f"{day} %H:%M")
    except ValueError:
        return value


def amount(value: Decimal, currency: str, language: str) -> str:
    """Return an amount with its currency as people write it: € 1.234,56 or -€ 1.234,56."""
    sign = "-" if value < 0 else ""
    size = abs(value)
    # As many as the currency has; an amount that has more of them is not rounded
    decimals = max(decimals_of(currency), _decimals(size))
    shown = _digits(size, language, decimals)
    return f"{sign}{_SYMBOLS.get(currency, currency)}\u00a0{shown}"


def count(value: int, language: str) -> str:
    """Return a whole number with its thousands apart."""
    return f"{value:,}".replace(",", "." if language == "nl" else ",")


def _decimals(value: Decimal) -> int:
    """Return how many decimals a number needs; zeros at its end do not count."""
    return _decimals_written(value.normalize())


def _decimals_written(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _digits(value: Decimal, language: str, decimals: int) -> str:
    thousands, point = (".", ",") if language == "nl" else (",", ".")
    return f"{value:,.{decimals}f}".translate({ord(","): thousands, ord("."): point})
