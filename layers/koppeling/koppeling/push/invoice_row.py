"""One invoice as a list shows it, and the port that finds the invoices of a month.

A row follows from the outbox item alone, so that it is written with it and never says anything
else. What a list shows may be a second old; the page of one invoice reads the item itself.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import ENTRY_GONE
from koppeling.push.journal import Period
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.sales_entry import DIFFERS


class Standing(StrEnum):
    """Where an invoice stands, in the words of a bookkeeper.

    `offered`: on its way, also while its call runs. `booked`: in Exact, with its PDF or without one
    that is wanted. `booked-without-pdf`: in Exact, and its PDF is wanted and not there yet.
    `waiting`: a person has to mend or decide something, also when it is booked. `uncertain`: the
    outcome of a call is not known yet. `skipped`: it becomes no entry, by its nature or because a
    person said so.
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


_BESIDE_A_PDF = {State.ENTRY, State.DOCUMENT, State.ATTACHED}


def standing_of(item: OutboxItem) -> Standing:
    """Return where an invoice stands."""
    if item.is_skipped_without_entry or item.is_passed_over:
        return Standing.SKIPPED
    if item.state is State.REJECTED:
        return Standing.SKIPPED if item.is_skipped else Standing.WAITING
    if item.state is State.UNKNOWN:
        return Standing.UNCERTAIN
    if not item.is_booked:
        return Standing.OFFERED
    if _waits_though_booked(item):
        return Standing.WAITING
    return Standing.BOOKED_WITHOUT_PDF if item.state in _BESIDE_A_PDF else Standing.BOOKED


def row_of(item: OutboxItem) -> InvoiceRow:
    """Return an invoice as lists show it."""
    return InvoiceRow(
        item.number,
        standing_of(item),
        item.amount_incl,
        item.currency,
        invoice_date=item.dated or item.entry_date,
        debtor=debtor_of(item.debtor, item.debtor_name),
        entry_number=item.entry_number or "",
        code=_code_of(item),
    )


def debtor_of(number: str, name: str) -> str:
    """Return what a list shows of a debtor."""
    return " ".join(part for part in (number, name) if part)


def period_of(item: OutboxItem) -> Period | None:
    """Return the month in which an invoice is listed: that of its date, booked or not."""
    return None if item.day is None else Period.of(item.day)


def _waits_though_booked(item: OutboxItem) -> bool:
    return item.is_gone or bool(item.differences or item.message)


def _code_of(item: OutboxItem) -> str:
    """Return why it waits or was skipped; empty for any other invoice."""
    standing = standing_of(item)
    if standing is Standing.SKIPPED:
        return ENTRY_GONE if item.is_skipped_without_entry else item.code or ""
    if standing is not Standing.WAITING:
        return ""
    if item.is_gone:
        return ENTRY_GONE
    return item.code or (DIFFERS if item.differences else "")
