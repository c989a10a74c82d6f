"""The ports of the intake, and the small records that only they exchange."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.intake.keys import IntakeKey, KeyText
from koppeling.push.invoice_row import InvoiceRow
from koppeling.push.journal import Period
from koppeling.push.outbox import OutboxItem


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document in the inbox; `tag` differs for each content that was put there."""

    content: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class UploadAddress:
    """Where one file may be sent, with what its request must say; the address is a secret."""

    url: str = field(repr=False)
    headers: Mapping[str, str]
    expires_at: datetime


class UsedKeys(Protocol):
    """The keys of connections, as a request uses them."""

    def find(self, text: KeyText) -> IntakeKey | None:
        """Return the key of a text; None when there is none."""

    def count(self, key: IntakeKey, now: datetime) -> bool:
        """Count a use in this second; False when there were as many as may be counted."""

    def note_use(self, key: IntakeKey, now: datetime) -> None:
        """Note that it was used today; a key that is gone stays gone."""


class KeptKeys(Protocol):
    """The keys of connections, as an operator makes and revokes them."""

    def add(self, key: IntakeKey) -> None:
        """Keep a key."""

    def of(self, connection: ConnectionId) -> list[IntakeKey]:
        """Return the keys of a connection, the oldest first."""

    def remove(self, key: IntakeKey) -> None:
        """Forget a key: from now on it opens nothing."""


class DocumentInbox(Protocol):
    """The documents in the inbox; each write says what it expects there, so none is lost."""

    def stored(self, key: str) -> StoredDocument | None:
        """Return what lies under a key; None when nothing does."""

    def add(self, key: str, content: bytes) -> bool:
        """Put a document under a key; False when there is one already."""

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        """Put a document in the place of another one; False when that is no longer there."""


class Uploads(Protocol):
    """Where a PDF may be sent, straight into the inbox."""

    def address(self, key: str, sha256: str, size: int, now: datetime) -> UploadAddress:
        """Return an address for this file under this key alone, for a few minutes."""


class Invoices(Protocol):
    """What the outbox knows of one invoice."""

    def get(self, connection: ConnectionId, number: str) -> OutboxItem | None:
        """Return the item as it was last written."""


class Rows(Protocol):
    """The invoices of a connection by month."""

    def of_month(self, connection: ConnectionId, period: Period) -> list[InvoiceRow]:
        """Return the invoices with a date in a month, by number."""


class OpenProblems(Protocol):
    """What waits for a person."""

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return the open problems of a connection."""
