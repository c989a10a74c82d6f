"""R13: how a full comparison is started by the schedule, goes on at night, and ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.errors import Consequence, Defer, Fatal, Retry
from koppeling.core.ids import SyncTimestamp
from koppeling.core.summary import Summary
from koppeling.pull.cursor import FeedCursor, PullState, ReadMode
from koppeling.pull.dispatch import COMPARISON_PAUSE_SECONDS, LONGEST_DELAY_SECONDS
from koppeling.pull.ports import Page
from tests.unit.pull.builders import an_account
from tests.unit.pull.fakes import Ground, plenty_of_time
from tests.unit.pull.test_dispatch import ACCOUNTS_ENDPOINT, ACME, SLOT, a_ground, pulls, run

EVENING = datetime(2026, 11, 24, 18, 48, tzinfo=UTC)
OLD = FeedCursor(SyncTimestamp(10), SyncTimestamp(10))


def at(moment: datetime, days_ago: int) -> Ground:
    """Return the ground of a pull that was compared so many days ago."""
    ground = a_ground()
    ground.clock.freeze(moment)
    ground.facts.known = replace(ground.facts.told, looked_at=moment)  # type: ignore[type-var]
    ground.states.state = PullState(
        fencing=1,
        feeds={"accounts": OLD, "contacts": OLD, "addresses": OLD},
        compared_on=moment.date() - timedelta(days=days_ago),
        caught_up_on=moment.date(),
        changed_on=moment.date(),
    )
    return ground


def deliver(ground: Ground) -> Summary:
    """Deliver the one message that waits, when its time has come."""
    ((message, delay),) = ground.queue.sent
    ground.queue.sent.clear()
    ground.clock.advance(delay)
    return pulls(ground).handle_message(message, plenty_of_time())


def asked_from(ground: Ground) -> list[int]:
    """Return from where each feed was read, and forget it."""
    found = [after for _, after, _ in ground.exact.asked]
    ground.exact.asked.clear()
    return found


def test_the_last_run_of_the_evening_queues_a_comparison_that_begins_after_it() -> None:
    ground = at(EVENING, days_ago=84)
    assert run(ground).outcome == "done"
    assert asked_from(ground) == [10, 10, 10]
    ((message, delay),) = ground.queue.sent
    assert (message["compare"], delay) == ("yes", LONGEST_DELAY_SECONDS)

    assert deliver(ground).outcome == "done"

    assert asked_from(ground) == [1, 1, 1], "every row is read"
    state = ground.states.state
    assert (state.compared_on, state.read_mode) == (EVENING.date(), ReadMode.INCREMENTAL)
    assert ground.queue.sent == []


@pytest.mark.parametrize(("moment", "days"), [(SLOT, 84), (EVENING, 59)])
def test_by_day_and_before_its_time_no_comparison_is_queued(moment: datetime, days: int) -> None:
    ground = at(moment, days)
    run(ground)
    assert ground.queue.sent == []


def test_a_message_that_comes_twice_compares_once() -> None:
    ground = at(EVENING, days_ago=84)
    run(ground)
    message, _ = ground.queue.sent[0]
    deliver(ground)
    asked_from(ground)

    pulls(ground).handle_message(message, plenty_of_time())

    assert asked_from(ground) == [10, 10, 10]


def test_a_comparison_that_is_under_way_goes_on_where_it_was() -> None:
    ground = at(EVENING, days_ago=84)
    run(ground)
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([an_account()], "next"), Retry("x")]}
    deliver(ground)
    asked_from(ground)
    ground.exact.answers = {}

    deliver(ground)

    assert ground.exact.asked == [(ACCOUNTS_ENDPOINT, 1, "next")]


@pytest.mark.parametrize(
    ("stop", "delay"),
    [
        (Defer("pull-continues", EVENING), COMPARISON_PAUSE_SECONDS),
        (Defer("exact-minute-limit", EVENING + timedelta(seconds=930)), 90),
        (Defer("exact-day-limit", EVENING + timedelta(hours=4)), LONGEST_DELAY_SECONDS),
        (Retry("exact-unavailable"), LONGEST_DELAY_SECONDS),
    ],
)
def test_at_night_it_goes_on_by_its_own_messages_slowly_enough_for_the_invoices(
    stop: Consequence, delay: int
) -> None:
    ground = at(EVENING, days_ago=84)
    run(ground)
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [stop]}

    deliver(ground)

    ((_, waits),) = ground.queue.sent
    assert waits == delay
    assert ground.states.state.is_scheduled


def test_what_a_person_has_to_mend_sends_no_messages_all_night() -> None:
    ground = at(EVENING, days_ago=84)
    run(ground)
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Fatal("exact-no-rights")]}
    deliver(ground)
    assert ground.queue.sent == []


def test_a_comparison_that_a_person_asks_for_is_none_of_the_schedule() -> None:
    ground = at(SLOT, days_ago=3)
    pulls(ground).run(ACME, plenty_of_time(), full=True)
    assert asked_from(ground) == [1, 1, 1]
    assert ground.states.state.compared_on == SLOT.date()
