"""The ports of the push, and the small records that only they exchange."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.core.log import Log
from koppeling.core.ports import Connections, Problems
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.entity_state import EntityState
from koppeling.push.evidence import Evidence
from koppeling.push.invoice import InboxDocument
from koppeling.push.journal import Period
from koppeling.push.outbox import OutboxItem
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.sales_entry import CustomerCard, EntryCard, GlAccountCard, VatCodeCard
from koppeling.push.terms import Terms

if TYPE_CHECKING:
    from koppeling.push.beside import ComparedEntry


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to push to an administration; `owner` identifies it when it is released."""

    host: str
    division: Division
    place: int
    owner: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message of the dead-letter queue; its `receipt` is needed to remove it."""

    body: str
    receipt: str


class Inbox(Protocol):
    """The bucket with invoices and their PDFs; None when there is no object with the key.

    Of an object that is too large only as many bytes are read as show that.
    """

    def document(self, key: str) -> InboxDocument | None:
        """Read an invoice document."""

    def pdf(self, key: str) -> InboxDocument | None:
        """Read a PDF."""

    def mark_done(self, key: str, version: str, *, done: bool) -> None:
        """Mark a version of a PDF as one that its invoice needs no more, or needs again.

        Raises:
            Retry: the bucket does not answer.
        """


class Listing(Protocol):
    """What lies in the bucket, by its keys."""

    def outside(self, folders: Collection[str]) -> Iterator[str]:
        """Return the keys of objects that lie in none of these folders."""

    def holds(self, key: str) -> bool:
        """Say whether there is an object with this key."""


class Placed(Protocol):
    """An object in the inbox: its key, and when it was put there."""

    @property
    def key(self) -> str:
        """Return its key."""

    @property
    def modified(self) -> datetime:
        """Return when it was put there."""


class Folder(Protocol):
    """What lies in the folder of a connection."""

    def list_objects(self, connection: ConnectionId) -> Iterable[Placed]:
        """Return the objects in it."""

    def holds(self, key: str) -> bool:
        """Say whether there is an object with this key."""


class DocumentFolder(Folder, Protocol):
    """The same, and the documents in it."""

    def document(self, key: str) -> InboxDocument | None:
        """Read an invoice document; None when there is none with this key."""


class Outbox(Protocol):
    """One item per connection and invoice number; `begin` and `move` may raise `Conflict`."""

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        """Return the item as it was last written, by a consistent read."""

    def begin(self, item: OutboxItem) -> None:
        """Write the first item; Conflict when there is one already."""

    def move(self, before: OutboxItem, after: OutboxItem) -> None:
        """Replace an item; Conflict when the stored version is no longer that of `before`."""

    def amend(self, before: OutboxItem, after: OutboxItem) -> None:
        """Do the same by an update, for a function that may put no item."""

    def enlist(self, item: OutboxItem) -> bool:
        """Put an item in the list of its month; False when it is dateless or written meanwhile."""

    def all(self, connection: ConnectionId) -> Iterator[OutboxItem]:
        """Return every invoice of a connection, ordered by number."""

    def of_month(
        self, connection: ConnectionId, period: Period, numbers: Iterable[str]
    ) -> Iterator[OutboxItem]:
        """Return the invoices that are listed under a month, and others by their numbers."""

    def numbered(self, connection: ConnectionId, numbers: Iterable[str]) -> Iterator[OutboxItem]:
        """Return the invoices with these numbers, ordered by number.

        It may miss what changed a moment ago.
        """

    def unfinished(self) -> Iterator[OutboxItem]:
        """Return the invoices of every connection that the link still works on.

        It may miss what changed a moment ago.
        """

    def unsettled(self) -> Iterator[OutboxItem]:
        """Return the invoices of every connection of which the outcome of a call is unknown.

        It may miss what changed a moment ago.
        """


class Books(Protocol):
    """One administration in Exact.

    Every call may raise Retry, Defer, Reauthorise or Fatal. From a post these mean that Exact
    certainly did not execute it. A post may also raise Uncertain, when nobody knows whether Exact
    executed it, and Reject, when Exact refused it; the value `message` is Exact's literal text.
    What a look-up finds is remembered; `anew` asks Exact, once in the life of these books.
    The code and values of Uncertain are what the answer would mean if nothing was executed.
    """

    def close(self) -> None:
        """Share how many calls are left with the other functions."""

    def proven(self) -> Collection[str]:
        """Return the words for what these books were allowed to do: calls that Exact answered."""

    def logged_in_at(self) -> datetime | None:
        """Return when somebody last logged in for this administration; None when not known.

        It costs no call.
        """

    def find_customer(self, code: str, *, anew: bool = False) -> CustomerCard | None:
        """Return the relation that QicsMilestones has under this trimmed code."""

    def find_gl_account(self, code: str, *, anew: bool = False) -> GlAccountCard | None:
        """Return the G/L account with this code."""

    def find_vat_code(self, code: str, *, anew: bool = False) -> VatCodeCard | None:
        """Return the VAT code with this trimmed code."""

    def find_project(self, code: str, *, anew: bool = False) -> ExactId | None:
        """Return the id of the project with this code."""

    def knows_dimension(self, kind: str, code: str) -> bool:
        """Say whether a `cost_center` or `cost_unit` with this code exists and has not ended."""

    def entries_with_reference(self, your_ref: str) -> Sequence[EntryCard]:
        """Return all sales entries with this YourRef (X168)."""

    def entries_numbered(self, number: str) -> Sequence[EntryCard]:
        """Return the sales entries with this number, whatever their reference is (X58)."""

    def has_entry(self, entry: ExactId) -> bool:
        """Say whether a sales entry with this id exists, whatever its reference is now."""

    def documents_of_entry(self, entry: ExactId) -> Sequence[DocumentCard]:
        """Return the documents of an entry (X126)."""

    def attachments_of_document(self, document: ExactId) -> Sequence[AttachmentCard]:
        """Return the files in a document (X126)."""

    def post_entry(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Book an entry; returns Exact's answer, by Exact's field names."""

    def post_document(self, body: Mapping[str, Any]) -> ExactId:
        """Create a document; returns its id."""

    def post_attachment(self, body: Mapping[str, Any]) -> AttachmentCard:
        """Put a file in a document; returns it as Exact stored it."""


class OpenBooks(Protocol):
    """Opens the books of a connection's administration."""

    def __call__(self, connection: Connection, terms: Terms, /) -> Books:
        """Return the books, with calls on these terms."""


class Semaphore(Protocol):
    """Limits how many pushes work on one administration at a time (R25)."""

    def acquire(self, host: str, division: Division) -> Permit | None:
        """Return a free permit; None while all are in use."""

    def release(self, permit: Permit) -> None:
        """Free a permit."""


class BlockedInvoices(Protocol):
    """Refused invoices that wait for a change."""

    def add(self, connection: ConnectionId, invoice: BlockedInvoice) -> None:
        """Note that an invoice is blocked; adding it twice changes nothing."""

    def of(self, connection: ConnectionId, cause: str = "") -> Iterator[BlockedInvoice]:
        """Return the invoices that are blocked by a cause; without one, all of them."""

    def drop(self, connection: ConnectionId, invoice: BlockedInvoice) -> None:
        """Forget that an invoice is blocked, unless it was blocked again after it was read."""


class EvidenceStore(Protocol):
    """Stores evidence; nothing in it is ever overwritten."""

    def add(self, *pieces: Evidence) -> Evidence | None:
        """Store pieces that follow one another, together, or raise Retry.

        When the first one's number is taken, nothing is stored, and the last piece of what was
        stored with that number is returned.
        """


class EntityStateWriter(Protocol):
    """QicsMilestones, where it shows the state of an invoice."""

    def write(self, state: EntityState) -> None:
        """Replace the state of an invoice."""


class KeepsEntries(Protocol):
    """Where comparisons of entries with invoices are kept."""

    def keep(self, connection: ConnectionId, number: str, found: "ComparedEntry") -> None:
        """Keep the last one of an invoice."""


class DeadLetterQueue(Protocol):
    """The dead-letter queue of the sales-entry queue."""

    def letters(self) -> Iterator[DeadLetter]:
        """Return each message once; they stay in the queue."""

    def remove(self, letter: DeadLetter) -> None:
        """Delete a message."""


@dataclass(frozen=True, slots=True)
class PushPorts:
    """Everything the push needs; `check` parses a document, or rejects it by the contract.

    `restored_at` is when the table with the invoices was last restored from a backup. `pages` is
    where the pages of the bookkeeper are; without it texts hold no address.
    """

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
    log: Log
    restored_at: datetime | None = None
    pages: str = ""
