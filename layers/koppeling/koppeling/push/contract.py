"""The contract of the invoice document that QicsMilestones puts in the inbox."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NoReturn

from koppeling.push.invoice_checks import not_valid

if TYPE_CHECKING:
    from fastjsonschema import JsonSchemaValueException

MAX_BYTES = 1_000_000
SCHEMA = "invoice.schema.json"
NUMBER_LENGTH = 30

# What is wrong, for whoever helps the bookkeeper; the field is named beside it
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
    """Parse an invoice document and check it against the contract.

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
        return _validator()(content)
    except JsonSchemaValueException as finding:
        field, reason = _explain(finding)
        raise not_valid(field, reason, **_named(content)) from finding


def is_iso(kind: type[date], text: str) -> bool:
    """Say whether a text names a day or moment that exists: the pattern allows 30 February."""
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _validator() -> Callable[[object], Mapping[str, Any]]:
    """Compile the schema, once per process.

    The compiler reads it as draft 7, which means the same as 2020-12 for what this schema uses.
    """
    from fastjsonschema import compile as compile_schema  # noqa: PLC0415 - see check

    text = (files("koppeling.push") / SCHEMA).read_text(encoding="utf-8")
    formats = {"date": partial(is_iso, date), "date-time": partial(is_iso, datetime)}
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
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair cannot be encoded
    except (ValueError, RecursionError) as failure:
        raise not_valid("document", f"no proper JSON: {type(failure).__name__}") from failure
    return content


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is a float; amounts are texts")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return content


def _explain(finding: "JsonSchemaValueException") -> tuple[str, str]:
    """Return which field is wrong and why, without its value, which may be personal."""
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


def _named(content: object) -> dict[str, str]:
    number = content.get("invoice_number") if isinstance(content, dict) else None
    return {"invoice": number[:NUMBER_LENGTH]} if isinstance(number, str) and number else {}
