"""When each entity of a connection last had its round, and when it has the next one.

A round that finds nothing new writes nothing. So these moments are worked out from what is there:
the last tick of the schedule, the spread of this connection, and where its pull stands.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from koppeling.core.clock import AMSTERDAM, Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.entity import Entity
from koppeling.pull.schedule import CLOSES_AT, OPENS_AT, QUARTER, is_due, spread
from koppeling.pull.ticks import TickLog


class RoundState(StrEnum):
    """How an entity of a connection is doing.

    `running`: round after round. `reading`: everything is being read, for the first time or again.
    `never`: no round was yet. `stopped`: the last one ended with an error, and the next one tries
    again. `paused`, `not-started` and `off`: there are no rounds.
    """

    RUNNING = "running"
    READING = "reading"
    NEVER = "never"
    STOPPED = "stopped"
    PAUSED = "paused"
    NOT_STARTED = "not-started"
    OFF = "off"


# There are no rounds
IDLE = frozenset({RoundState.PAUSED, RoundState.NOT_STARTED, RoundState.OFF})


@dataclass(frozen=True, slots=True)
class RoundTimes:
    """The last and the next round of one entity of one connection.

    `last` is None when only its day is known, `last_on`, or when there was none. `code` is that of
    the error by which it `stopped`.
    """

    state: RoundState
    last: datetime | None = None
    next: datetime | None = None
    last_on: date | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The rounds of one entity of one connection, by the last tick of its schedule.

    Calls that run out lengthen the interval to `stretched_minutes` (R34).
    """

    connection: Connection
    entity: Entity
    last_tick: datetime | None
    spread_seconds: int
    stretched_minutes: int = 0

    def rounds_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the due slots of a day on the Dutch clock, each with the moment of the round."""
        delay = timedelta(seconds=spread(self.connection.id, self.entity.name, self.spread_seconds))
        minutes = OPENS_AT * 60 + self._offset
        while minutes < CLOSES_AT * 60:
            # Within the window no clock is changed, so minutes of the day are minutes of the clock
            at = time(minutes // 60, minutes % 60)
            slot = datetime.combine(day, at, AMSTERDAM)
            if self._is_due(slot):
                yield slot, (slot + delay).astimezone(UTC)
            minutes += self.entity.interval_minutes

    def before(self, now: datetime, day: date) -> datetime | None:
        """Return the last round of a day that a tick began, and that was by now."""
        tick = self.last_tick
        if tick is None:
            return None
        past = [at for slot, at in self.rounds_on(day) if slot <= tick and at <= now]
        return past[-1] if past else None

    def after(self, now: datetime) -> datetime:
        """Return the first round that is still to come."""
        first = today(now)
        days = (first, first + timedelta(days=1))
        # The first tick of a day is due whatever the interval is
        return next(at for day in days for _, at in self.rounds_on(day) if at > now)

    @property
    def _offset(self) -> int:
        """Return how many minutes after a quarter the ticks are, as the last one was."""
        return 0 if self.last_tick is None else self.last_tick.minute % QUARTER

    def _is_due(self, slot: datetime) -> bool:
        interval = self.connection.setting(self.entity.name).interval_minutes
        as_scheduled = interval <= self.entity.interval_minutes
        as_stretched = not self.stretched_minutes or is_due(slot, self.stretched_minutes)
        return as_stretched and (as_scheduled or is_due(slot, interval))


def round_times(
    timetable: Timetable, state: PullState, now: datetime, logged: datetime | None = None
) -> RoundTimes:
    """Return the last and the next round; `logged` is the last one in the log, which is certain."""
    stands = _state_of(timetable, state)
    last = _last(timetable, state, stands, now)
    if logged is not None and (last is None or logged > last):
        last = logged
    is_idle = stands in IDLE
    return RoundTimes(
        stands,
        last,
        None if is_idle else timetable.after(now),
        state.caught_up_on if last is None else today(last),
        (state.last_error or "") if stands is RoundState.STOPPED else "",
    )


def _state_of(timetable: Timetable, state: PullState) -> RoundState:
    connection = timetable.connection
    if not connection.setting(timetable.entity.name).enabled:
        return RoundState.OFF
    if not connection.started:
        return RoundState.NOT_STARTED
    if connection.paused:
        return RoundState.PAUSED
    if state.last_error is not None:
        return RoundState.STOPPED
    if state.caught_up_on is None and not state.feeds:
        return RoundState.NEVER
    return RoundState.READING if state.is_under_way else RoundState.RUNNING


def _last(
    timetable: Timetable, state: PullState, stands: RoundState, now: datetime
) -> datetime | None:
    """Return the last round, of a day on which there was one for certain.

    The day on which a run was complete is known. A run that stopped, or is still reading, is one of
    the last tick.
    """
    if timetable.last_tick is None or stands in {*IDLE, RoundState.NEVER}:
        return None
    is_trying = stands in {RoundState.STOPPED, RoundState.READING}
    latest = today(timetable.last_tick)
    for day in (latest, latest - timedelta(days=1)):
        found = timetable.before(now, day)
        if found is not None and (is_trying or state.caught_up_on == day):
            return found
    return None


class StatesOfConnection(Protocol):
    """Where all pulls of a connection stand."""

    def all_of(self, connection: ConnectionId) -> Mapping[str, PullState]:
        """Return where each entity stands that was ever pulled."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of all entities, with as few reads as two lists take."""

    entities: Mapping[str, Entity]
    ticks: TickLog
    states: StatesOfConnection
    spread_seconds: int
    now: Now

    def of(
        self,
        connection: Connection,
        *,
        stretched_minutes: int = 0,
        logged: Mapping[str, datetime] | None = None,
    ) -> dict[str, RoundTimes]:
        """Return the rounds of each entity, in the order of a first load."""
        ticks, states = self.ticks.last(), self.states.all_of(connection.id)
        return {
            name: round_times(
                Timetable(
                    connection, entity, ticks.get(name), self.spread_seconds, stretched_minutes
                ),
                states.get(name, PullState(fencing=0)),
                self.now(),
                (logged or {}).get(name),
            )
            for name, entity in self.entities.items()
        }
