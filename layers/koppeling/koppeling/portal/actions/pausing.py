"""Pauze and Aanzetten: one press, and the sentence after it says how to undo it."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from dataclasses import dataclass
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.portal.menu import OVERVIEW
from koppeling.portal.page import GoTo, PageRequest


class PausesConnections(Protocol):
    """Where connections are kept."""

    def set_paused(self, connection: ConnectionId, *, paused: bool) -> bool:
        """Pause a connection, or let it go on; False when it changes at this moment."""


@dataclass(frozen=True, slots=True)
class Pausing:
    """Pauses a connection, or lets it go on."""

    connections: PausesConnections
    log: Log

    def pause(self, request: PageRequest) -> GoTo:
        """Let the link rest: nothing is fetched, nothing is booked, nothing is lost."""
        return self._set(request, "paused", paused=True)

    def resume(self, request: PageRequest) -> GoTo:
        """Let the link go on."""
        return self._set(request, "resumed", paused=False)

    def _set(self, request: PageRequest, what: str, *, paused: bool) -> GoTo:
        connection = request.connection
        if not connection.started:
            return GoTo(OVERVIEW, notice="start-first")
        if connection.paused is paused:
            return GoTo(OVERVIEW, notice=what)
        if not self.connections.set_paused(connection.id, paused=paused):
            return GoTo(OVERVIEW, notice="try-again")
        self.log.add(
            LogEntry(
                connection.id,
                request.now,
                LogKind.SETTINGS,
                what,
                who=request.person.mail,
                role=request.person.role,
            )
        )
        return GoTo(OVERVIEW, notice=what)
