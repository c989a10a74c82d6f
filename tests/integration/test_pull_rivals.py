"""Two processes at the same work: one of them does it, and neither undoes the other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.core.clock import Deadline
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up, change_some, cursors

PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
LEASE_OVER = 181


def rival(built: Environment) -> Summary:
    """Let another process run the same connection from beginning to end."""
    return built.another().pulls.run(built.connection.id, PLENTY)


def meanwhile(act: Callable[[], object], at: int) -> Callable[[], int]:
    """Return a clock of Lambda that lets something happen when it is looked at the n-th time."""
    looks = iter(range(1, 1000))

    def remaining() -> int:
        if next(looks) == at:
            act()
        return MILLISECONDS_LEFT

    return remaining


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_second_run_of_the_same_connection_finds_it_busy_and_makes_no_call(at: int) -> None:
    with environment(accounts=4) as h:
        met: list[Summary] = []

        assert h.pull(meanwhile(lambda: met.append(rival(h)), at)).outcome == "done"

        assert [summary.outcome for summary in met] == ["busy"]
        assert h.calls("sync") == 3
        assert_all_is_well(h)


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_of_two_runs_that_begin_at_rest_one_writes_what_is_new(at: int) -> None:
    with environment(accounts=4) as h:
        catch_up(h)
        h.exact.change_account("1068", City="Zwolle")
        h.milestones.journal.clear()
        met: list[Summary] = []

        late = h.pull(meanwhile(lambda: met.append(rival(h)), at))

        assert {each.outcome for each in (*met, late)} <= {"done", "busy", "pull-overtaken"}
        puts = h.milestones.journal.calls(lambda call: call.method == "PUT")
        assert len(puts) == 1
        assert_all_is_well(h)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_whose_lease_ran_out_is_taken_over_and_writes_no_state_any_more(at: int) -> None:
    with environment(accounts=4) as h:
        met: list[Summary] = []

        def take_over() -> None:
            h.clock.advance(LEASE_OVER)
            met.append(rival(h))

        late = h.pull(meanwhile(take_over, at))

        assert [summary.outcome for summary in met] == ["done"]
        assert late.outcome == "pull-overtaken"
        assert truth.troubles(h) == set()
        taken = cursors(h)
        assert h.next_tick().outcome == "done"
        assert cursors(h) == taken
        assert_all_is_well(h)


def test_a_late_run_closes_no_problem_that_the_one_who_took_over_opened() -> None:
    with environment(accounts=4) as h:
        h.exact.switches.turn(missing_rights=["Crm accounts"])
        h.pull()
        assert truth.troubles(h) == {"exact-no-rights"}
        h.exact.switches.turn(missing_rights=[])

        def take_over() -> None:
            h.exact.switches.turn(missing_rights=["Crm accounts"])
            h.clock.advance(LEASE_OVER)
            rival(h)
            h.exact.switches.turn(missing_rights=[])

        h.pull(meanwhile(take_over, 1))

        assert truth.troubles(h) == {"exact-no-rights"}
        catch_up(h)
        assert_all_is_well(h)


def test_the_cursor_is_written_only_under_the_newest_lease() -> None:  # R9
    with environment(accounts=4) as h:
        states, own = h.wiring.stores.pull_stores.states, h.connection.id
        first = states.acquire(own, "accounts", h.clock.now(), timedelta(seconds=180))
        h.clock.advance(LEASE_OVER)
        second = states.acquire(own, "accounts", h.clock.now(), timedelta(seconds=180))
        assert first is not None
        assert second is not None

        for write in (states.save, states.release):
            with pytest.raises(Retry):
                write(own, "accounts", first)

        states.release(own, "accounts", second)
        assert second.fencing > first.fencing


def test_two_connections_of_one_user_work_with_one_chain() -> None:  # DF18
    with environment(accounts=4) as h:
        second = replace(h.connection, id=ConnectionId("veldhuis-advies-02"))
        h.wiring.stores.connections.save(second)
        h.clock.advance(900)

        assert h.pull().outcome == "done"
        assert h.another().pulls.run(second.id, PLENTY).outcome == "done"

        tokens = h.exact.journal.calls(lambda call: call.endpoint == "oauth2/token")
        assert len(tokens) == 1


def test_the_same_message_twice_writes_nothing_twice() -> None:
    with environment(accounts=6) as h:
        message = {"connection": h.connection.id, "slot": h.clock.now().isoformat()}
        h.wiring.pulls.handle_message(message, PLENTY)
        change_some(h)
        h.wiring.pulls.handle_message(message, PLENTY)
        h.milestones.journal.clear()

        h.another().pulls.handle_message(message, PLENTY)

        assert {call.method for call in h.milestones.journal.calls()} <= {"GET"}
        assert_all_is_well(h)
