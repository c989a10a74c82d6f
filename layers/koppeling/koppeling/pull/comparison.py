"""When a full comparison is due: it heals what no cursor can see any more (R13).

Each connection and entity has its own day between `FIRST` and `LATEST`, so that they are spread.
The last run of that evening queues the comparison, which goes on at night. One that failed on all
those evenings no longer waits for a night.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from koppeling.core.clock import AMSTERDAM, today
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.entity import Entity
from koppeling.pull.schedule import CLOSES_AT, OPENS_AT, spread

FIRST, LATEST = timedelta(days=60), timedelta(days=85)
# X98: Exact tells of deletions for about two months
LONGEST_SILENCE = timedelta(days=55)


def planned(state: PullState, day: date) -> PullState:
    """Return the state with a day of comparison from which the next one can be counted."""
    if state.caught_up_on is not None and day - state.caught_up_on > LONGEST_SILENCE:
        return due_soon(state, day)
    if state.compared_on is None and state.is_loaded:
        # The release before did not keep the day
        return replace(state, compared_on=day - FIRST)
    return state


def due_soon(state: PullState, day: date) -> PullState:
    """Return the state in which a comparison is due on the evening of this day."""
    return replace(state, compared_on=day - (LATEST - timedelta(days=1)))


def is_comparison_due(state: PullState, connection: str, entity: Entity, now: datetime) -> bool:
    """Say whether a comparison has to begin now."""
    if state.compared_on is None:
        return False
    age = today(now) - state.compared_on
    if age >= LATEST:
        return True
    own_day = FIRST + timedelta(days=spread(connection, entity.name, (LATEST - FIRST).days))
    return age >= own_day and is_night(entity, now)


def is_night(entity: Entity, now: datetime) -> bool:
    """Say whether no tick of an entity comes any more before the morning."""
    local = now.astimezone(AMSTERDAM)
    last_tick = CLOSES_AT * 60 - min(entity.interval_minutes, 60)
    return not OPENS_AT * 60 <= local.hour * 60 + local.minute < last_tick
