"""The events that reach a pull, parsed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.pull.by_hand import WISHES


@dataclass(frozen=True, slots=True)
class Tick:
    """The schedule fired: queue a message for each connection that is due in this slot."""

    slot: datetime


@dataclass(frozen=True, slots=True)
class Direct:
    """An operator wants one connection pulled now.

    `full` compares every record with QicsMilestones; `dry_run` only shows what would happen.
    """

    connection: ConnectionId
    full: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class AskedUndo:
    """An operator wants the first load of a connection undone, or to see what that would do."""

    connection: ConnectionId
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class PreviewAsked:
    """An operator wants a preview that is kept, for the pages and for an approval."""

    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of the queue."""


def pull_event(
    event: Mapping[str, Any], now: datetime
) -> Tick | Direct | AskedUndo | PreviewAsked | Batch:
    """Return an event of a pull, parsed from one of its shapes.

    Raises:
        Fatal: it has none of these shapes.
    """
    if "Records" in event:
        return Batch()
    if "connection" in event and event.get("undo") is True:
        asked = ConnectionId(str(event["connection"]))
        return AskedUndo(asked, dry_run=event.get("dry_run") is True)
    if "connection" in event and event.get("preview") is True:
        return PreviewAsked(ConnectionId(str(event["connection"])))
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
    """Return a message of a pull queue, parsed: its connection, its slot, and what else it asks.

    `compare`: a comparison that is due. `by_hand`: what a person asks for now. `undo`: the rest of
    an undo.

    Raises:
        Fatal: it has no connection, or no slot.
    """
    try:
        message = json.loads(body)
        slot = _moment(message["slot"])
        parsed = {"connection": str(message["connection"]), "slot": slot.isoformat()}
        asks = (("compare", ("yes",)), ("by_hand", WISHES), ("undo", ("yes",)))
        return parsed | {key: message[key] for key, known in asks if message.get(key) in known}
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Fatal("message-unreadable", "a pull message has a connection and a slot") from error


def group_of(body: str) -> str:
    """Return the connection of a message; empty when it cannot be read."""
    try:
        return pull_message(body)["connection"]
    except Fatal:
        return ""


def _slot(scheduled_at: object, now: datetime) -> datetime:
    """Return the scheduled moment; now when the event was written by hand without one."""
    try:
        return _moment(scheduled_at)
    except ValueError:
        return now


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
