"""The ports of the push, what it hands back, and the one invoice it has in hand."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.core.ports import Connections, Problems
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.entity_state import EntityState
from koppeling.push.evidence import Evidence
from koppeling.push.invoice import InboxDocument
from koppeling.push.outbox import OutboxItem
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.sales_entry import CustomerCard, EntryCard, GlAccountCard, VatCodeCard


@dataclass(frozen=True, slots=True)
class Permit:
    """A place that one push has; `owner` is how it is recognised when it is given back."""

    host: str
    division: Division
    place: int
    owner: str


ASK_WHEN_PAUSED = timedelta(minutes=15)
"""An invoice of a paused connection waits in the queue, without a call to Exact."""


class Inbox(Protocol):
    """The bucket with invoices and their PDFs; None when nothing lies under the key."""

    def document(self, key: str) -> InboxDocument | None:
        """Read an invoice document; of one that is too large no more than shows that it is."""

    def pdf(self, key: str) -> bytes | None:
        """Read a PDF; of one that is too large no more than shows that it is."""


class Outbox(Protocol):
    """One item per connection and invoice number; both writes raise `Conflict` (domain.outbox)."""

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        """Return the item as it was last written, by a consistent read."""

    def begin(self, item: OutboxItem) -> None:
        """Write a first item; Conflict when there is one already."""

    def move(self, before: OutboxItem, after: OutboxItem) -> None:
        """Write `after`; Conflict unless the stored version is still that of `before`."""

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        """Return every invoice of a connection, in the order of their numbers."""


class Books(Protocol):
    """One administration in Exact.

    Every call may raise Retry, Defer, Reauthorise or Fatal. From a post these mean that Exact
    surely did not carry it out; Uncertain that nobody knows; Reject that Exact refused it, with
    its literal text as the value `message`.
    """

    def close(self) -> None:
        """Let the other functions know how many calls are left."""

    def find_customer(self, code: str) -> CustomerCard | None:
        """Return the relation with this trimmed code."""

    def find_gl_account(self, code: str) -> GlAccountCard | None:
        """Return the G/L account with this code."""

    def find_vat_code(self, code: str) -> VatCodeCard | None:
        """Return the VAT code with this trimmed code."""

    def find_project(self, code: str) -> ExactId | None:
        """Return the id of the project with this code."""

    def entries_with_reference(self, your_ref: str) -> Sequence[EntryCard]:
        """Return all sales entries with this YourRef (X168)."""

    def has_entry(self, entry: ExactId) -> bool:
        """Say whether a sales entry with this id stands there, whatever became of its reference."""

    def documents_of_entry(self, entry: ExactId) -> Sequence[DocumentCard]:
        """Return the documents that hang on an entry (X126)."""

    def attachments_of_document(self, document: ExactId) -> Sequence[AttachmentCard]:
        """Return the files in a document (X126)."""

    def post_entry(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Book an entry; returns the entry as Exact answered it, by Exact's field names."""

    def post_document(self, body: Mapping[str, Any]) -> ExactId:
        """Make a document; returns its id."""

    def post_attachment(self, body: Mapping[str, Any]) -> AttachmentCard:
        """Put a file in a document; returns it as Exact answered it."""


class OpenBooks(Protocol):
    """Opens the books of a connection's administration."""

    def __call__(self, connection: Connection, /, *, existing: bool) -> Books:
        """Return its books; calls for existing invoices leave the reserve of the day alone."""


class Semaphore(Protocol):
    """The places before an administration (R25)."""

    def acquire(self, host: str, division: Division) -> Permit | None:
        """Return a place that is free; None while all are in use."""

    def release(self, permit: Permit) -> None:
        """Free a place."""


class BlockedInvoices(Protocol):
    """Refused invoices that wait for a change."""

    def add(self, connection: ConnectionId, blocked: BlockedInvoice) -> None:
        """Note that an invoice waits."""

    def of(self, connection: ConnectionId, cause: str = "") -> Iterator[BlockedInvoice]:
        """Return what waits for a cause; without one everything that waits."""

    def drop(self, connection: ConnectionId, blocked: BlockedInvoice) -> None:
        """Forget that an invoice waits."""


class EvidenceStore(Protocol):
    """The evidence."""

    def add(self, piece: Evidence) -> Evidence | None:
        """Keep a piece for good; returns the one that has its place already.

        Raises:
            Retry: it could not be kept.
        """


class EntityStateWriter(Protocol):
    """QicsMilestones, where it shows the state of an invoice."""

    def write(self, state: EntityState) -> None:
        """Write a state in the place of what was told before."""


@dataclass(frozen=True, slots=True)
class PushPorts:
    """All the push stands on. `check` is the contract: it parses a document or rejects it."""

    inbox: Inbox
    check: Callable[[bytes], Mapping[str, Any]]
    connections: Connections
    outbox: Outbox
    problems: Problems
    books: OpenBooks
    semaphore: Semaphore
    blocked: BlockedInvoices
    evidence: EvidenceStore
    entity_states: Callable[[Connection], EntityStateWriter]
    now: Now
