"""The books of one administration, as the push needs them: look-ups, entries, documents."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from koppeling.core.ids import ExactId
from koppeling.exact import odata
from koppeling.exact.client import ExactClient
from koppeling.exact.lookups import Lookups
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.reconciliation import JournalRow, Period
from koppeling.push.sales_entry import (
    LINES,
    CustomerCard,
    EntryCard,
    GlAccountCard,
    VatCodeCard,
    lines_shown,
)

ENTRIES = "salesentry/SalesEntries"
DOCUMENTS = "documents/Documents"
ATTACHMENTS = "documents/DocumentAttachments"
_ENTRY = (
    "EntryID",
    "EntryNumber",
    "Journal",
    "Customer",
    "CustomerName",
    "AmountFC",
    "EntryDate",
    "YourRef",
)


class ExactBooks:
    """Reads and writes sales entries and their documents. Nothing is changed or taken away."""

    def __init__(self, client: ExactClient, lookups: Lookups, share: Callable[[], None]) -> None:
        self._client = client
        self._lookups = lookups
        self._share = share

    def close(self) -> None:
        """Let the other functions know how many calls are left."""
        self._share()

    def find_customer(self, code: str) -> CustomerCard | None:
        """Return the relation with this trimmed code."""
        return self._lookups.customer(code)

    def find_gl_account(self, code: str) -> GlAccountCard | None:
        """Return the G/L account with this code."""
        return self._lookups.gl_account(code)

    def find_vat_code(self, code: str) -> VatCodeCard | None:
        """Return the VAT code with this trimmed code."""
        return self._lookups.vat_code(code)

    def find_project(self, code: str) -> ExactId | None:
        """Return the id of the project with this code."""
        return self._lookups.project(code)

    def entries_with_reference(self, your_ref: str) -> Sequence[EntryCard]:
        """Return all sales entries with this YourRef (X168)."""
        where = odata.equals("YourRef", odata.text(your_ref))
        return [_entry(row) for row in self._client.rows(ENTRIES, _ENTRY, where)]

    def has_entry(self, entry: ExactId) -> bool:
        """Say whether a sales entry with this id stands there."""
        return has_entry(self._client, entry)

    def documents_of_entry(self, entry: ExactId) -> Sequence[DocumentCard]:
        """Return the documents that hang on an entry (X126)."""
        where = odata.equals("FinancialTransactionEntryID", odata.guid(entry))
        rows = self._client.rows(DOCUMENTS, ("ID", "Subject", "Type"), where)
        return [DocumentCard(ExactId(r["ID"]), str(r["Subject"]), int(r["Type"])) for r in rows]

    def attachments_of_document(self, document: ExactId) -> Sequence[AttachmentCard]:
        """Return the files in a document (X126)."""
        where = odata.equals("Document", odata.guid(document))
        rows = self._client.rows(ATTACHMENTS, ("ID", "FileName", "FileSize"), where)
        return [_attachment(row) for row in rows]

    def post_entry(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Book an entry; returns it as Exact answered it."""
        return self._client.create(ENTRIES, body)

    def post_document(self, body: Mapping[str, Any]) -> ExactId:
        """Make a document; returns its id."""
        return ExactId(self._client.create(DOCUMENTS, body)["ID"])

    def post_attachment(self, body: Mapping[str, Any]) -> AttachmentCard:
        """Put a file in a document; returns it as Exact answered it."""
        return _attachment(self._client.create(ATTACHMENTS, body))


def has_entry(client: ExactClient, entry: ExactId) -> bool:
    """Say whether a sales entry with this id stands in an administration."""
    where = odata.equals("EntryID", odata.guid(entry))
    return bool(client.rows(ENTRIES, ("EntryID",), where))


def _entry(row: Mapping[str, Any]) -> EntryCard:
    return EntryCard(
        id=ExactId(row["EntryID"]),
        number=str(row["EntryNumber"]),
        customer=ExactId(row["Customer"]),
        journal=str(row["Journal"]).strip(),
        entry_date=date.fromisoformat(row["EntryDate"]),
        amount_incl=Decimal(str(row["AmountFC"])),
        customer_name=str(row.get("CustomerName") or ""),
    )


def _attachment(row: Mapping[str, Any]) -> AttachmentCard:
    return AttachmentCard(
        ExactId(row["ID"]), str(row["FileName"]), int(Decimal(str(row["FileSize"])))
    )


_JOURNAL_ROW = ("EntryID", "EntryNumber", "YourRef", "Currency", "AmountFC")


class ExactJournal:
    """Reads journals of one administration; nothing is written."""

    def __init__(self, client: ExactClient) -> None:
        self._client = client

    def entries(self, journal: str, period: Period, *, lines: bool) -> Iterator[JournalRow]:
        """Yield the entries of a journal whose date lies in a month, with their lines or without.

        Lines come within their entry, at no further call (X47); of Exact's own answers none shows
        yet that it allows this on sales entries, so they are left out where nobody asks for them.
        """
        days = f"EntryDate ge {odata.day(period.first)} and EntryDate lt {odata.day(period.after)}"
        where = f"{odata.equals('Journal', odata.text(journal))} and {days}"
        expand = LINES if lines else None
        for row in self._client.rows(ENTRIES, _JOURNAL_ROW, where, expand):
            yield JournalRow(
                id=ExactId(row["EntryID"]),
                number=str(row["EntryNumber"]),
                your_ref=str(row.get("YourRef") or ""),
                currency=str(row.get("Currency") or "").strip(),
                amount=Decimal(str(row["AmountFC"])),
                lines=lines_shown(row),
            )

    def has_entry(self, entry: ExactId) -> bool:
        """Say whether an entry with this id stands in some journal, in some month."""
        return has_entry(self._client, entry)
