"""The last and the next round of an entity are those that the schedule gives, on any day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from koppeling.core.clock import AMSTERDAM, today
from koppeling.core.connection import Connection, EntitySetting
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import FeedCursor, PullState
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.projects import PROJECTS
from koppeling.pull.rounds import RoundState, RoundTimes, Timetable, round_times
from koppeling.pull.schedule import is_due, spread
from tests.unit.pull.builders import a_connection

SPREAD = 600
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
DAYS = st.dates(min_value=date(2026, 1, 2), max_value=date(2030, 12, 30))
MINUTES = st.integers(min_value=0, max_value=1439)


def ticks(entity: Entity, day: date) -> Iterator[datetime]:
    """Yield the ticks of a schedule in Dutch time, as EventBridge fires them, with a late start."""
    hours, minutes = (
        (range(7, 20), (3, 18, 33, 48)) if entity is ACCOUNTS else ((7, 11, 15, 19), (9,))
    )
    for hour in hours:
        for minute in minutes:
            at = datetime(day.year, day.month, day.day, hour, minute, 4, tzinfo=AMSTERDAM)
            yield at.astimezone(UTC)


def rounds(connection: Connection, entity: Entity, day: date) -> Iterator[datetime]:
    """Yield when the rounds of a connection are, as a fan out delays them."""
    delay = timedelta(seconds=spread(connection.id, entity.name, SPREAD))
    interval = connection.setting(entity.name).interval_minutes
    for tick in ticks(entity, day):
        if interval <= entity.interval_minutes or is_due(tick, interval):
            yield tick.replace(second=0) + delay


def times_at(now: datetime, connection: Connection, entity: Entity = ACCOUNTS) -> RoundTimes:
    """Return the rounds of an entity that was complete on every day."""
    around = [today(now) - timedelta(days=1), today(now)]
    past = [tick for day in around for tick in ticks(entity, day) if tick <= now]
    last = max(at for day in around for at in rounds(connection, entity, day) if at <= now)
    stands = PullState(1, feeds={"Accounts": FeedCursor(rows=1)}, caught_up_on=today(last))
    timetable = Timetable(connection, entity, past[-1], SPREAD)
    return round_times(timetable, stands, now)


@given(
    DAYS,
    MINUTES,
    st.sampled_from([ACCOUNTS, PROJECTS]),
    st.integers(min_value=15, max_value=900),
    st.text(alphabet="abcdefgh", min_size=1),
)
@example(SPRING, 45, ACCOUNTS, 15, "acme")
@example(SPRING, 7 * 60, PROJECTS, 240, "acme")
@example(AUTUMN, 90, ACCOUNTS, 60, "acme")
@example(AUTUMN, 18 * 60 + 55, PROJECTS, 480, "acme")
def test_a_round_lies_where_the_schedule_the_interval_and_the_spread_put_it(
    day: date, minute: int, entity: Entity, interval: int, name: str
) -> None:
    setting = EntitySetting(interval_minutes=interval)
    connection = a_connection(id=ConnectionId(name), entities={entity.name: setting})
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    around = [today(now) + timedelta(days=days) for days in (-1, 0, 1)]
    all_of_them = [at for each in around for at in rounds(connection, entity, each)]

    found = times_at(now, connection, entity)

    assert found.last == max(at for at in all_of_them if at <= now)
    assert found.next == min(at for at in all_of_them if at > now)
    assert found.state is RoundState.RUNNING
    assert found.last_on == today(found.last)


@given(DAYS, MINUTES)
@example(SPRING, 60)
@example(AUTUMN, 60)
def test_no_round_is_outside_the_window_on_the_dutch_clock(day: date, minute: int) -> None:
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    found = times_at(now, a_connection())

    for at in (found.last, found.next):
        assert at is not None
        local = at.astimezone(AMSTERDAM)
        assert (7, 0) <= (local.hour, local.minute) <= (20, 10)


@given(day=DAYS, minute=MINUTES, paused=st.booleans(), enabled=st.booleans())
def test_what_is_paused_or_off_has_no_next_round(
    day: date, minute: int, *, paused: bool, enabled: bool
) -> None:
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    setting = EntitySetting(enabled=enabled)
    connection = a_connection(paused=paused, entities={"accounts": setting})

    found = times_at(now, connection)

    assert (found.next is None) is (paused or not enabled)
