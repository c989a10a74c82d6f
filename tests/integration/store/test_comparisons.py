"""Comparisons with Exact: the last one of each month, and of an entry for an hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from koppeling.aws.dynamodb.comparisons import LONGEST_LIST, ComparedEntryStore, MonthStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId
from koppeling.push.beside import ComparedEntry, ComparedPart
from koppeling.push.journal import Period
from koppeling.push.reconciliation import Mismatch, Reconciliation, Sum
from tests.sandbox.common.clock import Clock

ACME, OCTOBER = ConnectionId("acme"), Period(2026, 10)
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
FOUND = Reconciliation(
    sums=(Sum("EUR", 2, Decimal("242.00"), 1, Decimal("121.00")),),
    gone=(Mismatch("1", "26700001", Decimal("121.00"), None),),
)
ENTRY = ComparedEntry(
    "26709999",
    NOW,
    "e-1",
    seen="abc",
    parts=(ComparedPart("amount", "€ 121,00", "€ 120,00"),),
    of="hash",
)


def test_the_last_comparison_of_a_month_is_read_back(items: type[SyncItem], clock: Clock) -> None:
    store = MonthStore(items, clock.now)
    assert store.last(ACME, OCTOBER) is None
    store.save(ACME, OCTOBER, Reconciliation())
    clock.advance(60)
    store.save(ACME, OCTOBER, FOUND)

    last = store.last(ACME, OCTOBER)

    assert last is not None
    assert (last.found, last.at) == (FOUND, NOW + timedelta(seconds=60))
    assert store.last(ACME, Period(2026, 11)) is None


def test_a_list_that_is_too_long_is_cut_and_counted(items: type[SyncItem], clock: Clock) -> None:
    store = MonthStore(items, clock.now)
    many = tuple(Mismatch(str(number), "", Decimal(1), None) for number in range(1_000))
    store.save(ACME, OCTOBER, replace(FOUND, waiting=many))

    last = store.last(ACME, OCTOBER)

    assert last is not None
    assert (len(last.found.waiting), last.count("waiting")) == (LONGEST_LIST, 1_000)
    assert last.count("gone") == 1


def test_an_entry_beside_an_invoice_is_kept_for_an_hour(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ComparedEntryStore(items, clock.now)
    assert store.last(ACME, "a/1") is None
    store.keep(ACME, "a/1", ENTRY)

    last = store.last(ACME, "a/1")

    assert last is not None
    assert (last.entry_id, last.mark, last.may_be_linked) == ("e-1", "abc/hash", True)
    assert [(each.name, each.differs) for each in last.fields] == [("amount", True)]
    clock.advance(3_601)
    assert store.last(ACME, "a/1") is None
