"""The contract of the invoice document that QicsMilestones puts in the inbox."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from koppeling.core.errors import Reject
from koppeling.push.invoice_checks import not_valid
from koppeling.push.numbers import NUMBER_LENGTH
from koppeling.push.schema import LONGEST_NAME, Fault, booking_validator, fault_of, walk

MAX_BYTES = 1_000_000


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
        raise not_valid("large", f"{len(document)} bytes")
    content = _parse(document)
    try:
        checked: Mapping[str, Any] = booking_validator()(content)
    except JsonSchemaValueException as finding:
        raise _refusal(_better(fault_of(finding), content), content) from finding
    return checked


def _better(fault: Fault, content: object) -> Fault:
    """Return what a person would call it: the totals of a credit note have the form of amounts."""
    totals = isinstance(content, Mapping) and content.get("kind") == "credit"
    if totals and fault.field.startswith("totals.") and fault.reason == "pattern":
        return replace(fault, reason="credit")
    return fault


def _refusal(fault: Fault, content: object) -> Reject:
    return not_valid(
        fault.reason,
        fault.detail,
        **_named(content),
        field=fault.field,
        line=fault.line,
        name=fault.name,
    )


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
        raise _unreadable(failure, document) from failure
    return content


class _Inexact:
    """A number that a program may have rounded: amounts are texts."""

    def __init__(self, _text: str) -> None:
        """Forget the number: no field of the contract may hold it."""


class _ContractError(ValueError):
    """JSON that no field of the contract can hold; `reason` and `name` say what and where."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(f"{reason} {name}")
        self.reason, self.name = reason, name[:LONGEST_NAME]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, value in pairs:
        if isinstance(value, _Inexact):
            raise _ContractError("number", name)
        if name in content:
            raise _ContractError("double", name)
        content[name] = value
    return content


def _unreadable(failure: Exception, document: bytes) -> Reject:
    """Return the refusal of a file that is no JSON, by its line where that is known."""
    detail = f"no proper JSON: {type(failure).__name__}"
    match failure:
        case json.JSONDecodeError():
            row, column = str(failure.lineno), str(failure.colno)
            return not_valid("syntax", detail, row=row, column=column)
        case UnicodeDecodeError():
            row = str(document.count(b"\n", 0, failure.start) + 1)
            return not_valid("encoding", detail, row=row)
        case _ContractError():
            return not_valid(failure.reason, str(failure), field=_field_named(failure.name))
        case _:
            return not_valid("syntax", detail)


def _field_named(name: str) -> str:
    """Return the first field of the schema with this name; empty when there is none."""
    paths = (path for path, _, _ in walk())
    return next((path for path in paths if re.split(r"\W+", path)[-1] == name), "")


def _named(content: object) -> dict[str, str]:
    number = content.get("invoice_number") if isinstance(content, dict) else None
    return {"invoice": number[:NUMBER_LENGTH]} if isinstance(number, str) and number else {}
