"""The texts of the pages, in the language of the browser."""

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from koppeling.core.catalogue import LANGUAGES, PRODUCT
from koppeling.core.schedule import AMSTERDAM

_WEIGHT = re.compile(r"\s*q=(0(?:\.\d{1,3})?|1(?:\.0{1,3})?)\s*")
SYSTEMS = {"exact": "Exact Online", "milestones": PRODUCT}


def language_of(accepted: str) -> str:
    """Return the language that a browser likes best of those there are; Dutch when it is unsure."""
    best, weight = LANGUAGES[0], 0.0
    for each in accepted.split(","):
        tag, _, rest = each.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        found = _WEIGHT.fullmatch(rest)
        liking = float(found[1]) if found else 1.0
        if language in LANGUAGES and liking > weight:
            best, weight = language, liking
    return best


def texts(language: str) -> Mapping[str, Any]:
    """Return all texts of a language."""
    return _file(language)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its values; the page escapes what comes out."""
    given = {"qm": PRODUCT, **values}
    return re.sub(r"\{(\w+)\}", lambda found: given.get(found[1], "…"), text)


def day(moment: str, language: str) -> str:
    """Return the day of a moment as people write it."""
    local = datetime.fromisoformat(moment).astimezone(AMSTERDAM)
    return f"{local.day} {texts(language)['months'][local.month - 1]} {local.year}"


@cache
def _file(language: str) -> Mapping[str, Any]:
    path = files("koppeling") / "messages" / f"login.{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
