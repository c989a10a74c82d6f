"""A run over time: records that begin and end by themselves, and work that time cuts short."""

from datetime import date

import pytest

from koppeling.core.ids import ExactId
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.ports import Page
from koppeling.pull.run import PAGES_A_RUN
from tests.unit.pull.builders import an_account
from tests.unit.pull.fakes import Ground
from tests.unit.pull.test_dispatch import ACCOUNTS_ENDPOINT, a_ground, run

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
