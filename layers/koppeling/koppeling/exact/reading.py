"""Rows of a look-up: one that cannot be read may be the one looked for, so nothing is known then.

A pull parks such a record and goes on. A look-up decides about an invoice or an administration, and
what it cannot read is neither found nor absent: it is asked again later.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from koppeling.core.errors import Retry
from koppeling.exact.client import UNAVAILABLE
from koppeling.pull.entities.fields import (
    MOST_DIGITS,
    Fields,
    UnreadableFieldError,
    check_fields,
)

type Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What rows of an endpoint must hold: fields of a kind, and those that may not be empty."""

    fields: Fields
    required: frozenset[str]

    def check(self, row: Row) -> None:
        """Look at a row.

        Raises:
            UnreadableFieldError: a field is empty that may not be, or is of another kind.
        """
        check_fields(row, self.fields)
        for name in self.required:
            if row.get(name) in (None, ""):
                raise UnreadableFieldError(name, row.get(name))


def readable[T](endpoint: str, rows: Iterable[Row], read: Callable[[Row], T]) -> list[T]:
    """Return what `read` makes of each row.

    Raises:
        Retry: a row cannot be read.
    """
    try:
        return [read(row) for row in rows]
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise Retry(UNAVAILABLE, f"a row that cannot be read on {endpoint}") from error


def whole(value: object) -> int:
    """Return a whole number, which comes as text or number.

    Raises:
        ValueError: it is none, or so long that its digits would fill the memory.
    """
    number = Decimal(str(value))
    if not number.is_finite() or number.adjusted() > MOST_DIGITS:
        raise ValueError("no number of Exact is that long")
    return int(number)
