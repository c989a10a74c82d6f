"""OData literals, read strictly: a wrong one is an error, never a guess (X52)."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from tests.sandbox.exact_online.errors import RequestError

_GUID = re.compile(r"guid'([0-9a-fA-F-]{36})'")
_DATETIME = re.compile(r"datetime'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?)'")
_STRING = re.compile(r"'((?:[^']|'')*)'")
_INT64 = re.compile(r"(-?\d+)L?")  # X91: the suffix may be absent
_INTEGER = re.compile(r"-?\d+")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)[dDmMfF]?")
_INTEGERS = {"Edm.Int32", "Edm.Int16", "Edm.Byte"}
_TEXTS = {"Edm.String", "Edm.UTF8CodeString"}

type Literal = str | int | Decimal | datetime | bool | None


def read_literal(text: str, edm_type: str) -> Literal:
    """Return the value of a literal for a property of this type.

    Raises:
        RequestError: the literal does not belong to the type (X65).
    """
    if text == "null":
        return None
    try:
        value = _read(text, edm_type)
    except ValueError as error:
        raise _unrecognised(text, edm_type) from error
    if value is None:
        raise _unrecognised(text, edm_type)
    return value


def _unrecognised(text: str, edm_type: str) -> RequestError:
    return RequestError(f"Unrecognized '{edm_type}' literal '{text}'.")


def _read(text: str, edm_type: str) -> Literal:
    if edm_type == "Edm.Boolean":
        return {"true": True, "false": False}.get(text)
    if edm_type in _TEXTS:
        match = _STRING.fullmatch(text)
        return match[1].replace("''", "'") if match else None
    return _read_number(text, edm_type) if "'" not in text else _read_quoted(text, edm_type)


def _read_quoted(text: str, edm_type: str) -> Literal:
    if edm_type == "Edm.Guid" and (match := _GUID.fullmatch(text)):
        return str(UUID(match[1]))
    if edm_type == "Edm.DateTime" and (match := _DATETIME.fullmatch(text)):
        return datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    return None


def _read_number(text: str, edm_type: str) -> Literal:
    if edm_type == "Edm.Int64" and (match := _INT64.fullmatch(text)):
        return int(match[1])
    if edm_type in _INTEGERS and _INTEGER.fullmatch(text):
        return int(text)
    if edm_type == "Edm.Double" and (match := _NUMBER.fullmatch(text)):
        return Decimal(match[1])
    return None


def write_literal(value: object, edm_type: str) -> str:
    """Write a value as a literal of the type, for keys and skip tokens (X49)."""
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return f"datetime'{value.replace(tzinfo=None).isoformat(timespec='milliseconds')}'"
    if edm_type == "Edm.Guid":
        return f"guid'{value}'"
    if edm_type == "Edm.Int64":
        return f"{value}L"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else str(value)
