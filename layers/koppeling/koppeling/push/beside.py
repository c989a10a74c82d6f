"""An entry in Exact beside an invoice: what a person sees before saying that they belong together.

The entry has to carry the number of the invoice as its your-reference, as the delivery wants it.
"""

from dataclasses import dataclass
from datetime import datetime

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import Connections
from koppeling.core.rendering import amount, moment
from koppeling.push.asked import EntryAsked
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import Books, KeepsEntries, OpenBooks, Outbox
from koppeling.push.sales_entry import EntryCard, fingerprint
from koppeling.push.terms import Terms

LINKED, OTHER_CUSTOMER = "linked", "other-customer"
_LANGUAGE = "nl"
_HAS, _HAS_NOT = "ja", "nee"


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """One part of both, as people read it; `name` is its key in the texts of the page."""

    name: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class ComparedEntry:
    """What was found in Exact under the number of an entry; nothing without an `entry_id`.

    `objection` says why it can never be the entry of this invoice. `seen` is what the entry was
    like, so that a delivery can tell whether it still is.
    """

    entry_number: str
    at: datetime
    entry_id: str = ""
    objection: str = ""
    seen: str = ""
    parts: tuple[ComparedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryComparer:
    """Compares an entry with an invoice when a person asks for it, and keeps what it found."""

    connections: Connections
    outbox: Outbox
    books: OpenBooks
    kept: KeepsEntries
    now: Now

    def compare(self, asked: EntryAsked) -> bool:
        """Compare; False when there is no such connection or invoice.

        Raises:
            Consequence: Exact could not be read.
        """
        connection = self.connections.get(asked.connection)
        item = self.outbox.get(asked.connection, asked.number)
        if connection is None or item is None:
            return False
        books = self.books(connection, Terms(existing=True))
        try:
            found = self._found(asked, connection, item, books)
        finally:
            books.close()
        self.kept.keep(asked.connection, asked.number, found)
        return True

    def _found(
        self, asked: EntryAsked, connection: Connection, item: OutboxItem, books: Books
    ) -> ComparedEntry:
        cards = books.entries_with_reference(asked.number)
        card = next((each for each in cards if each.number == asked.entry_number), None)
        if card is None or card.your_ref != asked.number:
            return ComparedEntry(asked.entry_number, self.now())
        relation = books.find_customer(item.debtor) if item.debtor else None
        is_theirs = relation is not None and relation.id == card.customer
        objection = "" if is_theirs else OTHER_CUSTOMER
        if owner_of(self.outbox, asked.connection, card.id) not in (None, asked.number):
            objection = LINKED
        documents = books.documents_of_entry(card.id)
        has_pdf = any(books.attachments_of_document(each.id) for each in documents)
        return ComparedEntry(
            asked.entry_number,
            self.now(),
            entry_id=card.id,
            objection=objection,
            seen=fingerprint(card),
            parts=_parts(connection, item, card, is_theirs=is_theirs, has_pdf=has_pdf),
        )


def owner_of(outbox: Outbox, connection: ConnectionId, entry: ExactId) -> str | None:
    """Return the number of the invoice to which an entry belongs; it reads all invoices."""
    return next((each.number for each in outbox.all(connection) if each.entry_id == entry), None)


def _parts(
    connection: Connection, item: OutboxItem, card: EntryCard, *, is_theirs: bool, has_pdf: bool
) -> tuple[ComparedPart, ...]:
    debtor = " ".join(each for each in (item.debtor, item.debtor_name) if each)
    journal = connection.sales_journal
    if item.kind == "credit":
        journal = connection.credit_journal or journal
    day = "" if item.day is None else item.day.isoformat()
    return (
        ComparedPart("customer", debtor, debtor if is_theirs else card.customer_name),
        ComparedPart("journal", journal, card.journal),
        ComparedPart(
            "date", moment(day, _LANGUAGE), moment(card.entry_date.isoformat(), _LANGUAGE)
        ),
        ComparedPart(
            "amount",
            amount(item.amount_incl, item.currency, _LANGUAGE),
            amount(card.amount_incl, card.currency or item.currency, _LANGUAGE),
        ),
        ComparedPart("reference", item.number, card.your_ref),
        ComparedPart("pdf", _HAS, _HAS if has_pdf else _HAS_NOT),
    )
