"""Texts for people: read from `messages/`, filled with values, written as people write them."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from koppeling.core.clock import AMSTERDAM

LANGUAGES = ("nl", "en")
PRODUCT = "QicsMilestones"  # the supplier may rename it (M3); nothing else holds the name
UNKNOWN = "…"
_SYMBOLS = {"EUR": "€"}

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


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


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a text with its values and a capital; a missing or empty value shows as an ellipsis.

    `{qm}` is the name of QicsMilestones. Braces in a value stay as they are.
    """
    known = {**values, "qm": PRODUCT}
    filled = _PLACEHOLDER.sub(lambda match: known.get(match[1]) or UNKNOWN, template)
    return filled[:1].upper() + filled[1:]


def number(value: str, language: str) -> str:
    """Return a decimal number as people write it."""
    return value.replace(".", ",") if language == "nl" else value


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
    thousands, decimals = (".", ",") if language == "nl" else (",", ".")
    digits = f"{abs(value):,}".translate({ord(","): thousands, ord("."): decimals})
    sign = "-" if value < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency, currency)}\u00a0{digits}"


def count(value: int, language: str) -> str:
    """Return a whole number with its thousands apart."""
    return f"{value:,}".replace(",", "." if language == "nl" else ",")
