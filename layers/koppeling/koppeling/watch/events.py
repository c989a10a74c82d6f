"""The events of the watch function, parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period
from koppeling.watch.bounces import MailFeedback, feedback_of


class Scheduled(StrEnum):
    """What a schedule starts: the daily watch, the looks of a quarter, the mails of a morning."""

    DAILY = "daily"
    DEAD_LETTERS = "dead-letters"
    MORNING = "morning"


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of a round, or with token pairs that another function could not write."""


@dataclass(frozen=True, slots=True)
class CheckUp:
    """An operator asks whether a connection is ready."""

    connection: ConnectionId


@dataclass(frozen=True, slots=True)
class Reconcile:
    """An operator compares a month with the journal in Exact; `lines` compares line counts too."""

    connection: ConnectionId
    period: Period
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """An operator lays an entry in Exact beside an invoice, before linking it."""

    connection: ConnectionId
    number: str
    entry_number: str


type WatchEvent = Scheduled | Messages | CheckUp | Reconcile | Beside | MailFeedback


def watch_event(event: Mapping[str, Any]) -> WatchEvent:
    """Parse an event.

    Raises:
        Fatal: the event is unknown; the message names the known ones.
    """
    if event.get("watch") in list(Scheduled):
        return Scheduled(event["watch"])
    if (feedback := feedback_of(event)) is not None:
        return feedback
    if "Records" in event:
        return Messages()
    if "check" in event:
        return CheckUp(ConnectionId(str(event["check"])))
    if "reconcile" in event:
        try:
            period = Period.parse(str(event.get("period")))
        except ValueError as error:
            raise Fatal("message-unreadable", str(error)) from error
        connection = ConnectionId(str(event["reconcile"]))
        return Reconcile(connection, period, lines=event.get("lines") is True)
    if "beside" in event:
        number, entry = (str(event.get(name, "")) for name in ("number", "entry"))
        return Beside(ConnectionId(str(event["beside"])), number, entry)
    asked = '{"check": ...}, {"beside": ..., "number": ..., "entry": ...}'
    asked += ' or {"reconcile": ..., "period": ...}'
    detail = f'an event is {{"watch": "daily", "dead-letters" or "morning"}}, {asked}'
    raise Fatal("message-unreadable", detail)
