"""A record that is marked as gone while the batch that it is in is written."""

from datetime import UTC, datetime

import pytest

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.ports import Page
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection, an_account
from tests.unit.pull.fakes import Ground
from tests.unit.pull.test_dispatch import ACCOUNTS_ENDPOINT, run

OLD, NEW = ExactId("old"), ExactId("new")


def ground_with(*rows: dict[str, object]) -> Ground:
    """Return a ground on which one relation was loaded, and these rows come next."""
    ground = Ground(Clock(frozen_at=datetime(2026, 11, 24, 6, 3, tzinfo=UTC)))
    ground.connections.add(a_connection(id=ConnectionId("acme")))
    first = an_account(ID=OLD, Code="1068", Timestamp=10)
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([first])]}
    assert run(ground).counts["created"] == 1
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page(list(rows))]}
    return ground


@pytest.mark.parametrize("is_first", [True, False])
def test_it_keeps_its_mark_and_gives_its_link_to_the_one_that_has_its_number(
    *, is_first: bool
) -> None:
    old = an_account(ID=OLD, Code="1068", Name="Laatste wijziging", Timestamp=11)
    new = an_account(ID=NEW, Code="1068", Name="Opnieuw gemaakt", Timestamp=12)
    ground = ground_with(*([old, new] if is_first else [new, old]))
    ground.deleted = {OLD}

    run(ground)
    run(ground)

    assert ground.records.known[OLD].gone
    assert ground.records.known[NEW].milestones_id == "100"
    (row,) = ground.milestones.rows["accounts"].values()
    assert row["Name"] == "Opnieuw gemaakt"
    assert {code for _, code in ground.problems.open_ones} == {"record-gone-in-exact"}


def test_a_newer_row_of_a_later_run_takes_the_mark_back() -> None:
    old = an_account(ID=OLD, Code="1068", Timestamp=11)
    new = an_account(ID=NEW, Code="1068", Timestamp=12)
    ground = ground_with(old, new)
    ground.deleted = {OLD}
    run(ground)
    back = an_account(ID=OLD, Code="1070", Name="Teruggehaald", Timestamp=13)
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([back])]}

    run(ground)

    assert not ground.records.known[OLD].gone
    names = [row["Name"] for row in ground.milestones.rows["accounts"].values()]
    assert "Teruggehaald" in names
