"""A month, and the sales entries that a journal in Exact shows in it."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, Self

from koppeling.core.ids import ExactId


@dataclass(frozen=True, slots=True)
class Period:
    """One month, such as 2026-11."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a month.

        Raises:
            ValueError: it is no month; the message shows how to write one.
        """
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            first = date.min
        if first.year in {date.min.year, date.max.year}:  # around them are no other months
            raise ValueError(f"{text!r} is no month; write it as 2026-11")
        return cls(first.year, first.month)

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month that holds a day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """The first day of the next month."""
        return date(self.year + self.month // 12, self.month % 12 + 1, 1)

    def holds(self, day: date | None) -> bool:
        """Say whether a day lies in it."""
        return day is not None and self.first <= day < self.after

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A sales entry as the journal shows it; the amount includes VAT, `lines` may be unknown."""

    id: ExactId
    number: str
    your_ref: str
    currency: str
    amount: Decimal
    lines: int | None = None
    customer: str = ""


class JournalReader(Protocol):
    """The journals of one administration."""

    def entries(self, journal: str, period: Period, *, lines: bool) -> Iterator[JournalRow]:
        """Return the entries of a month; `lines` asks for the number of their lines too."""

    def has_entry(self, entry: ExactId) -> bool:
        """Say whether an entry with this id exists in some journal, in some month."""
