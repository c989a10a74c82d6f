"""The contract of the invoice document: what QicsMilestones may put in the inbox (5.1)."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NoReturn

from koppeling.core.errors import Reject

if TYPE_CHECKING:
    from fastjsonschema import JsonSchemaValueException

MAX_BYTES = 1_000_000
SCHEMA = "invoice.schema.json"
NUMBER_LENGTH = 30

# What went wrong, in words for whoever helps the bookkeeper; the field is named beside it
REASONS = {
    "pattern": "not in the agreed form",
    "format": "no such date or time",
    "anyOf": "not in the agreed form",
    "type": "of another kind than agreed",
    "const": "another value than agreed",
    "enum": "none of the agreed values",
    "minLength": "empty",
    "maxLength": "too long",
    "minItems": "empty",
    "maxItems": "too many",
    "minimum": "too low",
    "maximum": "too high",
    "required": "missing",
    "additionalProperties": "unknown",
}


def check(document: bytes) -> Mapping[str, Any]:
    """Parse an invoice document and hold it against the contract.

    Raises:
        Reject: a corrected document has to come.
    """
    from fastjsonschema import (  # noqa: PLC0415 - only the push needs it: keeps imports short (P9)
        JsonSchemaValueException,
    )

    if len(document) > MAX_BYTES:
        raise _not_valid("document", "larger than 1 MB")
    content = _parse(document)
    try:
        return _validator()(content)
    except JsonSchemaValueException as finding:
        field, reason = _explain(finding)
        raise _not_valid(field, reason, _number(content)) from finding


def is_date(text: str) -> bool:
    """Say whether a text names a day that exists; the pattern alone allows 30 February."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_moment(text: str) -> bool:
    """Say whether a text names a moment that exists."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _validator() -> Callable[[object], Mapping[str, Any]]:
    """Compile the schema, once per process.

    The compiler reads it as draft 7, which for the words of this schema says the same as 2020-12.
    """
    from fastjsonschema import compile as compile_schema  # noqa: PLC0415 - see check

    text = (files("koppeling.push") / SCHEMA).read_text(encoding="utf-8")
    formats = {"date": is_date, "date-time": is_moment}
    validator: Callable[[object], Mapping[str, Any]]
    validator = compile_schema(json.loads(text), formats=formats)
    return validator


def _parse(document: bytes) -> object:
    try:
        content: object = json.loads(
            document.decode("utf-8"),
            parse_float=_no_float,
            parse_constant=_no_float,
            object_pairs_hook=_no_doubles,
        )
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as failure:
        raise _not_valid("document", f"no proper JSON: {type(failure).__name__}") from failure
    return content


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is a float; amounts are texts")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return content


def _explain(finding: "JsonSchemaValueException") -> tuple[str, str]:
    """Return the field that is wrong and why, without the value: it may be personal."""
    field = ".".join(str(part) for part in finding.path[1:])
    value, rule = finding.value, str(finding.rule)
    names: list[str] = []
    if rule == "required":
        names = [name for name in finding.rule_definition if name not in value]
    if rule == "additionalProperties":
        names = sorted(set(value) - set(finding.definition["properties"]))
    if names:
        field = ".".join(part for part in (field, str(names[0])[:60]) if part)
    return field or "document", REASONS.get(rule, rule)


def _number(content: object) -> str:
    number = content.get("invoice_number") if isinstance(content, dict) else None
    return number[:NUMBER_LENGTH] if isinstance(number, str) else ""


def _not_valid(field: str, reason: str, invoice: str = "") -> Reject:
    named = {"invoice": invoice} if invoice else {}
    return Reject("invoice-not-valid", f"{field}: {reason}", field=field, reason=reason, **named)
