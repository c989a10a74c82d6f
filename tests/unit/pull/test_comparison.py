"""R13: a full comparison at least every 90 days, after 55 days of silence, and at night."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from koppeling.core.ids import SyncTimestamp
from koppeling.pull.comparison import FIRST, LATEST, is_comparison_due, is_night, planned
from koppeling.pull.cursor import FeedCursor, PullState
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.projects import PROJECTS

DAY = date(2026, 11, 24)
EVENING = datetime(2026, 11, 24, 18, 48, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
LOADED = PullState(
    fencing=1, feeds={"accounts": FeedCursor(SyncTimestamp(9))}, caught_up_on=DAY - timedelta(1)
)


def compared(days_ago: int) -> PullState:
    """Return the state of a pull whose last comparison was so many days ago."""
    return replace(LOADED, compared_on=DAY - timedelta(days=days_ago))


def evenings(connection: str) -> list[int]:
    """Return the ages at which the comparison of a connection is due by night."""
    return [
        age for age in range(100) if is_comparison_due(compared(age), connection, ACCOUNTS, EVENING)
    ]


def test_connections_have_evenings_of_their_own_and_none_waits_for_90_days() -> None:
    firsts = [evenings(f"customer-{number}")[0] for number in range(500)]

    assert min(firsts) >= FIRST.days
    assert max(firsts) < LATEST.days < 90
    busiest = max(firsts.count(age) for age in firsts)
    assert busiest < 3 * len(firsts) / (LATEST - FIRST).days


def test_an_evening_that_failed_is_made_up_for_on_the_next_one() -> None:
    due = evenings("acme")
    assert due == list(range(due[0], 100))


def test_a_comparison_waits_for_the_night_until_it_can_wait_no_longer() -> None:
    at_noon = [age for age in range(100) if is_comparison_due(compared(age), "a", ACCOUNTS, NOON)]
    assert at_noon == list(range(LATEST.days, 100))


def test_what_was_never_loaded_is_not_compared() -> None:
    new = planned(PullState(fencing=1), DAY)
    assert new.compared_on is None
    assert not is_comparison_due(new, "acme", ACCOUNTS, EVENING)


def test_what_the_release_before_loaded_is_compared_within_the_weeks_that_spread_it() -> None:
    assert planned(LOADED, DAY).compared_on == DAY - FIRST
    assert planned(compared(7), DAY) == compared(7)


@pytest.mark.parametrize(("days", "is_due"), [(55, False), (56, True)])
def test_after_a_silence_that_deletions_do_not_reach_back_over_it_is_due_that_evening(
    days: int, *, is_due: bool
) -> None:
    silent = replace(compared(days), caught_up_on=DAY - timedelta(days=days))
    resumed = planned(silent, DAY)
    for connection in ("acme", "b", "c", "d"):
        assert is_comparison_due(resumed, connection, ACCOUNTS, EVENING) is is_due
        assert not is_comparison_due(resumed, connection, ACCOUNTS, NOON)


@pytest.mark.parametrize(
    ("hour", "minute", "accounts", "projects"),
    [
        (6, 59, True, True),
        (7, 0, False, False),
        (18, 59, False, False),
        (19, 0, False, True),
        (19, 44, False, True),
        (19, 45, True, True),
        (23, 30, True, True),
        (3, 0, True, True),
    ],
)
def test_the_night_begins_with_the_last_tick_of_an_entity(
    hour: int, minute: int, *, accounts: bool, projects: bool
) -> None:
    local = datetime(2026, 11, 24, hour, minute, tzinfo=UTC) - timedelta(hours=1)
    assert (is_night(ACCOUNTS, local), is_night(PROJECTS, local)) == (accounts, projects)
