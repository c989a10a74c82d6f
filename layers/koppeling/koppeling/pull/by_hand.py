"""A pull that a person asks for on the pages: no later tick does the work of its message.

button ──► first press within a minute? ──► queue of the entity ──► run
                                                 ▲                   │ another run is at work
                                                 └──── a minute later ┘
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from koppeling.core.clock import Deadline, Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.pull.entities.registry import ENTITIES

if TYPE_CHECKING:
    from koppeling.pull.dispatch import PullDispatcher

# What a message asks for, under its key `by_hand`
CATCH_UP, FULL, PREVIEW, FIRST_LOAD = WISHES = ("catch-up", "full", "preview", "first-load")
# Presses of one button within this time are one pull. A comparison starts from the beginning
ONE_PULL: Mapping[str, timedelta] = {
    CATCH_UP: timedelta(minutes=1),
    FULL: timedelta(minutes=15),
    PREVIEW: timedelta(minutes=1),
}
# While another run is at work it is tried again: that run may have read before the press
TRIED_AGAIN_SECONDS = 60
# Small previews are made by then; a first load that comes sooner waits for them
AFTER_PREVIEWS_SECONDS = 10
GIVEN_UP_AFTER = timedelta(hours=1)


type Undoing = Callable[[ConnectionId, Deadline], Summary]
"""Lets an undo go on that had no time left."""


def nothing_to_undo(connection: ConnectionId, deadline: Deadline) -> Summary:
    """Undo nothing: this function is not wired to do so."""
    del deadline
    return Summary("undo", "unknown", connection)


type OnWish = Callable[["PullDispatcher", Mapping[str, str], Deadline], Summary]
"""Does what a person asked for."""


class Presses(Protocol):
    """Which buttons were pressed a moment ago."""

    def is_first(self, connection: ConnectionId, what: str, within: timedelta) -> bool:
        """Note a press; False when the same was pressed within this time before."""


@dataclass(frozen=True, slots=True)
class HandPulls:
    """Asks for pulls of one connection, in the order of a first load."""

    queues: Mapping[str, Queue]
    presses: Presses
    now: Now

    def ask(
        self, connection: Connection, entities: Iterable[str], *, full: bool = False
    ) -> list[str]:
        """Ask for pulls of what is switched on; returns those not asked for before."""
        return self._ask(connection, entities, FULL if full else CATCH_UP)

    def ask_previews(self, connection: Connection) -> list[str]:
        """Ask for a preview of everything that is switched on; likewise."""
        return self._ask(connection, ENTITIES, PREVIEW)

    def ask_first_load(self, connection: Connection) -> None:
        """Ask for the previews that an approval waits for, and for the first load after them."""
        for entity in self._enabled(connection, ENTITIES):
            ahead = self._message(connection, PREVIEW)
            load = self._message(connection, FIRST_LOAD)
            self.queues[entity].send([(ahead, 0), (load, AFTER_PREVIEWS_SECONDS)])

    def _ask(self, connection: Connection, entities: Iterable[str], wish: str) -> list[str]:
        asked: list[str] = []
        for entity in self._enabled(connection, entities):
            if self.presses.is_first(connection.id, f"{entity}/{wish}", ONE_PULL[wish]):
                self.queues[entity].send([(self._message(connection, wish), 0)])
                asked.append(entity)
        return asked

    def _enabled(self, connection: Connection, entities: Iterable[str]) -> list[str]:
        wanted = set(entities)
        return [each for each in ENTITIES if each in wanted and connection.setting(each).enabled]

    def _message(self, connection: Connection, wish: str) -> dict[str, str]:
        return {"connection": connection.id, "slot": self.now().isoformat(), "by_hand": wish}


def handle(pulls: "PullDispatcher", message: Mapping[str, str], deadline: Deadline) -> Summary:
    """Do what a person asked for; after another run when that is at work."""
    summary = pulls.run(
        ConnectionId(message["connection"]), deadline, full=message["by_hand"] == FULL
    )
    asked_at = datetime.fromisoformat(message["slot"])
    if summary.outcome == "busy" and pulls.now() - asked_at < GIVEN_UP_AFTER:
        pulls.queue.send([(dict(message), TRIED_AGAIN_SECONDS)])
    return summary
