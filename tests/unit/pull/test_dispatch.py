"""Pull: a tick, a message, a direct event, and what is left for later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from koppeling.core.clock import Deadline
from koppeling.core.connection import EntitySetting
from koppeling.core.errors import Consequence, Defer, Fatal, Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.pull.cursor import PullState
from koppeling.pull.dispatch import LEASE, PullDispatcher
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.ports import Page
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection, an_account
from tests.unit.pull.fakes import Ground, plenty_of_time

SLOT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
ACME = ConnectionId("acme")
OWN = "accounts/connection"
ACCOUNTS_ENDPOINT = "sync/CRM/Accounts"


def a_ground(**changes: Any) -> Ground:  # noqa: ANN401 - fields of a connection
    """Return the ground of one connection, at the moment of its tick."""
    ground = Ground(Clock(frozen_at=SLOT))
    ground.connections.add(a_connection(id=ACME, **changes))
    return ground


def pulls(ground: Ground, spread_seconds: int = 0) -> PullDispatcher:
    """Return the pulls of accounts on this ground."""
    return PullDispatcher(
        ACCOUNTS,
        connections=ground.connections,
        stores=ground.stores,
        queue=ground.queue,
        start=ground.start,
        now=ground.clock.now,
        spread_seconds=spread_seconds,
    )


def run(ground: Ground, deadline: Deadline | None = None) -> Summary:
    """Let the connection catch up."""
    return pulls(ground).run(ACME, deadline or plenty_of_time())


def stop_with(ground: Ground, error: Consequence) -> Summary:
    """Run while Exact answers with an error."""
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [error]}
    return run(ground)


def test_a_tick_queues_one_message_for_each_connection_that_is_due() -> None:
    ground = a_ground()
    ground.connections.add(a_connection(id=ConnectionId("paused"), paused=True))
    off = {"accounts": EntitySetting(enabled=False)}
    ground.connections.add(a_connection(id=ConnectionId("off"), entities=off))
    seldom = {"accounts": EntitySetting(interval_minutes=60)}
    ground.connections.add(a_connection(id=ConnectionId("seldom"), entities=seldom))

    first = pulls(ground).fan_out(SLOT)
    second = pulls(ground).fan_out(SLOT + timedelta(minutes=15))

    assert [message["connection"] for message, _ in ground.queue.sent] == ["acme", "seldom", "acme"]
    assert (first.outcome, first.counts["queued"]) == ("queued", 2)
    assert second.counts["queued"] == 1
    assert ground.exact.asked == []


def test_a_tick_says_what_it_queued_and_notes_that_it_was() -> None:
    ground = a_ground()
    noted: list[tuple[str, datetime]] = []
    ticking = replace(pulls(ground), on_tick=lambda entity, at: noted.append((entity, at)))

    told = ticking.fan_out(SLOT)

    assert told == Summary("tick", "queued", entity="accounts", counts={"queued": 1})
    assert noted == [("accounts", SLOT)]


def test_a_message_carries_the_slot_of_its_tick_and_waits_by_the_spread() -> None:
    ground = a_ground()
    pulls(ground, spread_seconds=600).fan_out(SLOT)
    ((message, delay),) = ground.queue.sent
    assert message == {"connection": "acme", "slot": "2026-11-24T06:03:00+00:00"}
    assert 0 < delay < 600


def test_a_message_of_this_slot_is_carried_out() -> None:
    ground = a_ground()
    message = {"connection": "acme", "slot": SLOT.isoformat()}
    ground.clock.advance(14 * 60)
    assert pulls(ground).handle_message(message, plenty_of_time()).outcome == "done"


def test_a_message_older_than_its_slot_is_dropped_without_a_call() -> None:
    ground = a_ground()
    message = {"connection": "acme", "slot": SLOT.isoformat()}
    ground.clock.advance(15 * 60)
    summary = pulls(ground).handle_message(message, plenty_of_time())
    assert (summary.outcome, summary.connection) == ("stale", "acme")
    assert (ground.exact.asked, ground.states.leased_until) == ([], None)


def test_a_connection_that_is_not_known_is_said_to_be_so() -> None:
    summary = pulls(a_ground()).run(ConnectionId("nobody"), plenty_of_time())
    assert (summary.outcome, summary.connection) == ("unknown-connection", "nobody")


@pytest.mark.parametrize(
    ("outcome", "changes"),
    [
        ("paused", {"paused": True}),
        ("not-started", {"started": False}),
        ("switched-off", {"entities": {"accounts": EntitySetting(enabled=False)}}),
    ],
)
def test_a_connection_that_is_not_at_work_or_has_the_entity_off_costs_no_call(
    outcome: str, changes: dict[str, Any]
) -> None:
    ground = a_ground(**changes)
    assert run(ground).outcome == outcome
    assert (ground.exact.asked, ground.states.leased_until) == ([], None)


def test_while_one_run_is_at_work_another_one_leaves_it_alone() -> None:
    ground = a_ground()
    ground.states.acquire(ACME, "accounts", SLOT, LEASE)
    assert run(ground).outcome == "busy"
    assert (ground.exact.asked, ground.closed) == ([], 0)


def test_a_lease_outlives_the_time_out_of_its_function() -> None:
    assert timedelta(seconds=120) < LEASE


def test_a_run_reads_each_feed_and_gives_its_lease_back() -> None:
    ground = a_ground()
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([an_account()])]}
    summary = run(ground)
    assert (summary.outcome, summary.detail, summary.entity) == ("done", "", "accounts")
    assert (summary.counts["created"], summary.counts["calls"]) == (1, 3)
    assert [endpoint for endpoint, _, _ in ground.exact.asked] == [
        feed.endpoint for feed in ACCOUNTS.feeds
    ]
    assert ground.states.leased_until is None
    assert ground.states.state.feed("accounts").cursor == 10
    assert (ground.queue.sent, ground.problems.open_ones, ground.problems.closed) == ([], {}, [])


def test_a_run_always_shares_what_it_learned_of_its_calls() -> None:
    ground = a_ground()
    stop_with(ground, Retry("exact-unavailable"))
    assert ground.closed == 1


@pytest.mark.parametrize(
    "error",
    [
        Fatal("exact-no-rights", "403", exact_user="jan"),
        Retry("exact-unavailable", "503", exact_user="jan"),
    ],
    ids=lambda error: error.code,
)
def test_what_stops_a_run_is_a_problem_of_the_connection_until_a_run_gets_through(
    error: Consequence,
) -> None:
    ground = a_ground()
    summary = stop_with(ground, error)
    assert (summary.outcome, summary.detail) == (error.code, error.detail)
    problem = ground.problems.open_ones[OWN, error.code]
    assert problem.values == {"entity": "accounts", "exact_user": "jan"}
    assert (ground.states.leased_until, ground.queue.sent) == (None, [])
    ground.exact.answers = {}
    assert run(ground).outcome == "done"
    assert ground.problems.open_ones == {}


def test_another_trouble_takes_the_place_of_the_one_before() -> None:
    ground = a_ground()
    stop_with(ground, Retry("exact-unavailable"))
    stop_with(ground, Fatal("exact-no-rights"))
    assert list(ground.problems.open_ones) == [(OWN, "exact-no-rights")]


def test_the_same_trouble_keeps_its_problem_open() -> None:
    ground = a_ground()
    stop_with(ground, Retry("exact-unavailable"))
    stop_with(ground, Retry("exact-unavailable"))
    assert list(ground.problems.open_ones) == [(OWN, "exact-unavailable")]


@pytest.mark.parametrize(
    "code",
    ["pull-continues", "pull-overtaken", "token-busy", "token-overtaken", "exact-minute-limit"],
)
def test_what_goes_on_by_itself_is_no_problem_for_anybody(code: str) -> None:
    ground = a_ground()
    assert stop_with(ground, Defer(code, SLOT)).outcome == code
    assert ground.problems.open_ones == {}


def test_work_that_is_put_off_goes_on_by_a_message_for_the_moment_it_may() -> None:
    ground = a_ground()
    stop_with(ground, Defer("exact-minute-limit", SLOT + timedelta(seconds=899)))
    ((message, delay),) = ground.queue.sent
    assert (message["connection"], delay) == ("acme", 900)
    ground.clock.advance(delay)
    ground.exact.answers = {}
    assert pulls(ground).handle_message(message, plenty_of_time()).outcome == "done"


@pytest.mark.parametrize("until", [SLOT, SLOT - timedelta(hours=1)])
def test_work_that_may_go_on_at_once_lets_others_go_first_for_a_second(until: datetime) -> None:
    ground = a_ground()
    stop_with(ground, Defer("pull-continues", until))
    assert [delay for _, delay in ground.queue.sent] == [1]


@pytest.mark.parametrize(("seconds", "messages"), [(899, 1), (900, 0), (36_000, 0)])
def test_a_wait_longer_than_a_message_can_be_held_back_is_left_to_a_later_tick(
    seconds: int, messages: int
) -> None:
    ground = a_ground()
    stop_with(ground, Defer("exact-day-limit", SLOT + timedelta(seconds=seconds)))
    assert len(ground.queue.sent) == messages


def test_without_time_for_a_call_the_run_stops_before_it_and_goes_on_later() -> None:
    ground = a_ground()
    assert run(ground, Deadline(lambda: 34_999)).outcome == "pull-continues"
    assert (ground.exact.asked, len(ground.queue.sent)) == ([], 1)
    assert ground.states.leased_until is None


def test_a_run_that_stopped_between_two_pages_goes_on_at_the_second_one() -> None:
    ground = a_ground()
    ground.exact.answers = {
        ACCOUNTS_ENDPOINT: [Page([an_account()], "second"), Retry("exact-unavailable")]
    }
    run(ground)
    assert ground.states.state.feed("accounts").cursor == 1
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([an_account(ID="b", Timestamp=20)])]}
    run(ground)
    assert ground.exact.asked[-1] == (ACCOUNTS_ENDPOINT, 1, "second")
    assert ground.states.state.feed("accounts").cursor == 20


def test_a_run_whose_lease_was_taken_over_leaves_the_newer_state_alone() -> None:
    ground = a_ground()
    taken_over = PullState(fencing=9)

    def another_run_takes_over() -> None:
        ground.states.state = taken_over

    ground.exact.during = another_run_takes_over
    assert run(ground).outcome == "done"
    assert ground.states.state == taken_over
    assert ground.states.leased_until is not None


def test_a_mistake_of_ours_that_concerns_the_whole_run_is_not_hidden() -> None:
    ground = a_ground()
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([None])]}  # type: ignore[list-item]
    with pytest.raises(AttributeError):
        run(ground)
    assert ground.closed == 1


def test_an_outage_is_left_to_the_next_tick_and_goes_round_in_no_queue() -> None:
    ground = a_ground()
    until = SLOT + timedelta(seconds=30)
    outage = Defer("exact-unavailable", until, "an outage", until=until.isoformat())

    assert stop_with(ground, outage).outcome == "exact-unavailable"

    assert ground.queue.sent == []
    assert ground.problems.codes() == ["exact-unavailable"]
