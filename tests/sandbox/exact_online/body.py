"""Reads the body of a POST: what is unknown or read-only is ignored without a word (X111)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from tests.sandbox.exact_online.errors import RequestError
from tests.sandbox.exact_online.fields import Fields, Property
from tests.sandbox.exact_online.values import Row

INVALID_STREAM = (  # X66
    "Error processing request stream. The request should be a valid top-level resource object."
)


def read_body(raw: bytes) -> dict[str, object]:
    """Return the JSON object of a POST.

    Raises:
        RequestError: it is no JSON, an array, or something else that is no object (X66).
    """
    try:
        body = json.loads(raw, parse_float=Decimal)
    except ValueError as error:
        raise RequestError(INVALID_STREAM) from error
    if not isinstance(body, dict):
        raise RequestError(INVALID_STREAM)
    return body


def writable(body: dict[str, object], fields: Fields) -> Row:
    """Return what the endpoint takes over from the body, as typed values.

    Raises:
        RequestError: a value that cannot be a value of its property.
    """
    taken: Row = {}
    for name, value in body.items():
        about = fields.properties.get(name)
        if about is not None and about.writable and value is not None:
            taken[name] = _converted(value, about)
    return taken


def typed(body: dict[str, object], fields: Fields) -> Row:
    """Return every value of the body as a value of its property, read-only ones included.

    Raises:
        RequestError: an unknown property, or a value that cannot be one.
    """
    unknown = sorted(set(body) - set(fields.properties))
    if unknown:
        raise RequestError(f"unknown properties: {', '.join(unknown)}")
    return {
        name: None if value is None else _converted(value, fields.properties[name])
        for name, value in body.items()
    }


def _converted(value: object, about: Property) -> object:
    convert = _CONVERSIONS.get(about.type)
    if convert is None:
        return value
    try:
        return convert(value)
    except (ValueError, TypeError, InvalidOperation) as error:
        name = about.type.removeprefix("Edm.")
        raise RequestError(
            "Error processing request stream. Error encountered in converting the value from"
            f" request payload for property '{about.name}' to type '{name}'"
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _guid(value: object) -> str:
    """X74: what is referred to by GUID is no code."""
    return str(UUID(_text(value)))


def _date(value: object) -> datetime:
    """X69: a date or a date with a time; a trailing Z is read as wall clock too."""
    return datetime.fromisoformat(_text(value).removesuffix("Z")).replace(tzinfo=UTC)


def _number(value: object) -> Decimal:
    """X70: a number; a string that holds one is accepted."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise TypeError("no number")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("no finite number")
    return number


def _integer(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError("no whole number")
    return int(number)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("no boolean")
    return value


def _items(value: object) -> list[dict[str, object]]:
    items = value.get("results") if isinstance(value, dict) else value
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TypeError("no collection")
    return items


_CONVERSIONS: dict[str, Callable[[object], object]] = {
    "Edm.String": _text,
    "Edm.UTF8CodeString": _text,
    "Edm.Binary": _text,
    "Edm.Guid": _guid,
    "Edm.DateTime": _date,
    "Edm.Double": _number,
    "Edm.Int16": _integer,
    "Edm.Int32": _integer,
    "Edm.Int64": _integer,
    "Edm.Byte": _integer,
    "Edm.Boolean": _boolean,
    "Edm.Collection": _items,
}
