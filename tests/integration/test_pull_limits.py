"""Limits of Exact: no call before the reset, a message for what waits, and few calls of our own."""

from datetime import timedelta

import pytest

from koppeling.bootstrap import Wiring
from koppeling.core.clock import Deadline
from koppeling.core.summary import Summary
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.integration.effects import process
from tests.integration.levers import assert_all_is_well, catch_up, change_some
from tests.sandbox.common.faults import Fault

PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
MINUTE_OVER = 60
ACCOUNTS = "sync/CRM/Accounts"


def tick(h: Environment, running: Wiring) -> Summary:
    """Let a process handle the message of a tick; a round that somebody asked for is logged."""
    message = {"connection": str(h.connection.id), "slot": h.clock.now().isoformat()}
    return running.pulls.handle_message(message, PLENTY)


def test_the_minute_limit_stops_all_calls_until_its_reset_and_queues_the_rest() -> None:
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault("429-minute", endpoint=ACCOUNTS))
        assert h.pull().outcome == "exact-minute-limit"
        calls = h.calls()

        assert h.pull().outcome == "exact-minute-limit"
        assert h.another().pulls.run(h.connection.id, PLENTY).outcome == "exact-minute-limit"
        assert h.calls() == calls
        assert truth.troubles(h) == set()
        (message, *_) = h.waiting(h.settings.pull_queue_url)

        h.clock.advance(MINUTE_OVER)
        assert h.wiring.pulls.handle_message(message, PLENTY).outcome == "done"
        assert_all_is_well(h)


def test_the_minute_limit_counts_from_the_clock_of_exact_and_not_from_ours() -> None:  # X37
    with environment(accounts=4) as h:
        h.exact.switches.turn(clock_skew_seconds=245, minute_limit=2)

        assert h.pull().outcome == "exact-minute-limit"
        h.clock.advance(MINUTE_OVER)
        calls = h.calls()
        h.pull()

        assert h.calls() > calls


def test_the_day_limit_stops_all_calls_until_midnight_utc_and_a_person_is_told() -> None:
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault("429-day", endpoint=ACCOUNTS))
        assert h.pull().outcome == "exact-day-limit"
        calls = h.calls()

        while (h.clock.now() + timedelta(minutes=15)).date() == h.clock.now().date():
            assert h.next_tick().outcome == "exact-day-limit"
        assert h.calls() == calls
        assert truth.troubles(h) == {"exact-day-limit"}
        # Only the last tick of the day is near enough for a message that waits
        slots = [message["slot"] for message in h.waiting(h.settings.pull_queue_url)]
        assert slots == ["2026-11-25T00:00:01+00:00"]

        catch_up(h)
        assert_all_is_well(h)


def test_pulls_leave_the_last_two_fifths_of_a_day_to_invoices() -> None:  # DESIGN 7
    with environment(accounts=4) as h:
        h.exact.switches.turn(daily_limit=21)

        outcomes = [h.next_tick().outcome for _ in range(6)]

        assert outcomes == ["done"] * 4 + ["exact-day-limit"] * 2
        assert h.calls("sync") == 12


def test_a_tick_without_changes_costs_three_calls_and_none_to_milestones() -> None:  # P1, P4
    with environment(accounts=30) as h:
        catch_up(h)
        h.exact.journal.clear()
        h.milestones.journal.clear()

        assert h.next_tick().counts == {"pages": 3, "read": 0, "calls": 3}

        assert h.calls("sync") == 3
        assert h.milestones.journal.calls() == []


def test_a_tick_without_changes_writes_nothing_and_reads_two_units() -> None:  # P6
    with environment(accounts=30) as h:
        catch_up(h)
        running = process(h)
        tick(h, running)
        running.effects.done.clear()
        running.effects.read_units = 0

        assert tick(h, running).outcome == "done"

        assert running.effects.done == []
        assert running.effects.read_units <= 2


def test_a_token_that_has_to_be_refreshed_costs_two_writes() -> None:  # R26
    with environment(accounts=30) as h:
        catch_up(h)
        running = process(h)
        tick(h, running)
        h.clock.advance(900)
        running.effects.done.clear()

        assert tick(h, running).outcome == "done"

        assert len(running.effects.done) == 2
        assert len(h.exact.journal.calls(lambda call: call.endpoint == "oauth2/token")) > 0


def test_a_changed_record_costs_one_call_for_reading_and_one_for_writing() -> None:  # P4
    with environment(accounts=30) as h:
        catch_up(h)
        h.milestones.journal.clear()
        h.exact.change_account("1068", City="Zwolle")

        h.clock.advance(timedelta(minutes=15).total_seconds())
        message = {"connection": h.connection.id, "slot": h.clock.now().isoformat()}
        h.pulls().handle_message(message, PLENTY)

        calls = h.milestones.journal.calls(lambda call: call.endpoint not in ("token", "Company"))
        assert [call.method for call in calls] == ["GET", "PUT"]


@pytest.mark.parametrize("accounts", [4, 30])
def test_a_first_load_costs_one_call_for_each_thousand_rows(accounts: int) -> None:  # P5
    with environment(accounts=accounts) as h:
        change_some(h)

        h.pull()

        assert h.calls("sync") == 3
