"""An entry in Exact beside an invoice: what a person sees before saying that they belong together.

An entry that carries another number as its your-reference, that is of another debtor or that
belongs to another invoice can never be its entry: the delivery refuses it, and the page says why.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ports import Connections
from koppeling.core.rendering import amount, moment
from koppeling.push.asked import EntryAsked
from koppeling.push.entry_search import owner_of
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import Books, KeepsEntries, OpenBooks, Outbox
from koppeling.push.sales_entry import EntryCard, fingerprint
from koppeling.push.terms import Terms

LINKED, OTHER_CUSTOMER, OTHER_INVOICE = "linked", "other-customer", "other-invoice"
# Exact numbers its entries with whole numbers of 32 bits
_ENTRY_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
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
    like, so that a delivery can tell whether it still is; `of` is the content of the invoice.
    """

    entry_number: str
    at: datetime
    entry_id: str = ""
    objection: str = ""
    seen: str = ""
    parts: tuple[ComparedPart, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class EntryComparer:
    """Compares an entry with an invoice when a person asks for it, and keeps what it found."""

    connections: Connections
    outbox: Outbox
    books: OpenBooks
    kept: KeepsEntries
    now: Now

    def compare(self, asked: EntryAsked) -> ComparedEntry | None:
        """Compare; None when there is no such connection or invoice.

        Raises:
            Consequence: Exact could not be read.
        """
        connection = self.connections.get(asked.connection)
        item = self.outbox.get(asked.connection, asked.number)
        if connection is None or item is None:
            return None
        books = self.books(connection, Terms(existing=True))
        try:
            found = self._found(asked, connection, item, books)
        finally:
            books.close()
        self.kept.keep(asked.connection, asked.number, found)
        return found

    def _found(
        self, asked: EntryAsked, connection: Connection, item: OutboxItem, books: Books
    ) -> ComparedEntry:
        card = _meant(books, asked)
        if card is None:
            return ComparedEntry(asked.entry_number, self.now())
        relation = books.find_customer(item.debtor) if item.debtor else None
        is_theirs = relation is not None and relation.id == card.customer
        objection = "" if is_theirs else OTHER_CUSTOMER
        if card.your_ref != asked.number:
            objection = OTHER_INVOICE
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
            of=item.document_hash,
        )


def _meant(books: Books, asked: EntryAsked) -> EntryCard | None:
    """Return the entry with a number; where journals share one, that of the invoice."""
    if not _ENTRY_NUMBER.fullmatch(asked.entry_number):
        return None
    cards = books.entries_numbered(asked.entry_number)
    return max(cards, key=lambda each: each.your_ref == asked.number, default=None)


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
