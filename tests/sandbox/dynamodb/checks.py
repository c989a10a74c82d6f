"""What DynamoDB refuses whatever stands in a table: values, lengths of keys, paths of a call."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.sandbox.dynamodb.values import Item, Refusal, Value

# The partition first, then the place in it; bytes of UTF-8
LONGEST_KEYS = (2048, 1024)
_CLAUSE = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b")
_PATH = re.compile(r"#\w+")


def check_key(parts: Iterable[str]) -> None:
    """Refuse a key that is too long."""
    for part, longest in zip(parts, LONGEST_KEYS, strict=False):
        if len(part.encode()) > longest:
            raise Refusal("ValidationException", f"Size of a key exceeds {longest} bytes")


def check_item(item: Item) -> None:
    """Refuse an item that holds a value DynamoDB has no room for."""
    for value in item.values():
        _check_value(value)


def check_update(text: str, names: Mapping[str, str], key_names: Iterable[str]) -> None:
    """Refuse an update of a key, or of one attribute twice."""
    targets = [names[path] for path in _targets(text)]
    if {*targets} & {*key_names}:
        raise Refusal("ValidationException", "Cannot update attribute: it is part of the key")
    if len({*targets}) < len(targets):
        raise Refusal("ValidationException", "Two document paths overlap with each other")


def check_query(text: str, asked: Mapping[str, Any], key_names: Iterable[str]) -> None:
    """Refuse a query by an attribute outside the key, and a consistent read of an index."""
    named = {asked["ExpressionAttributeNames"][path] for path in _PATH.findall(text)}
    if named - {*key_names}:
        raise Refusal("ValidationException", "Query key condition not supported")
    if asked.get("IndexName") and asked.get("ConsistentRead"):
        raise Refusal("ValidationException", "Consistent reads are not supported on indexes")


def _check_value(value: Value) -> None:
    ((kind, raw),) = value.items()
    if kind in {"SS", "NS", "BS"} and not raw:
        raise Refusal("ValidationException", "A set may not be empty")
    for number in {"N": [raw], "NS": raw}.get(kind, ()):
        _check_number(number)
    if kind == "M":
        check_item(raw)
    if kind == "L":
        for each in raw:
            _check_value(each)


def _check_number(text: str) -> None:
    try:
        is_number = Decimal(text).is_finite()
    except InvalidOperation:
        is_number = False
    if not is_number:
        raise Refusal("ValidationException", f"Cannot convert {text} to a numeric value")


def _targets(text: str) -> Iterable[str]:
    """Return the attributes that an update writes, as placeholders."""
    _, *parts = _CLAUSE.split(text)
    for clause, body in zip(parts[::2], parts[1::2], strict=True):
        found = re.findall(r"(#\w+)\s*=", body) if clause == "SET" else _PATH.findall(body)
        yield from found
