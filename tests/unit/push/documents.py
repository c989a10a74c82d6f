"""Documents with a change in them, and what the contract and its schema say of them."""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import (  # type: ignore[import-untyped]  # its stubs are not among our packages
    Draft202012Validator,
    FormatChecker,
)

from koppeling.core.errors import Reject
from koppeling.push.contract import check
from koppeling.push.schema import is_iso
from tests.unit.push.world import example

type Change = Callable[[dict[str, Any]], object]


def line(document: dict[str, Any]) -> dict[str, Any]:
    """Return the first line."""
    first: dict[str, Any] = document["lines"][0]
    return first


def broken(change: Change) -> dict[str, Any]:
    """Return the example with a change."""
    document = example()
    change(document)
    return document


def encoded(document: object) -> bytes:
    """Return a document as it lies in the inbox."""
    return json.dumps(document).encode()


@cache
def validator() -> Draft202012Validator:
    """Return a validator of the published schema that goes by the letter of the draft."""
    text = (files("koppeling.push") / "invoice.schema.json").read_text(encoding="utf-8")
    formats = FormatChecker(formats=())
    formats.checks("date")(lambda value: not isinstance(value, str) or is_iso(date, value))
    formats.checks("date-time")(lambda value: not isinstance(value, str) or is_iso(datetime, value))
    return Draft202012Validator(json.loads(text), format_checker=formats)


def schema_says(document: object) -> bool:
    """Say whether the published schema allows a document."""
    return bool(validator().is_valid(document))


def contract_says(document: object) -> bool:
    """Say whether a document can be booked."""
    try:
        check(encoded(document))
    except Reject:
        return False
    return True
