"""The books of one administration: look-ups, entries, documents, and the months of a journal."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from koppeling.core.clock import Now, today
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import LookupCache
from koppeling.core.text import code_of
from koppeling.exact import odata
from koppeling.exact.client import ExactClient
from koppeling.exact.lookups import ExactLookups
from koppeling.exact.reading import Row, Shape, readable, whole
from koppeling.pull.entities.days import day_of
from koppeling.pull.entities.fields import FieldKind
from koppeling.pull.ports import LinkedRecords
from koppeling.push.journal import JournalRow, Period
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.sales_entry import LINES, EntryCard, lines_shown

ENTRIES = "salesentry/SalesEntries"
DOCUMENTS = "documents/Documents"
ATTACHMENTS = "documents/DocumentAttachments"
_ENTRY = (
    *("EntryID", "EntryNumber", "Journal", "Customer", "CustomerName"),
    *("AmountFC", "Currency", "EntryDate", "YourRef"),
)
# What must be there to tell an entry, a document or a file from others
_IDENTIFIED = Shape(
    {
        "EntryID": FieldKind.ID,
        "EntryNumber": FieldKind.CODE,
        "YourRef": FieldKind.TEXT,
        "Customer": FieldKind.REFERENCE,
        "Currency": FieldKind.TEXT,
        "AmountFC": FieldKind.NUMBER,
    },
    frozenset({"EntryNumber", "AmountFC"}),
)
_COMPARED = Shape(
    {"Journal": FieldKind.CODE, "EntryDate": FieldKind.DAY},
    frozenset({"Customer", "Journal", "EntryDate"}),
)
_DOCUMENT = Shape(
    {"ID": FieldKind.ID, "Subject": FieldKind.TEXT, "Type": FieldKind.NUMBER},
    frozenset({"Type"}),
)
_ATTACHMENT = Shape(
    {"ID": FieldKind.ID, "FileName": FieldKind.TEXT, "FileSize": FieldKind.NUMBER},
    frozenset({"FileName", "FileSize"}),
)
_DIMENSIONS = {"cost_center": "hrm/Costcenters", "cost_unit": "hrm/Costunits"}
_DIMENSION = Shape({"Code": FieldKind.CODE, "EndDate": FieldKind.DAY}, frozenset({"Code"}))
_JOURNAL_ROW = ("EntryID", "EntryNumber", "YourRef", "Customer", "Currency", "AmountFC")


class SharedLimiter(Protocol):
    """What limited the calls of these books, at their end."""

    def save(self) -> None:
        """Share how many calls are left with the other functions."""

    def proven(self) -> Collection[str]:  # pyright: ignore[reportReturnType]
        """Return the words for what these calls were allowed to do."""


class ExactBooks(ExactLookups):
    """Reads and adds sales entries and their documents. Nothing is changed or deleted."""

    def __init__(  # noqa: PLR0913 - wired once, by name, in bootstrap
        self,
        connection: ConnectionId,
        *,
        client: ExactClient,
        records: LinkedRecords,
        cache: LookupCache,
        limiter: SharedLimiter,
        logged_in_at: Callable[[], datetime | None],
        now: Now,
        anew: bool = False,
    ) -> None:
        super().__init__(connection, client, records, cache, now=now, anew=anew)
        self._limiter = limiter
        self._logged_in_at = logged_in_at

    def knows_dimension(self, kind: str, code: str) -> bool:
        endpoint = _DIMENSIONS[kind]
        where = odata.equals("Code", odata.text(code))
        rows = self._client.rows(endpoint, ("ID", "Code", "EndDate"), where)
        readable(endpoint, rows, _DIMENSION.check)
        day = today(self._now())
        ends = [day_of(row.get("EndDate")) for row in rows if code_of(row["Code"]) == code]
        return any(end is None or end >= day for end in ends)

    def close(self) -> None:
        self._limiter.save()

    def proven(self) -> Collection[str]:
        return self._limiter.proven()

    def logged_in_at(self) -> datetime | None:
        return self._logged_in_at()

    def entries_with_reference(self, your_ref: str) -> Sequence[EntryCard]:
        where = odata.equals("YourRef", odata.text(your_ref))
        return readable(ENTRIES, self._client.rows(ENTRIES, _ENTRY, where), _entry)

    def entries_numbered(self, number: str) -> Sequence[EntryCard]:
        where = odata.equals("EntryNumber", odata.whole(number))
        return readable(ENTRIES, self._client.rows(ENTRIES, _ENTRY, where), _entry)

    def has_entry(self, entry: ExactId) -> bool:
        where = odata.equals("EntryID", odata.guid(entry))
        return bool(self._client.rows(ENTRIES, ("EntryID",), where))

    def entries(self, journal: str, period: Period, *, lines: bool) -> Iterator[JournalRow]:
        """Yield the entries of a journal whose date lies in a month, with or without their lines.

        Lines come within their entry and cost no further call (X47). No answer of Exact itself has
        shown yet that it allows this on sales entries, so they are only asked for on request.
        """
        days = f"EntryDate ge {odata.day(period.first)} and EntryDate lt {odata.day(period.after)}"
        where = f"{odata.equals('Journal', odata.text(journal))} and {days}"
        rows = self._client.rows(ENTRIES, _JOURNAL_ROW, where, LINES if lines else None)
        yield from readable(ENTRIES, rows, _journal_row)

    def documents_of_entry(self, entry: ExactId) -> Sequence[DocumentCard]:
        where = odata.equals("FinancialTransactionEntryID", odata.guid(entry))
        rows = self._client.rows(DOCUMENTS, ("ID", "Subject", "Type"), where)
        return readable(DOCUMENTS, rows, _document)

    def attachments_of_document(self, document: ExactId) -> Sequence[AttachmentCard]:
        where = odata.equals("Document", odata.guid(document))
        rows = self._client.rows(ATTACHMENTS, ("ID", "FileName", "FileSize"), where)
        return readable(ATTACHMENTS, rows, _attachment)

    def post_entry(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._client.create(ENTRIES, body, _with_id("EntryID"))

    def post_document(self, body: Mapping[str, Any]) -> ExactId:
        row = self._client.create(DOCUMENTS, body, _with_id("ID"))
        return ExactId(row["ID"])

    def post_attachment(self, body: Mapping[str, Any]) -> AttachmentCard:
        return self._client.create(ATTACHMENTS, body, _attachment)


def _with_id(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a check that a record has its id: without one it shows nothing that was stored."""

    def check(row: dict[str, Any]) -> dict[str, Any]:
        if not row[name]:
            raise ValueError(f"{name} is empty")
        return row

    return check


def _entry(row: Row) -> EntryCard:
    _IDENTIFIED.check(row)
    _COMPARED.check(row)
    return EntryCard(
        id=ExactId(row["EntryID"]),
        number=str(row["EntryNumber"]),
        your_ref=str(row.get("YourRef") or ""),
        customer=ExactId(row["Customer"]),
        journal=str(row["Journal"]).strip(),
        entry_date=date.fromisoformat(row["EntryDate"][:10]),
        currency=str(row.get("Currency") or "").strip(),
        amount_incl=Decimal(str(row["AmountFC"])),
        customer_name=str(row.get("CustomerName") or ""),
    )


def _journal_row(row: Row) -> JournalRow:
    _IDENTIFIED.check(row)
    return JournalRow(
        id=ExactId(row["EntryID"]),
        number=str(row["EntryNumber"]),
        your_ref=str(row.get("YourRef") or ""),
        currency=str(row.get("Currency") or "").strip(),
        amount=Decimal(str(row["AmountFC"])),
        lines=lines_shown(row),
        customer=str(row.get("Customer") or ""),
    )


def _document(row: Row) -> DocumentCard:
    _DOCUMENT.check(row)
    return DocumentCard(ExactId(row["ID"]), str(row.get("Subject") or ""), whole(row["Type"]))


def _attachment(row: Row) -> AttachmentCard:
    _ATTACHMENT.check(row)
    return AttachmentCard(ExactId(row["ID"]), str(row["FileName"]), whole(row["FileSize"]))
