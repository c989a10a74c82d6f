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
CATCH_UP, FULL = WISHES = ("catch-up", "full")
# Presses of one button within this time are one pull. A comparison starts from the beginning
ONE_PULL: Mapping[str, timedelta] = {CATCH_UP: timedelta(minutes=1), FULL: timedelta(minutes=15)}
# While another run is at work it is tried again: that run may have read before the press
TRIED_AGAIN_SECONDS = 60
GIVEN_UP_AFTER = timedelta(hours=1)


type Undoing = Callable[[ConnectionId, Deadline], Summary]
"""Lets an undo go on that had no time left."""


def nothing_to_undo(connection: ConnectionId, deadline: Deadline) -> Summary:
    """Undo nothing: this function is not wired to do so."""
    del deadline
    return Summary("undo", "unknown", connection)


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
        wish, wanted = (FULL if full else CATCH_UP), set(entities)
        message = {"connection": connection.id, "slot": self.now().isoformat(), "by_hand": wish}
        asked: list[str] = []
        for entity in ENTITIES:
            if entity not in wanted or not connection.setting(entity).enabled:
                continue
            if self.presses.is_first(connection.id, f"{entity}/{wish}", ONE_PULL[wish]):
                self.queues[entity].send([(dict(message), 0)])
                asked.append(entity)
        return asked


def handle(pulls: "PullDispatcher", message: Mapping[str, str], deadline: Deadline) -> Summary:
    """Do what a person asked for; after another run when that is at work."""
    summary = pulls.run(
        ConnectionId(message["connection"]), deadline, full=message["by_hand"] == FULL
    )
    asked_at = datetime.fromisoformat(message["slot"])
    if summary.outcome == "busy" and pulls.now() - asked_at < GIVEN_UP_AFTER:
        pulls.queue.send([(dict(message), TRIED_AGAIN_SECONDS)])
    return summary
