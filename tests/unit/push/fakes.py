"""The ports of the push in memory; the books refuse what Exact would refuse."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from koppeling.core.errors import Reject, Uncertain
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.journal import Period
from koppeling.push.outbox import Conflict, OutboxItem
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.sales_entry import CustomerCard, EntryCard, GlAccountCard, VatCodeCard
from tests.sandbox.common.clock import Clock

ENTRY_NAMES = frozenset(
    {"Journal", "Customer", "EntryDate", "DueDate", "PaymentCondition", "YourRef", "Description"}
    | {"Currency", "Rate", "SalesEntryLines", "EntryNumber"}
)
LINE_NAMES = frozenset(
    {"GLAccount", "Description", "Notes", "AmountFC", "Quantity", "VATCode", "VATAmountFC"}
    | {"CostCenter", "CostUnit", "Project"}
)


class Crash(Exception):  # noqa: N818 - the process is gone; it is no error of ours
    """The process dies here; what was done stays done."""


@dataclass(slots=True)
class Effects:
    """Counts side effects, and kills the process right after one of them."""

    done: int = 0
    crash_after: int = 0

    def happened(self) -> None:
        """Count one."""
        self.done += 1
        if self.done == self.crash_after:
            raise Crash


@dataclass(slots=True)
class FakeOutbox:
    """Items with the conditions of the real table."""

    effects: Effects
    items: dict[tuple[str, str], OutboxItem] = field(default_factory=dict)
    overtaken: bool = False

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        return self.items.get((connection, number))

    def begin(self, item: OutboxItem) -> None:
        if (item.connection, item.number) in self.items:
            raise Conflict
        self._write(item)

    def move(self, before: OutboxItem, after: OutboxItem) -> None:
        stored = self.items[before.connection, before.number]
        if self.overtaken or stored.version != before.version:
            raise Conflict
        self._write(after)

    def amend(self, before: OutboxItem, after: OutboxItem) -> None:
        self.move(before, after)

    def enlist(self, item: OutboxItem) -> bool:
        self.items[item.connection, item.number] = replace(item, is_listed=True)
        return True

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        return iter([item for (own, _), item in self.items.items() if own == connection])

    def of_month(
        self, connection: ConnectionId, period: Period, numbers: Iterable[str]
    ) -> Iterator[OutboxItem]:
        wanted = set(numbers)
        found = self.all(connection)
        return (item for item in found if period.holds(item.day) or item.number in wanted)

    def numbered(self, connection: ConnectionId, numbers: Iterable[str]) -> Iterator[OutboxItem]:
        wanted = set(numbers)
        return (item for item in self.all(connection) if item.number in wanted)

    def unfinished(self) -> Iterator[OutboxItem]:
        return iter([item for item in self.items.values() if item.is_unfinished])

    def unsettled(self) -> Iterator[OutboxItem]:
        return iter([item for item in self.items.values() if item.is_open_ended])

    def _write(self, item: OutboxItem) -> None:
        self.items[item.connection, item.number] = item
        self.effects.happened()


@dataclass(frozen=True, slots=True)
class Lateness:
    """A post that is executed `after` a while, or never; `answer` comes back, or nothing does."""

    after: timedelta | None
    answer: Uncertain | None = None


@dataclass(slots=True)
class FakeBooks:
    """An administration; posts can be refused or lose their answer."""

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
    remembered: dict[str, Any] = field(default_factory=dict)
    asked_anew: list[str] = field(default_factory=list)
    proves: frozenset[str] = frozenset({"sales_entries"})
    login: datetime | None = None
    unknown_dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def close(self) -> None:
        """Nothing is shared here."""

    def proven(self) -> Collection[str]:
        return self.proves

    def logged_in_at(self) -> datetime | None:
        return self.login

    def find_customer(self, code: str, *, anew: bool = False) -> CustomerCard | None:
        self._called("find_customer")
        return self._found(self.customers, code, anew=anew)

    def find_gl_account(self, code: str, *, anew: bool = False) -> GlAccountCard | None:
        return self._found(self.gl_accounts, code, anew=anew)

    def find_vat_code(self, code: str, *, anew: bool = False) -> VatCodeCard | None:
        return self._found(self.vat_codes, code, anew=anew)

    def find_project(self, code: str, *, anew: bool = False) -> ExactId | None:
        return self._found(self.projects, code, anew=anew)

    def knows_dimension(self, kind: str, code: str) -> bool:
        self._called("knows_dimension")
        return code not in self.unknown_dimensions.get(kind, ())

    def _found[Card](self, cards: dict[str, Card], code: str, *, anew: bool) -> Card | None:
        """Return what stands in Exact, or what is remembered of that."""
        if anew:
            self.asked_anew.append(code)
            return cards.get(code)
        remembered: Card | None = self.remembered.get(code)
        return remembered or cards.get(code)

    def entries_with_reference(self, your_ref: str) -> Sequence[EntryCard]:
        self._called("entries_with_reference")
        return self._cards(lambda row: row["YourRef"].casefold() == your_ref.casefold())

    def entries_numbered(self, number: str) -> Sequence[EntryCard]:
        self._called("entries_numbered")
        return self._cards(lambda row: str(row["EntryNumber"]) == number)

    def _cards(self, is_meant: Callable[[dict[str, Any]], bool]) -> list[EntryCard]:
        return [
            EntryCard(
                id=row["EntryID"],
                number=str(row["EntryNumber"]),
                your_ref=row["YourRef"],
                customer=row["Customer"],
                journal=row["Journal"],
                entry_date=date.fromisoformat(row["EntryDate"]),
                currency=row["Currency"],
                amount_incl=row["AmountFC"],
                customer_name=row.get("CustomerName", ""),
            )
            for row in self._there(self.entries)
            if is_meant(row)
        ]

    def has_entry(self, entry: ExactId) -> bool:
        self._called("has_entry")
        return any(row["EntryID"] == entry for row in self._there(self.entries))

    def documents_of_entry(self, entry: ExactId) -> Sequence[DocumentCard]:
        self._called("documents_of_entry")
        return [
            DocumentCard(row["ID"], row["Subject"], row["Type"])
            for row in self._there(self.documents)
            if row["FinancialTransactionEntryID"] == entry
        ]

    def attachments_of_document(self, document: ExactId) -> Sequence[AttachmentCard]:
        self._called("attachments_of_document")
        return [
            AttachmentCard(row["ID"], row["FileName"], row["FileSize"])
            for row in self._there(self.attachments)
            if row["Document"] == document
        ]

    def post_entry(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self._called("post_entry")
        unknown, lines = set(body) - ENTRY_NAMES, body["SalesEntryLines"]
        if body["Customer"] not in {card.id for card in self.customers.values()}:
            raise Reject("exact-rejected", message="Ongeldige referentie: Klant")
        for line in lines:
            unknown |= set(line) - LINE_NAMES
            if line["GLAccount"] not in {card.id for card in self.gl_accounts.values()}:
                raise Reject("exact-rejected", message="Ongeldige referentie: Grootboekrekening")
            if line.get("Project") not in {None, *self.projects.values()}:
                raise Reject("exact-rejected", message="Ongeldige referentie: Project")
        if unknown:
            raise Reject("exact-rejected", message=f"unknown names: {sorted(unknown)}")
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
        self._called("post_document")
        entry = body["FinancialTransactionEntryID"]
        if not any(row["EntryID"] == entry for row in self._there(self.entries)):
            raise Reject("exact-rejected", message="Ongeldige referentie: Boeking")
        document = ExactId(f"document-{len(self.documents) + 1}")
        self._commit("post_document", self.documents, {**body, "ID": document})
        return document

    def post_attachment(self, body: Mapping[str, Any]) -> AttachmentCard:
        self._called("post_attachment")
        size = len(body["Attachment"]) * 3 // 4 - body["Attachment"].count("=")
        row: dict[str, Any] = {
            **body,
            "ID": ExactId(f"attachment-{len(self.attachments) + 1}"),
            "FileSize": size,
        }
        row |= self.answers_otherwise
        self._commit("post_attachment", self.attachments, row)
        return AttachmentCard(row["ID"], row["FileName"], row["FileSize"])

    def _called(self, call: str) -> None:
        self.calls.append(call)
        if self.raises.get(call):
            raise self.raises[call].pop(0)

    def _commit(self, call: str, rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
        lost = self.loses.get(call)
        if (lateness := lost.pop(0) if lost else None) is None:
            rows.append({**row, "from": self.clock.now()})
            self.effects.happened()
            return
        if lateness.after is not None:
            rows.append({**row, "from": self.clock.now() + lateness.after})
        raise lateness.answer or Uncertain("exact-unavailable", "no answer")

    def _there(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if row["from"] <= self.clock.now()]
