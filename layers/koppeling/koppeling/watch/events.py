"""The events of the watch function, parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day: check all token chains."""


@dataclass(frozen=True, slots=True)
class CheckUp:
    """An operator asks whether a connection is ready."""

    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class DeadLetterLook:
    """Every few minutes: look at the dead letters of the sales-entry queue."""


@dataclass(frozen=True, slots=True)
class Reconcile:
    """An operator compares a month with the journal in Exact; `lines` compares line counts too."""

    connection: ConnectionId
    period: Period
    lines: bool = False


def watch_event(event: Mapping[str, Any]) -> Daily | DeadLetterLook | CheckUp | Reconcile:
    """Parse an event.

    Raises:
        Fatal: the event is unknown; the message names the known ones.
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
