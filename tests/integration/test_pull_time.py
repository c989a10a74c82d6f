"""Time that runs out: the work stops, keeps what it has, and goes on by a message of its own."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from koppeling.core.clock import Deadline
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up, cursors

PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
PAGE = 1000


def asked(times: int) -> Callable[[], int]:
    """Return a clock of Lambda that is looked at so many times before time is short."""
    left = iter([MILLISECONDS_LEFT] * times)
    return lambda: next(left, 1)


def add_suppliers(built: Environment, number: int) -> None:
    """Add relations that the link reads and leaves alone, to fill pages."""
    world = built.exact.world
    for position in range(number):
        world.add(
            "Accounts",
            {
                "ID": world.new_id(),
                "Code": f"{90_000 + position:>18}",
                "Name": f"Leverancier {position}",
                "Type": "A",
                "Status": "A",
                "Blocked": False,
                "IsAnonymised": 0,
            },
        )


def take_message(built: Environment) -> str:
    """Deliver the message that goes on with the work; returns what came of it."""
    (message,) = built.waiting(built.settings.pull_queue_url)
    built.clock.advance(2)
    return built.wiring.pulls.handle_message(message, PLENTY).outcome


@pytest.mark.parametrize(("times", "left"), [(5, 14), (9, 11), (15, 7)])
def test_the_rest_of_a_page_is_kept_without_a_problem_and_written_by_the_next_message(
    times: int, left: int
) -> None:
    with environment(accounts=12) as h:
        summary = h.pull(asked(times))

        assert summary.outcome == "pull-continues"
        assert summary.counts["postponed"] == left
        assert truth.troubles(h) == set()
        h.exact.journal.clear()

        assert take_message(h) == "done"

        assert_all_is_well(h)


def test_the_next_message_does_not_map_again_what_it_read_before() -> None:
    with environment(accounts=12) as h:
        h.pull(asked(6))
        h.clock.advance(2)

        summary = h.pull()

        # 12 customers, and 3 that are blocked or have ended: one of these stands in both systems
        told = summary.counts
        assert told["created"] + told["changed"] + told["left"] == 12 + 3 - 1


@pytest.mark.parametrize("times", [0, 2])
def test_time_that_is_short_between_feeds_stops_before_the_next_call(times: int) -> None:
    with environment(accounts=6) as h:
        summary = h.pull(asked(times))

        assert (summary.outcome, summary.counts["calls"]) == ("pull-continues", times)
        assert take_message(h) == "done"
        assert_all_is_well(h)


def test_time_that_stays_short_never_loses_a_postponed_change() -> None:
    with environment(accounts=8) as h:
        for _ in range(3):
            assert h.pull(asked(4)).outcome == "pull-continues"

        catch_up(h)
        assert_all_is_well(h)


def test_a_postponed_retry_keeps_its_problem_and_its_place() -> None:
    with environment(accounts=4) as h:
        for code in ("9901", "9902"):
            key = str(h.customer(code)["CustomerCompanyId"])
            h.milestones.world.change("CustomerCompany", key, {"CustomerCode": "3001"})
        h.exact.add_account(Code="3001", Name="Staat er dubbel")
        h.pull()
        (before,) = h.wiring.stores.pull_stores.retries.all(h.connection.id, "accounts")
        h.clock.advance(4 * 3600)

        assert h.pull(asked(0)).outcome == "pull-continues"

        assert truth.troubles(h) == {"duplicate-code"}
        assert h.wiring.stores.pull_stores.retries.all(h.connection.id, "accounts") == [before]


def test_a_read_of_many_pages_goes_on_where_it_stopped() -> None:
    with environment(accounts=6) as h:
        add_suppliers(h, 2 * PAGE)
        h.exact.add_account(Code="3001", Name="Op de laatste bladzijde")

        assert h.pull(asked(9)).outcome == "pull-continues"
        assert cursors(h)["accounts"] == 1
        assert h.milestones.world.find("CustomerCompany", CustomerCode="3001") == []
        h.exact.journal.clear()
        assert take_message(h) == "done"

        accounts = h.exact.journal.calls(lambda call: call.endpoint == "sync/CRM/Accounts")
        assert len(accounts) == 2
        assert all("skiptoken" in call.query for call in accounts)
        assert_all_is_well(h)


def test_a_resume_link_that_no_longer_belongs_here_starts_the_read_over() -> None:  # X50
    with environment(accounts=6) as h:
        add_suppliers(h, PAGE)
        h.exact.add_account(Code="3001", Name="Op de laatste bladzijde")
        assert h.pull(asked(9)).outcome == "pull-continues"

        with h.exact.running() as another_address:
            h.settings = replace(h.settings, exact_base_url=another_address)
            h.wiring = h.another()

            assert h.next_tick().outcome == "exact-request-refused"
            assert h.next_tick().outcome == "done"

        assert_all_is_well(h)
