"""Eerste keer: what it would do, the approval of that, how far it is, and what comes next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.portal.page import PageRequest, PortalPage
from koppeling.portal.screens.overview import RoundLine, RoundsOfConnection, round_lines
from koppeling.portal.screens.preview import PreviewPart
from koppeling.pull.cursor import PullState
from koppeling.pull.double_choices import KnownDouble
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.rounds import RoundState, StatesOfConnection

# While the systems are compared, the page asks again by itself
REFRESH_SECONDS = 10
MOST_PAIRS = 50
_WAITING = frozenset({"previewing", "comparing", "reading"})


@dataclass(frozen=True, slots=True)
class FirstLoadLine:
    """One entity: where its first load stands, and how many rows of Exact it has read."""

    rounds: RoundLine
    progress: str
    rows: int


@dataclass(frozen=True, slots=True)
class FirstLoadScreen:
    """Shows the first load."""

    rounds: RoundsOfConnection
    states: StatesOfConnection
    preview: PreviewPart
    doubles: Callable[[ConnectionId], Sequence[KnownDouble]] = lambda _: ()

    def show(self, request: PageRequest) -> PortalPage:
        """Return the page."""
        connection = request.connection
        states = self.states.all_of(connection.id)
        lines = [
            _line(each, states)
            for each in round_lines(self.rounds.of(connection), request.now, request.language)
        ]
        values: dict[str, Any] = {"lines": lines, "preview": None}
        step = _step({each.progress for each in lines}, connection)
        if not connection.started:
            seen = self.preview.of(request)
            values["preview"], step = seen, seen.step
        refreshes = step in _WAITING and not request.query.get("still")
        # What nobody chose yet comes first; the rest of many is chosen in a file
        pairs = sorted(self.doubles(connection.id), key=lambda pair: pair.choice is not None)
        values["doubles"] = pairs[:MOST_PAIRS]
        values["open_doubles"] = sum(pair.choice is None for pair in pairs)
        values |= {"step": step, "refreshes": refreshes}
        seconds = REFRESH_SECONDS if refreshes else 0
        return PortalPage("first-load", values, refresh_seconds=seconds)


def _line(line: RoundLine, states: Mapping[str, PullState]) -> FirstLoadLine:
    state = states.get(line.entity, PullState(fencing=0))
    feed = state.feed(ENTITIES[line.entity].main.name)
    return FirstLoadLine(line, _progress(line, state), feed.counted or feed.rows or 0)


def _progress(line: RoundLine, state: PullState) -> str:
    """Return how far the first load of one entity is; a later comparison is none."""
    if line.state == RoundState.OFF:
        return "off"
    if state.caught_up_on is not None:
        return "done"
    if line.state == RoundState.STOPPED:
        return "stopped"
    return "reading" if state.feeds else "never"


def _step(progress: set[str], connection: Connection) -> str:
    """Return what comes next."""
    if progress <= {"done", "off"}:
        return "done"
    if connection.paused:
        return "paused"
    if "stopped" in progress:
        return "stopped"
    return "reading" if progress & {"reading", "done"} else "never"
