"""What the watch needs of the world."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.core.mail import MailKind


class NotificationLog(Protocol):
    """Which notifications were sent: each is claimed before it is sent and marked afterwards."""

    def claim(
        self, connection: ConnectionId, code: str, idempotency_key: str
    ) -> frozenset[str] | None:
        """Claim a notification; returns the digests of the people whom it reached before.

        None when it was sent, or when another function is sending it.
        """

    def was_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> bool:
        """Say whether an earlier release sent a notification to all of a connection."""

    def mark_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Note that it was sent."""

    def release(
        self,
        connection: ConnectionId,
        code: str,
        idempotency_key: str,
        reached: Collection[str] = (),
    ) -> None:
        """Give the claim up, so that the next attempt may send it to whom it did not reach."""


class MailAllowance(Protocol):
    """How many mails a person gets on a day, whatever connections they are about."""

    def take(self, digest: str, day: date, kind: MailKind) -> bool:
        """Take one; False when this person got what a day allows of this kind."""

    def give_back(self, digest: str, day: date, kind: MailKind) -> None:
        """Give one back that was not sent after all."""


@dataclass(frozen=True, slots=True)
class DueMail:
    """A notification that did not reach everybody yet; `once` tells it from the next occasion.

    `since` is when it was told for the first time: after some days it is no news any more.
    """

    connection: ConnectionId
    code: str
    once: str
    values: Mapping[str, str]
    since: datetime


class DueMails(Protocol):
    """The notifications that are tried again, of all connections."""

    def add(self, due: DueMail) -> None:
        """Keep one, for some days at the most."""

    def remove(self, due: DueMail) -> None:
        """Forget one."""

    def all(self) -> Iterator[DueMail]:
        """Return all of them."""


@dataclass(frozen=True, slots=True)
class MorningReader:
    """A person for whom something waits, by the digest of the address, and where."""

    digest: str
    connections: tuple[ConnectionId, ...]


class MorningList(Protocol):
    """For whom something waits on a day."""

    def add(self, day: date, digest: str, connection: ConnectionId) -> None:
        """Note that something waits for a person in a connection."""

    def readers(self, day: date) -> Iterator[MorningReader]:
        """Return everybody, each once."""


class Pauses(Protocol):
    """Since when a connection is paused."""

    def seen(self, connection: ConnectionId, day: date) -> date:
        """Note that a connection is paused on a day; returns the first day of this pause.

        A day on which nobody saw it ends a pause.
        """
