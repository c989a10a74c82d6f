"""Comparisons with Exact that a person asks for on a page, as messages of the round queue.

The page answers at once; the watch, which may read the books, finds out and keeps the answer.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period

_ASKED = "compare"
FRIDAY, SATURDAY = 4, 5
_WORKING_DAYS = frozenset({1, 3})


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """A month is to be compared with the journal."""

    connection: ConnectionId
    period: Period

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        return {_ASKED: "month", "connection": self.connection, "period": str(self.period)}


@dataclass(frozen=True, slots=True)
class EntryAsked:
    """An entry is to be compared with an invoice."""

    connection: ConnectionId
    number: str
    entry_number: str

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        names = {"connection": self.connection, "number": self.number, "entry": self.entry_number}
        return {_ASKED: "entry", **names}


def due(day: date) -> list[Period]:
    """Return the months that are compared by themselves on a day.

    The month before on the first and third working day of a month, the present one on Fridays.
    """
    month = Period.of(day)
    days = (month.first + timedelta(days=ahead) for ahead in range(day.day))
    working = [each for each in days if each.weekday() < SATURDAY]
    found: list[Period] = []
    if day.weekday() < SATURDAY and len(working) in _WORKING_DAYS:
        found.append(Period.of(month.first - timedelta(days=1)))
    if day.weekday() == FRIDAY:
        found.append(month)
    return found


def asked_in(body: str) -> MonthAsked | EntryAsked | None:
    """Parse a body; None for one that asks for no comparison."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"compare": "month", "connection": str(connection), "period": str(period)}:
            try:
                return MonthAsked(ConnectionId(connection), Period.parse(period))
            except ValueError:
                return None
        case {
            "compare": "entry",
            "connection": str(connection),
            "number": str(number),
            "entry": str(entry),
        }:
            return EntryAsked(ConnectionId(connection), number, entry)
        case _:
            return None
