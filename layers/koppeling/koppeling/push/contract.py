"""The contract of the invoice document that QicsMilestones puts in the inbox."""

import json
from collections.abc import Mapping
from typing import Any

from koppeling.push.invoice_checks import not_valid
from koppeling.push.schema import booking_validator, explain

MAX_BYTES = 1_000_000
NUMBER_LENGTH = 30
LONGEST_NAME = 60


def check(document: bytes) -> Mapping[str, Any]:
    """Parse an invoice document and check what booking needs of it.

    Fields that booking does not need may be wrong: see `koppeling.push.schema`.

    Raises:
        Reject: it does not follow the contract; a corrected document has to come.
    """
    from fastjsonschema import (  # noqa: PLC0415 - only the push needs it (P9)
        JsonSchemaValueException,
    )

    if len(document) > MAX_BYTES:
        raise not_valid("document", "larger than 1 MB")
    content = _parse(document)
    try:
        checked: Mapping[str, Any] = booking_validator()(content)
    except JsonSchemaValueException as finding:
        field, reason = explain(finding)
        raise not_valid(field or "document", reason, **_named(content)) from finding
    return checked


def _parse(document: bytes) -> object:
    """Read JSON in UTF-8; the mark with which some programs begin a file is no part of it."""
    try:
        content: object = json.loads(
            document.decode("utf-8-sig"),
            parse_float=_Inexact,
            parse_constant=_Inexact,
            object_pairs_hook=_object,
        )
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair cannot be encoded
    except (TypeError, ValueError, RecursionError) as failure:
        raise not_valid("document", f"no proper JSON: {_why(failure, document)}") from failure
    return content


class _Inexact:
    """A number that a program may have rounded: amounts are texts."""

    def __init__(self, _text: str) -> None:
        """Forget the number: no field of the contract may hold it."""


class _ContractError(ValueError):
    """JSON that no field of the contract can hold; the message says why."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, value in pairs:
        if isinstance(value, _Inexact):
            raise _ContractError(f"{name[:LONGEST_NAME]} is a number with a point, not a text")
        if name in content:
            raise _ContractError(f"{name[:LONGEST_NAME]} stands twice in one object")
        content[name] = value
    return content


def _why(failure: Exception, document: bytes) -> str:
    """Return what is wrong with a file, by its line where that is known."""
    match failure:
        case json.JSONDecodeError():
            return f"line {failure.lineno}, position {failure.colno}"
        case UnicodeDecodeError():
            line = document.count(b"\n", 0, failure.start) + 1
            return f"line {line} is not in UTF-8"
        case _ContractError():
            return str(failure)
        case _:
            return "it holds something that cannot be read"


def _named(content: object) -> dict[str, str]:
    number = content.get("invoice_number") if isinstance(content, dict) else None
    return {"invoice": number[:NUMBER_LENGTH]} if isinstance(number, str) and number else {}
