"""One invoice as a list shows it, and the port that finds the invoices of a month."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period


class Standing(StrEnum):
    """Where an invoice stands, in the words of a bookkeeper.

    `offered`: on its way. `booked`: in Exact, with its PDF or without one that is wanted.
    `booked-without-pdf`: in Exact, and its PDF is wanted and not there yet. `waiting`: a person has
    to mend or decide something, also when it is booked. `uncertain`: the outcome of a call is not
    known yet. `skipped`: it becomes no entry, by its nature or because a person said so.
    """

    OFFERED = "offered"
    BOOKED = "booked"
    BOOKED_WITHOUT_PDF = "booked-without-pdf"
    WAITING = "waiting"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice in a list.

    `debtor` is its number and name; `code` says why it waits or was skipped. `invoice_date` is
    empty for an invoice of an earlier release whose document was not read since.
    """

    number: str
    standing: Standing
    amount: Decimal
    currency: str
    invoice_date: date | None = None
    debtor: str = ""
    entry_number: str = ""
    code: str = ""


class InvoiceList(Protocol):
    """The invoices of a connection, found without reading all of them."""

    def of_month(self, connection: ConnectionId, period: Period) -> list[InvoiceRow]:
        """Return the invoices with a date in a month, by number."""

    def starting_with(
        self, connection: ConnectionId, number: str, limit: int = 50
    ) -> list[InvoiceRow]:
        """Return the invoices whose number begins so, by number."""

    def numbered(self, connection: ConnectionId, numbers: Iterable[str]) -> list[InvoiceRow]:
        """Return the invoices with these numbers, those that exist, by number."""
