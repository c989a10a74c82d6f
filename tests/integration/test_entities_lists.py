"""Lists without a sync endpoint: read whole at each tick, and never believed too soon (R15)."""

import pytest

from koppeling.core import catalogue
from koppeling.core.clock import Deadline
from koppeling.core.rendering import UNKNOWN
from koppeling.pull.entities.entity import FeedKind
from koppeling.pull.entities.registry import ENTITIES
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.integration.effects import process
from tests.sandbox.common.faults import Fault

CENTERS = "cost_centers"
ENDPOINT = "hrm/Costcenters"
PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
LISTS = [name for name, entity in ENTITIES.items() if entity.feeds[0].kind is FeedKind.LIST]
AT_FIRST = 5  # cost centres of the sandbox


def grow_to(h: Environment, rows: int) -> None:
    """Let Exact have so many cost centres."""
    for number in range(rows - AT_FIRST):
        h.exact.add(CENTERS, Code=f"Z{number:03d}", Description=f"Team {number}")


def centers(h: Environment) -> dict[str, str]:
    """Return the names of the cost centres in QicsMilestones by their codes."""
    return {row["Code"]: row["Name"] for row in h.milestones.world.records("CostCenter")}


def writes(h: Environment) -> list[str]:
    """Return what was written to cost centres over there."""
    journal = h.milestones.journal
    calls = journal.calls(lambda c: c.method != "GET" and c.endpoint.startswith("CostCenter"))
    return [call.method for call in calls]


def shown(h: Environment, code: str) -> str:
    """Return the one problem of a code as a bookkeeper reads it."""
    (problem,) = [each for each in h.problems() if each.code == code]
    return catalogue.text(code, "nl", problem.values)


def test_a_list_that_did_not_change_is_read_whole_and_costs_no_record_and_no_write() -> None:
    with environment(accounts=3) as h:
        for entity in LISTS:
            h.pull(entity=entity)
        h.milestones.journal.clear()
        h.exact.journal.clear()
        h.clock.advance(900)

        for entity in LISTS:
            assert set(h.pull(entity=entity).counts) == {"pages", "read", "calls"}

        assert h.milestones.journal.calls(lambda call: call.endpoint != "token") == []
        assert [h.calls(ENTITIES[entity].feeds[0].endpoint) for entity in LISTS] == [1, 1, 1]


def test_a_list_that_did_not_change_writes_three_items_of_our_own_and_reads_two_units() -> None:
    with environment(accounts=3) as h:  # P6
        h.pull(entity=CENTERS)
        running = process(h, entity=CENTERS)
        running.pulls.run(h.connection.id, PLENTY)
        running.effects.done.clear()
        running.effects.read_units = 0

        running.pulls.run(h.connection.id, PLENTY)

        assert len(running.effects.done) <= 3
        assert running.effects.read_units <= 2


def test_a_list_of_more_than_a_page_is_read_page_after_page_to_its_end() -> None:  # DF2
    with environment(accounts=3) as h:
        grow_to(h, 130)

        counts = h.pull(entity=CENTERS).counts

        assert (counts["pages"], counts["read"]) == (3, 130)
        assert len(centers(h)) == 130
        pages = h.exact.journal.calls(lambda call: call.endpoint == ENDPOINT)
        assert ["$skiptoken" in page.query for page in pages] == [False, True, True]


def test_a_list_that_shrank_by_a_fifth_changes_nothing_and_is_believed_when_complete_again() -> (
    None
):
    with environment(accounts=3) as h:
        grow_to(h, 10)
        h.pull(entity=CENTERS)
        before = centers(h)
        h.milestones.journal.clear()
        h.exact.change(CENTERS, "ADV", Description="Anders")
        h.exact.hide_rows(ENDPOINT, 2)

        assert h.pull(entity=CENTERS).outcome == "list-shrank"

        assert (centers(h), writes(h)) == (before, [])
        text = shown(h, "list-shrank")
        assert "ineens veel minder kostenplaatsen terug. Het waren er 10, nu zijn het er 8." in text
        assert h.connection.exact_user in text
        assert UNKNOWN not in text
        h.exact.hide_rows(ENDPOINT, 0)
        assert h.pull(entity=CENTERS).outcome == "done"
        assert centers(h)["ADV"] == "Anders"
        assert truth.troubles(h) == set()


def test_a_full_comparison_accepts_a_list_that_is_shorter_for_good() -> None:
    with environment(accounts=3) as h:
        grow_to(h, 10)
        h.pull(entity=CENTERS)
        before = centers(h)
        h.exact.hide_rows(ENDPOINT, 3)
        assert h.pull(entity=CENTERS).outcome == "list-shrank"

        h.pulls(CENTERS).run(h.connection.id, PLENTY, full=True)

        assert truth.troubles(h) == {"record-gone-in-exact"}
        assert centers(h) == before, "nothing is ever deleted over there"
        assert h.pull(entity=CENTERS).outcome == "done"


def test_one_row_that_is_gone_is_told_and_left_as_it_stands_until_it_is_back() -> None:
    with environment(accounts=3) as h:
        grow_to(h, 10)
        h.pull(entity=CENTERS)
        before = centers(h)
        h.milestones.journal.clear()
        h.exact.hide_rows(ENDPOINT, 1)

        assert h.pull(entity=CENTERS).outcome == "done"

        assert "Kostenplaats " in shown(h, "record-gone-in-exact")
        assert "is verwijderd in Exact Online" in shown(h, "record-gone-in-exact")
        assert (centers(h), writes(h)) == (before, [])
        h.exact.hide_rows(ENDPOINT, 0)
        h.pull(entity=CENTERS)
        assert (truth.problems(h), writes(h)) == (set(), [])


@pytest.mark.parametrize("kind", ["half-json", "foreign-next"])
def test_a_second_page_that_fails_changes_nothing(kind: str) -> None:
    with environment(accounts=3) as h:
        grow_to(h, 61)
        h.pull(entity=CENTERS)
        h.milestones.journal.clear()
        h.exact.change(CENTERS, "ADV", Description="Anders")
        on_page = 0 if kind == "foreign-next" else 1
        options = {"base": "http://127.0.0.2:9/"} if kind == "foreign-next" else {}
        h.exact.faults.arm(Fault(kind, endpoint=ENDPOINT, skip=on_page, options=options))

        assert h.pull(entity=CENTERS).outcome != "done"

        assert writes(h) == []
        assert "record-gone-in-exact" not in truth.troubles(h)
        assert h.pull(entity=CENTERS).counts["changed"] == 1
        assert truth.troubles(h) == set()


def test_a_list_whose_time_runs_out_starts_over_in_a_later_message() -> None:
    with environment(accounts=3) as h:
        grow_to(h, 61)
        # Time at its start and for the first page, and none for the second
        left = iter([MILLISECONDS_LEFT] * 2)

        stopped = h.pull(lambda: next(left, 34_999), entity=CENTERS)

        assert (stopped.outcome, writes(h)) == ("pull-continues", [])
        assert h.calls(ENDPOINT) == 1
        (message,) = h.waiting(h.settings.pull_queue_url)
        h.clock.advance(1)
        h.exact.journal.clear()
        assert h.pulls(CENTERS).handle_message(message, PLENTY).counts["read"] == 61
        assert h.calls(ENDPOINT) == 2
        assert len(centers(h)) == 61


def test_the_instalments_of_a_payment_condition_are_one_record_of_the_last_term() -> None:  # X84
    with environment(accounts=3) as h:
        h.pull(entity="payment_conditions")
        (condition,) = h.milestones.world.find("PaymentCondition", Code="2T")
        assert condition["TermsInDays"] == 45
        h.exact.add("payment_conditions", Code="2T", Description="In drieën", PaymentDays=90)

        counts = h.pull(entity="payment_conditions").counts

        assert counts["changed"] == 1
        (condition,) = h.milestones.world.find("PaymentCondition", Code="2T")
        assert (condition["TermsInDays"], condition["Name"]) == (90, "In drieën")
