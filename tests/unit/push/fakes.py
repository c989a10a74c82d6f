"""Ports in memory: a bucket, an outbox with conditional writes, and books that refuse nonsense."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from koppeling.core.errors import Reject, Uncertain
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.invoice import InboxDocument
from koppeling.push.outbox import Conflict, OutboxItem
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.sales_entry import CustomerCard, EntryCard, GlAccountCard, VatCodeCard
from tests.sandbox.common.clock import Clock

ENTRY_NAMES = frozenset(
    {"Journal", "Customer", "EntryDate", "DueDate", "PaymentCondition", "YourRef", "Description"}
    | {"Currency", "Rate", "SalesEntryLines"}
)
LINE_NAMES = frozenset(
    {"GLAccount", "Description", "Notes", "AmountFC", "Quantity", "VATCode", "VATAmountFC"}
    | {"CostCenter", "CostUnit", "Project"}
)


class Crash(Exception):  # noqa: N818 - the process is gone; it is no error of ours
    """The process ends here; what was done stays done."""


@dataclass(slots=True)
class Effects:
    """Counts side effects, and ends the process right after one of them."""

    done: int = 0
    crash_after: int = 0

    def happened(self) -> None:
        """Count one."""
        self.done += 1
        if self.done == self.crash_after:
            raise Crash


@dataclass(slots=True)
class FakeInbox:
    """Objects by key; each put gets a version of its own."""

    objects: dict[str, bytes] = field(default_factory=dict)
    puts: int = 0

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        self.puts += 1
        self.objects[key] = content

    def document(self, key: str) -> InboxDocument | None:
        """Read a document."""
        content = self.objects.get(key)
        return None if content is None else InboxDocument(content, f"v{self.puts}")

    def pdf(self, key: str) -> bytes | None:
        """Read a PDF."""
        return self.objects.get(key)


@dataclass(slots=True)
class FakeOutbox:
    """Items with the conditions of the real table."""

    effects: Effects
    items: dict[tuple[str, str], OutboxItem] = field(default_factory=dict)
    overtaken: bool = False

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        """Return an item."""
        return self.items.get((connection, number))

    def begin(self, item: OutboxItem) -> None:
        """Write a first item."""
        if (item.connection, item.number) in self.items:
            raise Conflict
        self._write(item)

    def move(self, before: OutboxItem, after: OutboxItem) -> None:
        """Write an item if nobody else did."""
        stored = self.items[before.connection, before.number]
        if self.overtaken or stored.version != before.version:
            raise Conflict
        self._write(after)

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        """Return every invoice of a connection."""
        return iter([item for (own, _), item in self.items.items() if own == connection])

    def _write(self, item: OutboxItem) -> None:
        self.items[item.connection, item.number] = item
        self.effects.happened()


@dataclass(frozen=True, slots=True)
class Lateness:
    """How a post is carried out: lost on the way, or carried out after a while without an answer.

    `after` None: the request never arrived.
    """

    after: timedelta | None


@dataclass(slots=True)
class FakeBooks:
    """An administration in memory; posts can be refused or lose their answer."""

    effects: Effects
    clock: Clock
    customers: dict[str, CustomerCard]
    gl_accounts: dict[str, GlAccountCard]
    vat_codes: dict[str, VatCodeCard]
    projects: dict[str, ExactId]
    entries: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    raises: dict[str, list[Exception]] = field(default_factory=dict)
    loses: dict[str, list[Lateness]] = field(default_factory=dict)
    answers_otherwise: dict[str, Any] = field(default_factory=dict)
    made: int = 0

    def close(self) -> None:
        """Nothing is shared here."""

    def find_customer(self, code: str) -> CustomerCard | None:
        """Find a relation."""
        self._called("find_customer")
        return self.customers.get(code)

    def find_gl_account(self, code: str) -> GlAccountCard | None:
        """Find a G/L account."""
        return self.gl_accounts.get(code)

    def find_vat_code(self, code: str) -> VatCodeCard | None:
        """Find a VAT code."""
        return self.vat_codes.get(code)

    def find_project(self, code: str) -> ExactId | None:
        """Find a project."""
        return self.projects.get(code)

    def entries_with_reference(self, your_ref: str) -> Sequence[EntryCard]:
        """Find entries."""
        self._called("entries_with_reference")
        return [
            EntryCard(
                id=row["EntryID"],
                number=str(row["EntryNumber"]),
                customer=row["Customer"],
                journal=row["Journal"],
                entry_date=date.fromisoformat(row["EntryDate"]),
                amount_incl=row["AmountFC"],
                customer_name=row.get("CustomerName", ""),
            )
            for row in self._there(self.entries)
            if row["YourRef"] == your_ref
        ]

    def has_entry(self, entry: ExactId) -> bool:
        """Find an entry by its id."""
        self._called("has_entry")
        return any(row["EntryID"] == entry for row in self._there(self.entries))

    def documents_of_entry(self, entry: ExactId) -> Sequence[DocumentCard]:
        """Find documents."""
        self._called("documents_of_entry")
        return [
            DocumentCard(row["ID"], row["Subject"], row["Type"])
            for row in self._there(self.documents)
            if row["FinancialTransactionEntryID"] == entry
        ]

    def attachments_of_document(self, document: ExactId) -> Sequence[AttachmentCard]:
        """Find attachments."""
        self._called("attachments_of_document")
        return [
            AttachmentCard(row["ID"], row["FileName"], row["FileSize"])
            for row in self._there(self.attachments)
            if row["Document"] == document
        ]

    def post_entry(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Book an entry, as strictly as X106 to X118 ask."""
        self._called("post_entry")
        unknown = set(body) - ENTRY_NAMES
        for line in body["SalesEntryLines"]:
            unknown |= set(line) - LINE_NAMES
            if line["GLAccount"] not in {card.id for card in self.gl_accounts.values()}:
                raise Reject("exact-rejected", message="Ongeldige referentie: Grootboekrekening")
        if unknown:
            raise Reject("exact-rejected", message=f"unknown names: {sorted(unknown)}")
        lines = body["SalesEntryLines"]
        vat = sum((line["VATAmountFC"] for line in lines), Decimal(0))
        self.made += 1
        row = {
            **body,
            "EntryID": ExactId(f"entry-{self.made}"),
            "EntryNumber": 26700000 + self.made,
            "AmountFC": sum((line["AmountFC"] for line in lines), vat),
            "VATAmountFC": vat,
            **self.answers_otherwise,
        }
        self._commit("post_entry", self.entries, row)
        return row

    def post_document(self, body: Mapping[str, Any]) -> ExactId:
        """Make a document."""
        self._called("post_document")
        document = ExactId(f"document-{len(self.documents) + 1}")
        self._commit("post_document", self.documents, {**body, "ID": document})
        return document

    def post_attachment(self, body: Mapping[str, Any]) -> AttachmentCard:
        """Put a file in a document."""
        self._called("post_attachment")
        size = len(body["Attachment"]) * 3 // 4 - body["Attachment"].count("=")
        row = {**body, "ID": ExactId(f"attachment-{len(self.attachments) + 1}"), "FileSize": size}
        row |= self.answers_otherwise
        self._commit("post_attachment", self.attachments, row)
        return AttachmentCard(row["ID"], row["FileName"], row["FileSize"])

    def _called(self, call: str) -> None:
        self.calls.append(call)
        waiting = self.raises.get(call)
        if waiting:
            raise waiting.pop(0)

    def _commit(self, call: str, rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
        lost = self.loses.get(call)
        lateness = lost.pop(0) if lost else None
        if lateness is None:
            rows.append({**row, "from": self.clock.now()})
            self.effects.happened()
            return
        if lateness.after is not None:
            rows.append({**row, "from": self.clock.now() + lateness.after})
        raise Uncertain("exact-unavailable", "no answer")

    def _there(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if row["from"] <= self.clock.now()]
