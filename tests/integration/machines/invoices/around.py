"""What the processes of the machine share: the queue, the inbox, the places, and the books."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from koppeling.core.errors import Consequence, Uncertain
from koppeling.core.ids import Division, ExactId
from koppeling.push.invoice import InboxDocument
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.ports import Permit
from koppeling.push.sales_entry import EntryCard
from tests.integration.machines.invoices.papers import Paper
from tests.integration.machines.invoices.process import Process
from tests.sandbox.common.clock import Clock
from tests.unit.push.fakes import FakeBooks

HIDDEN = timedelta(seconds=1080)
"""The VisibilityTimeout of the queue in the template."""

RECEIVES = 5
LEASE = timedelta(seconds=200)


@dataclass(slots=True, eq=False)
class Message:
    """One message, and from when the queue hands it out."""

    body: str
    since: datetime
    received: int = 0


@dataclass(slots=True)
class SimulatedQueue:
    """A standard queue: in no order, each message at least once."""

    clock: Clock
    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Queue bodies, each with its delay in seconds."""
        now, before = self.clock.now(), len(self.messages)
        for body, delay in messages:
            self.messages.append(Message(json.dumps(body), now + timedelta(seconds=delay)))
        return len(self.messages) - before

    def visible(self) -> list[Message]:
        """Return what may be handed out now."""
        now = self.clock.now()
        return [message for message in self.messages if message.since <= now]

    def take(self, message: Message, *, doubled: bool) -> Message | None:
        """Hand a message out; None when it was handed out too often and goes aside."""
        if message.received >= RECEIVES:
            self.messages.remove(message)
            self.dead.append(message)
            return None
        if doubled:
            self.messages.append(Message(message.body, message.since))
        message.received += 1
        message.since = self.clock.now() + HIDDEN
        return message

    def redrive(self) -> None:
        """Put back what went aside, as a person does after the alarm."""
        self.messages += [Message(message.body, self.clock.now()) for message in self.dead]
        self.dead.clear()


@dataclass(slots=True)
class FakeInbox:
    """Objects by key, each with the version of its last put."""

    objects: dict[str, InboxDocument] = field(default_factory=dict)
    puts: int = 0
    done: dict[tuple[str, str], bool] = field(default_factory=dict)

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        self.puts += 1
        self.objects[key] = InboxDocument(content, f"v{self.puts}")

    def document(self, key: str) -> InboxDocument | None:
        """Read a document."""
        return self.objects.get(key)

    def pdf(self, key: str) -> InboxDocument | None:
        """Read a PDF."""
        return self.objects.get(key)

    def mark_done(self, key: str, version: str, *, done: bool) -> None:
        """Mark a version of a PDF."""
        self.done[key, version] = done


@dataclass(slots=True)
class FakePlaces:
    """Two places before each administration, under a lease; `most` were in use by the living."""

    clock: Clock
    leases: dict[tuple[str, Division, int], tuple[Permit, datetime, Process]] = field(
        default_factory=dict
    )
    most: int = 0


@dataclass(slots=True)
class FailingSemaphore:
    """The places as one process sees them."""

    places: FakePlaces
    process: Process

    def acquire(self, host: str, division: Division) -> Permit | None:
        """Take a place that is free."""
        now, leases = self.places.clock.now(), self.places.leases
        for place in (0, 1):
            held = leases.get((host, division, place))
            if held is None or held[1] < now:
                slot = Permit(host, division, place, str(id(self)))
                leases[host, division, place] = slot, now + LEASE, self.process
                alive = [p for one, _, p in leases.values() if one.division == division]
                alive = [p for p in alive if not (p.dead or p.over or p.is_out_of_time)]
                self.places.most = max(self.places.most, len(alive))
                return slot
        return None

    def release(self, slot: Permit) -> None:
        """Free a place that is still ours."""
        key = slot.host, slot.division, slot.place
        if key in self.places.leases and self.places.leases[key][0] == slot:
            del self.places.leases[key]


@dataclass(frozen=True, slots=True)
class Asked:
    """One call to Exact: what it was about, when, and whether it may have been carried out."""

    call: str
    about: str
    at: datetime
    may_stand: bool = True

    @property
    def is_settled(self) -> bool:
        """Say whether what was posted before is settled for sure: deleted, or long ago."""
        return self.call in ("delete", "restore")

    @property
    def is_entry(self) -> bool:
        """Say whether it was about an entry: those go by the number of their invoice."""
        return self.about.isdecimal()


@dataclass(slots=True)
class WatchedBooks(FakeBooks):
    """An administration that remembers what it was asked, and when."""

    asked: list[Asked] = field(default_factory=list)

    def entries_with_reference(self, your_ref: str) -> Sequence[EntryCard]:
        """Find entries."""
        found = FakeBooks.entries_with_reference(self, your_ref)
        self._note("look", your_ref)
        return found

    def documents_of_entry(self, entry: ExactId) -> Sequence[DocumentCard]:
        """Find documents."""
        found = FakeBooks.documents_of_entry(self, entry)
        self._note("look", entry)
        return found

    def attachments_of_document(self, document: ExactId) -> Sequence[AttachmentCard]:
        """Find attachments."""
        found = FakeBooks.attachments_of_document(self, document)
        self._note("look", document)
        return found

    def delete_entry(self, your_ref: str) -> None:
        """Let a person delete the entry of an invoice, where one stands."""
        standing = [row for row in self._there(self.entries) if row["YourRef"] == your_ref]
        for row in standing:
            self.entries.remove(row)
            self._note("delete", your_ref)

    def stands(self, your_ref: str) -> bool:
        """Say whether an entry of an invoice stands there, or will."""
        return any(row["YourRef"] == your_ref for row in self.entries)

    def number_of(self, paper: Paper, version: int) -> str:
        """Return the number of the entry of this version of an invoice; empty without one."""
        amount = paper.amount_incl(version)
        rows = (row for row in self.entries if row["YourRef"] == paper.number)
        numbers = (str(row["EntryNumber"]) for row in rows if row["AmountFC"] == amount)
        return next(numbers, "")

    def version_of(self, paper: Paper) -> int:
        """Return which version of an invoice stands there."""
        amounts = {row["AmountFC"] for row in self.entries if row["YourRef"] == paper.number}
        return next(version for version in (0, 1) if paper.amount_incl(version) in amounts)

    def enter(self, row: dict[str, Any]) -> None:
        """Let a person enter an entry."""
        self.made += 1
        ids = {"EntryID": ExactId(f"hand-{self.made}"), "EntryNumber": 26800000 + self.made}
        self.entries.append({**row, **ids, "from": self.clock.now()})

    def note_restore(self) -> None:
        """Note that all calls so far ended long ago."""
        self._note("restore", "")

    def has_entry(self, entry: ExactId) -> bool:
        """Find an entry by its id."""
        found = FakeBooks.has_entry(self, entry)
        self._note("look", entry)
        return found

    def post_entry(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Book an entry."""
        with self._posting(body["YourRef"]):
            return FakeBooks.post_entry(self, body)

    def post_document(self, body: Mapping[str, Any]) -> ExactId:
        """Make a document."""
        with self._posting(body["FinancialTransactionEntryID"]):
            return FakeBooks.post_document(self, body)

    def post_attachment(self, body: Mapping[str, Any]) -> AttachmentCard:
        """Put a file in a document."""
        with self._posting(body["Document"]):
            return FakeBooks.post_attachment(self, body)

    def _posting(self, about: str) -> "_Posting":
        return _Posting(self, about)

    def _note(self, call: str, about: str, *, may_stand: bool = True) -> None:
        self.asked.append(Asked(call, about, self.clock.now(), may_stand))


@dataclass(slots=True)
class _Posting:
    """Notes a post, whatever becomes of it."""

    books: WatchedBooks
    about: str

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        surely_not = kind is not None and issubclass(kind, Consequence) and kind is not Uncertain
        note = Asked("post", self.about, self.books.clock.now(), not surely_not)
        self.books.asked.append(note)
