"""The events that reach the watch, read into what they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.push.reconciliation import Period


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
