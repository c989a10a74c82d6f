"""A run over time: records that begin and end by themselves, and work that time cuts short."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from koppeling.core.clock import Deadline
from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.ports import Page
from koppeling.pull.run import PAGES_A_RUN
from tests.unit.pull.builders import an_account
from tests.unit.pull.fakes import FakeMilestones, Ground, plenty_of_time
from tests.unit.pull.test_dispatch import ACCOUNTS_ENDPOINT, ACME, a_ground, pulls, run

DAY = 86_400.0
A, B = ExactId("a"), ExactId("b")


def shown(*accounts: dict[str, object]) -> Ground:
    """Return a ground on which Exact shows these relations once."""
    ground = a_ground()
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page(list(accounts))]}
    return ground


def test_a_record_that_ends_is_written_again_on_the_day_after_without_a_row_of_exact() -> None:
    ground = shown(an_account(ID=A, EndDate="2026-11-25"), an_account(ID=B, Code="2000"))
    run(ground)
    ground.exact.answers = {}
    before = dict(ground.milestones.row("accounts", "100"))
    assert ground.records.planned == {A: date(2026, 11, 26)}

    ground.clock.advance(DAY)
    run(ground)
    assert ground.milestones.row("accounts", "100") == before
    ground.clock.advance(DAY)
    run(ground)

    assert ground.milestones.row("accounts", "100") != before
    assert ground.records.planned == {}
    assert ground.states.state.reviewed_on == date(2026, 11, 26)


def test_a_row_without_a_code_is_kept_and_stops_no_other() -> None:
    ground = shown(an_account(ID=A, Code=None), an_account(ID=B, Code="2000"))

    summary = run(ground)

    assert set(ground.records.known) == {A, B}
    assert summary.counts["created"] == 1
    (made,) = ground.milestones.rows["accounts"].values()
    assert made["CustomerCode"] == "2000"


class Broken(FakeMilestones):
    """A QicsMilestones on which a fault of ours shows, for one record."""

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Create a record, or fail as a mistake in our code does."""
        if values["CustomerCode"] == "1068":
            raise LookupError("a private value")
        return super().create(entity, values)


def test_a_mistake_of_ours_on_one_record_parks_it_says_where_and_stops_no_other() -> None:
    ground = shown(an_account(ID=A), an_account(ID=B, Code="2000"))
    ground.milestones = Broken()

    summary = run(ground)

    assert (summary.counts["parked"], summary.counts["created"]) == (1, 1)
    assert list(ground.retries.parked) == [A]
    problem = ground.problems.open_ones["accounts/a", "record-failed"]
    assert problem.values["detail"].startswith("LookupError in create, line ")
    assert "private" not in str(problem)


def loaded(*accounts: dict[str, object]) -> Ground:
    """Return a ground on which these relations were loaded, and which shows them no more."""
    ground = shown(*accounts)
    run(ground)
    ground.exact.answers = {}
    return ground


def test_a_full_comparison_marks_and_reports_what_it_did_not_come_by() -> None:
    ground = loaded(an_account(ID=A), an_account(ID=B, Code="2000"))
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([an_account(ID=B, Code="2000")])]}

    pulls(ground).run(ACME, plenty_of_time(), full=True)

    assert [each.gone for each in ground.records.known.values()] == [True, False]
    problem = ground.problems.open_ones["accounts/a/gone", "record-gone-in-exact"]
    assert problem.values == {"entity": "account", "code": "1068"}


def test_a_comparison_without_time_to_look_for_what_is_missing_goes_on_later() -> None:
    ground = loaded(an_account(ID=A), an_account(ID=B, Code="2000"))
    left = 100_000

    def stop_after_the_page() -> None:
        nonlocal left
        left = 0 if ground.exact.asked[-1][0] == ACCOUNTS_ENDPOINT else left

    ground.exact.during = stop_after_the_page
    summary = pulls(ground).run(ACME, Deadline(lambda: left), full=True)

    assert summary.outcome == "pull-continues"
    assert not any(each.gone for each in ground.records.known.values())
    assert [delay for _, delay in ground.queue.sent] == [1]


def test_reviews_are_looked_for_once_a_day() -> None:
    ground = shown(an_account(ID=A))
    run(ground)
    ground.records.planned = {A: date(2026, 11, 24)}

    run(ground)

    assert ground.records.planned == {A: date(2026, 11, 24)}, "this day was looked at before"


@pytest.mark.parametrize("more", [False, True])
def test_a_run_reads_so_many_pages_and_goes_on_later(*, more: bool) -> None:
    ground = a_ground()
    others = len(ACCOUNTS.parts)
    pages = PAGES_A_RUN - others + more
    ground.exact.answers = {
        ACCOUNTS_ENDPOINT: [
            Page(
                [an_account(ID=f"a-{number}", Code=str(number), Timestamp=number + 10)],
                None if number == pages else f"next-{number}",
            )
            for number in range(1, pages + 1)
        ]
    }

    summary = run(ground)

    assert summary.counts["pages"] == PAGES_A_RUN
    assert summary.outcome == ("pull-continues" if more else "done")
    resume = f"next-{PAGES_A_RUN - others}" if more else None
    assert ground.states.state.feed("accounts").resume == resume
