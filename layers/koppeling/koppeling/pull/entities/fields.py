"""Fields of a row of Exact: what each may hold, looked at before a mapping uses it.

A mapping may then rely on it: a text is a text, a day a day. A value of another kind is a fault of
one record, which waits with a problem that names the field.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from koppeling.core.text import clean, cut
from koppeling.pull.entities.days import day_of

# Longer than any code of Exact, and short enough for the key of a stored item
LONGEST_CODE = 100
# So many digits before or behind the point: a larger exponent would fill the memory
MOST_DIGITS = 30
# X90: an Int64. A higher one would move the cursor to where nothing comes any more
LAST_TIMESTAMP = 2**63 - 1
LONGEST_SHOWN = 60


class FieldKind(StrEnum):
    """What a field of Exact holds."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    FLAG = "flag"
    NUMBER = "number"
    ID = "id"
    REFERENCE = "reference"  # the ID of another record, or nothing
    TIMESTAMP = "timestamp"


type Fields = Mapping[str, FieldKind]

LISTED: Fields = {"ID": FieldKind.ID}
SYNCED: Fields = {**LISTED, "Timestamp": FieldKind.TIMESTAMP}


def of_kind(kind: FieldKind, *names: str) -> Fields:
    """Return fields of one kind."""
    return dict.fromkeys(names, kind)


class UnreadableFieldError(ValueError):
    """A field holds a value of another kind."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(field)
        self.field = field
        self.value = shown(value)


def shown(value: object) -> str:
    """Return the beginning of a value, for a person who has to find it in Exact."""
    return cut(clean(value) or "", LONGEST_SHOWN)


def check_fields(row: Mapping[str, Any], fields: Fields) -> None:
    """Look at every field that a mapping may use.

    Raises:
        UnreadableFieldError: one of them holds a value of another kind.
    """
    held = row.get
    for name, kind in fields.items():
        value = held(name)
        # P10: nearly every value is empty, or a text where a text belongs
        if value is None:
            is_readable = kind not in _REQUIRED
        elif type(value) is str and kind is FieldKind.TEXT:
            continue
        else:
            is_readable = _CHECKS[kind](value)
        if not is_readable:
            raise UnreadableFieldError(name, value)


def timestamp_of(row: Mapping[str, Any]) -> int | None:
    """Return the Timestamp of a row, which comes as text or number (X71); None if unreadable."""
    held = row.get("Timestamp")
    return int(str(held)) if _is_timestamp(held) else None


def row_key(row: Mapping[str, Any]) -> str | None:
    """Return the ID of a row; None if it has none."""
    held = row.get("ID")
    return held if is_id(held) else None


def is_code(value: object) -> bool:
    """Say whether a value can be a code, and part of a key."""
    if type(value) is str and len(value) <= LONGEST_CODE and value.isascii():
        return True  # P10: nearly every code is
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    text = value.strip(" ") if isinstance(value, str) else str(value)
    return len(text) <= LONGEST_CODE and _can_be_sent(text)


def _is_text(value: object) -> bool:
    return isinstance(value, str | int | Decimal) and not isinstance(value, bool)


def _is_day(value: object) -> bool:
    try:
        day_of(value)
    except ValueError:
        return False
    return True


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    if value == "":
        return True
    try:
        number = Decimal(str(value)) if _is_text(value) else None
    except InvalidOperation:
        return False
    return number is not None and number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS


def is_id(value: object) -> bool:
    """Say whether a value can be an ID, and part of a key."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_CODE and _can_be_sent(value)


def _is_reference(value: object) -> bool:
    return value == "" or is_id(value)


def _is_timestamp(value: object) -> bool:
    if isinstance(value, str):
        is_whole = value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS
        return is_whole and int(value) <= LAST_TIMESTAMP
    return type(value) is int and 0 <= value <= LAST_TIMESTAMP


def _can_be_sent(text: str) -> bool:
    """Say whether no half of a surrogate pair is in a text."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


_REQUIRED = frozenset({FieldKind.ID, FieldKind.TIMESTAMP})
_CHECKS: Mapping[FieldKind, Callable[[object], bool]] = {
    FieldKind.TEXT: _is_text,
    FieldKind.CODE: is_code,
    FieldKind.DAY: _is_day,
    FieldKind.FLAG: _is_flag,
    FieldKind.NUMBER: _is_number,
    FieldKind.ID: is_id,
    FieldKind.REFERENCE: _is_reference,
    FieldKind.TIMESTAMP: _is_timestamp,
}
