"""Rows that a slow transaction of Exact commits after later ones were read (X94, R14).

The overlap is a window of time: however many runs, pages or messages lie between.
"""

from datetime import timedelta

import pytest

from koppeling.core.clock import Deadline
from koppeling.pull.cursor import LATE_COMMIT
from tests.environment import Environment, environment
from tests.integration.levers import assert_all_is_well, catch_up
from tests.integration.test_pull_time import PLENTY, add_suppliers, asked

OPEN_FOR = int(LATE_COMMIT.total_seconds())


def change_slowly(h: Environment, seconds: float, code: str = "1068") -> None:
    """Change an account in a transaction that is open for some seconds."""
    key = h.exact.world.account(code)["ID"]
    h.exact.world.change_slowly("Accounts", key, {"City": "Laatdorp"}, seconds)


def city(h: Environment, code: str = "1068") -> str:
    """Return the city of a customer in QicsMilestones."""
    return str(h.customer(code)["VisitAddressCity"])


def test_a_version_from_before_a_bulk_change_that_is_committed_just_after_it_arrives() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        change_slowly(h, seconds=1)
        add_suppliers(h, 2500)

        h.pull()
        h.clock.advance(1)
        h.next_tick()

        assert city(h) == "Laatdorp"


@pytest.mark.parametrize("seconds", [3, 120, OPEN_FOR])
def test_after_two_runs_two_seconds_apart_a_commit_that_comes_later_still_arrives(
    seconds: int,
) -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        change_slowly(h, seconds=seconds)
        h.exact.change_account("1071", City="Vlugdorp")

        h.pull()
        h.clock.advance(2)
        h.pull()
        h.clock.advance(seconds)
        h.next_tick()

        assert (city(h), city(h, "1071")) == ("Laatdorp", "Vlugdorp")
        catch_up(h)
        assert_all_is_well(h)


def test_after_a_read_that_went_on_in_other_messages_a_late_commit_arrives() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        change_slowly(h, seconds=300)
        add_suppliers(h, 2500)

        assert h.pull(asked(4)).outcome == "pull-continues"
        h.clock.advance(2)
        assert h.wiring.pulls.run(h.connection.id, PLENTY).outcome == "done"
        h.clock.advance(300)
        h.next_tick()

        assert city(h) == "Laatdorp"


def test_rows_that_are_read_again_cost_no_call_to_qicsmilestones_and_then_no_more_pages() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        add_suppliers(h, 1500)
        h.exact.change_account("1071", City="Vlugdorp")
        h.next_tick()
        h.milestones.journal.clear()

        again, quiet = h.next_tick(), h.next_tick()

        assert again.counts["read"] == 1501
        assert h.milestones.journal.calls() == []
        assert quiet.counts == {"pages": 3, "read": 0, "calls": 3}


def test_a_full_comparison_heals_what_was_committed_later_than_any_overlap_reaches() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        change_slowly(h, seconds=OPEN_FOR * 6)
        for _ in range(5):
            h.exact.change_account("1071", City="Vlugdorp", Phone=h.clock.now().isoformat()[:16])
            h.next_tick()
        h.clock.advance(timedelta(hours=1).total_seconds())
        h.next_tick()
        assert city(h) != "Laatdorp"

        h.pulls().run(h.connection.id, Deadline(lambda: 100_000), full=True)

        assert city(h) == "Laatdorp"
