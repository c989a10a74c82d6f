"""Values as they travel: what is accepted on input, and the one form in which it is kept (M14).

Records are kept as they will be sent (M54), so that reading costs nothing: int64 and decimals as
text, booleans bare, enums by name, days without zone, stamps in UTC.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.sandbox.qics_milestones.errors import invalid
from tests.sandbox.qics_milestones.schema import Field, Kind

_INTEGER = re.compile(r"-?\d{1,19}")
_DAY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_INT32, _INT64 = 2**31, 2**63


def kept(field: Field, value: Any, *, long_text: str) -> Any:  # noqa: ANN401 - JSON comes and goes
    """Return the value in the form in which it is kept, or refuse it.

    Raises:
        RefusedError: 400, the value is not one that this field takes.
    """
    if value is None:
        return None
    taken = _READERS[field.kind](value)
    if taken is None or (field.values and taken not in field.values):
        raise invalid(f"The value is not valid for {field.name}.", field.name)
    if field.max_length is not None and len(taken) > field.max_length:
        return _cut(field, taken, field.max_length, long_text)
    return taken


def _cut(field: Field, taken: str, length: int, long_text: str) -> str:
    # M56: QM uses the first 50 characters of a name; a tenant that refuses instead is a switch.
    if long_text == "refuse":
        raise invalid(f"The field {field.name} holds at most {length} characters.", field.name)
    return taken[:length]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: object, limit: int) -> int | None:
    # M14: text or an integer; a number with a point came through a float and is refused.
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    if isinstance(value, str) and not _INTEGER.fullmatch(value):
        return None
    return int(value) if -limit <= int(value) < limit else None


def _integer(value: object) -> int | None:
    return _whole(value, _INT32)


def _int64(value: object) -> str | None:
    whole = _whole(value, _INT64)
    return None if whole is None else str(whole)


def _decimal(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        return decimal_text(Decimal(value))
    except InvalidOperation:
        return None


def decimal_text(number: Decimal) -> str | None:
    """Return a decimal as QM writes it: no exponent, no trailing zeros; None when not finite."""
    if not number.is_finite():
        return None
    plain = f"{number:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _day(value: object) -> str | None:
    # M15: date-times of the calendar have no zone.
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


def _stamp(value: object) -> str | None:
    # M15: stamps of events are UTC with +00:00.
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(UTC).isoformat()


def _json(value: object) -> object:
    return value


_READERS: dict[Kind, Callable[[object], Any]] = {
    Kind.TEXT: _text,
    Kind.ENUM: _text,
    Kind.BOOL: _bool,
    Kind.INTEGER: _integer,
    Kind.INT64: _int64,
    Kind.DECIMAL: _decimal,
    Kind.DAY: _day,
    Kind.STAMP: _stamp,
    Kind.JSON: _json,
}
