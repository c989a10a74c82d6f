"""What is known of administrations: written and read back, each apart."""

from datetime import UTC, datetime

from koppeling.aws.dynamodb.administrations import BudgetStore, DivisionStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import Division
from koppeling.core.rate_limit import CallBudget

HOST, DIVISION = "start.exactonline.nl", Division(987654)
SEEN = DivisionFacts(
    status=1,
    blocking_status=0,
    moved="2026-11-24T06:00:00|",
    looked_at=datetime(2026, 11, 24, 6, 3, 12, 345678, tzinfo=UTC),
)


def test_what_was_seen_is_read_back(items: type[SyncItem]) -> None:
    store = DivisionStore(items)
    store.save(HOST, DIVISION, SEEN)
    assert store.get(HOST, DIVISION) == SEEN


def test_of_an_administration_at_which_nobody_looked_nothing_is_known(
    items: type[SyncItem],
) -> None:
    store = DivisionStore(items)
    store.save(HOST, DIVISION, SEEN)
    assert store.get(HOST, Division(1)) is None
    assert store.get("start.exactonline.be", DIVISION) is None


def test_the_newest_look_replaces_the_one_before(items: type[SyncItem]) -> None:
    store = DivisionStore(items)
    store.save(HOST, DIVISION, SEEN)
    closed = DivisionFacts(2, 1, None, datetime(2026, 11, 25, 6, 0, tzinfo=UTC))
    store.save(HOST, DIVISION, closed)
    assert store.get(HOST, DIVISION) == closed


def test_facts_and_budget_of_an_administration_leave_each_other_alone(
    items: type[SyncItem],
) -> None:
    DivisionStore(items).save(HOST, DIVISION, SEEN)
    BudgetStore(items).save_limits(HOST, DIVISION, CallBudget(day_limit=5000, day_remaining=4000))
    assert DivisionStore(items).get(HOST, DIVISION) == SEEN
    assert BudgetStore(items).get(HOST, DIVISION).day_remaining == 4000
