"""The events that reach a function, read into what they ask for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from koppeling.domain.errors import Fatal
from koppeling.domain.names import ConnectionId
from koppeling.domain.reconciliation import Period


@dataclass(frozen=True, slots=True)
class Tick:
    """The schedule fired: queue what is due in this slot."""

    slot: datetime


@dataclass(frozen=True, slots=True)
class Direct:
    """Somebody asks for one connection, now.

    `full` compares every record with QicsMilestones; `dry_run` only tells what would happen.
    """

    connection: ConnectionId
    full: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of the queue."""


def pull_event(event: Mapping[str, Any], now: datetime) -> Tick | Direct | Batch:
    """Read an event of a pull, in one of its three shapes (DESIGN section 2).

    Raises:
        Fatal: it has none of them; the message tells which there are.
    """
    if "Records" in event:
        return Batch()
    if "connection" in event:
        return Direct(
            ConnectionId(str(event["connection"])),
            full=event.get("full") is True,
            dry_run=event.get("dry_run") is True,
        )
    if "tick" in event:
        return Tick(_slot(event.get("scheduled_at"), now))
    detail = 'an event is {"tick": ...}, {"connection": ...} or a batch of messages'
    raise Fatal("message-unreadable", detail)


def pull_message(body: str) -> Mapping[str, str]:
    """Read a message of a pull queue.

    Raises:
        Fatal: it is none of ours.
    """
    try:
        message = json.loads(body)
        slot = _moment(message["slot"])
        return {"connection": str(message["connection"]), "slot": slot.isoformat()}
    except (KeyError, TypeError, ValueError) as error:
        raise Fatal("message-unreadable", "a pull message has a connection and a slot") from error


@dataclass(frozen=True, slots=True)
class Daily:
    """The day begins: look after all token chains."""


@dataclass(frozen=True, slots=True)
class CheckUp:
    """Somebody asks whether a connection is ready."""

    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class DeadLetterLook:
    """Some minutes have passed: look at what the sales-entry queue gave up on."""


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Somebody asks whether the journal in Exact shows every invoice of a month."""

    connection: ConnectionId
    period: Period
    lines: bool = False


def watch_event(event: Mapping[str, Any]) -> Daily | DeadLetterLook | CheckUp | Reconcile:
    """Read an event of the watch.

    Raises:
        Fatal: it is none; the message tells which there are.
    """
    if event.get("watch") == "daily":
        return Daily()
    if event.get("watch") == "dead-letters":
        return DeadLetterLook()
    if "check" in event:
        return CheckUp(ConnectionId(str(event["check"])))
    if "reconcile" in event:
        connection, period = ConnectionId(str(event["reconcile"])), _period(event.get("period"))
        return Reconcile(connection, period, lines=event.get("lines") is True)
    asked = '{"check": ...} or {"reconcile": ..., "period": ...}'
    detail = f'an event is {{"watch": "daily" or "dead-letters"}}, {asked}'
    raise Fatal("message-unreadable", detail)


def _period(text: object) -> Period:
    try:
        return Period.parse(str(text))
    except ValueError as error:
        raise Fatal("message-unreadable", str(error)) from error


_OF_A_PERSON = ("gone", "decision", "decided", "seen")


@dataclass(frozen=True, slots=True)
class Offer:
    """A document in the inbox that has to be delivered, and how often that was tried.

    `again`: an invoice that was refused is to be looked at once more, since its cause seems to be
    gone or a person asks for it (DESIGN 5.4). `gone`: a person asks to book it anew if the entry
    with this id was deleted in Exact (X172). `decision`: what a person decided at the moment
    `decided` about what was `seen` then; see `koppeling.push_decided`.
    """

    key: str
    attempt: int = 0
    again: bool = False
    gone: str = ""
    decision: str = ""
    decided: str = ""
    seen: str = ""

    def as_message(self) -> dict[str, str]:
        """Return the message by which this offer waits in the queue."""
        message = {"key": self.key, "attempt": str(self.attempt)}
        if self.again:
            message["again"] = "yes"
        told = {name: getattr(self, name) for name in _OF_A_PERSON}
        return message | {name: value for name, value in told.items() if value}


def offers(body: str) -> list[Offer]:
    """Return the documents that a message of the sales-entry queue tells of.

    It is a notification of S3, or an offer that waited. The test message that S3 sends when a
    notification is set up tells of none.

    Raises:
        Fatal: it is neither.
    """
    try:
        message = json.loads(body)
        if message.get("Event") == "s3:TestEvent":
            return []
        if "key" in message:
            told = {name: str(message.get(name, "")) for name in _OF_A_PERSON}
            again = message.get("again") == "yes"
            return [Offer(str(message["key"]), int(message["attempt"]), again, **told)]
        # S3 writes a space in a key as a plus sign
        return [Offer(unquote_plus(each["s3"]["object"]["key"])) for each in message["Records"]]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Fatal("message-unreadable", "no notification of the inbox") from error


def _slot(scheduled_at: object, now: datetime) -> datetime:
    """Return the scheduled moment; now when the event was made by hand and holds none."""
    try:
        return _moment(scheduled_at)
    except ValueError:
        return now


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
