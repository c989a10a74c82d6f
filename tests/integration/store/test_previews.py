"""Previews and approvals as they are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from koppeling.aws.dynamodb.previews import ApprovalStore, PreviewStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId, MilestonesId
from koppeling.pull.approval import Approval, Stage
from koppeling.pull.kept_preview import KEPT, EntityPreview
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.preview_rows import ROWS_TOGETHER, PreviewRow, Section, digest_of
from tests.sandbox.common.clock import Clock

ACME = ConnectionId("acme")
AT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
SEEN = Approval("marit@a.example", "decide", AT, "abc", {"new": 3}, {"accounts": AT})


def a_plan(count: int) -> PreviewPlan:
    plan = PreviewPlan()
    for number in range(count):
        row = PreviewRow(f"{number:05d}", "Caf\u00e9", {"Name": ("oud", f"nieuw {number}")})
        plan.add_changed(MilestonesId(str(number)), row)
    plan.add_created("9001", "Nieuw", {})
    return plan


def a_preview(plan: PreviewPlan, at: datetime = AT) -> EntityPreview:
    return EntityPreview("accounts", at, "done", {"new": 1}, {}, digest_of(plan.marks))


def test_ten_thousand_changed_records_are_kept_and_read_by_the_page(
    items: type[SyncItem], clock: Clock
) -> None:
    store, plan = PreviewStore(items, clock.now), a_plan(10_000)
    found = a_preview(plan, clock.now())

    store.save(ACME, found, plan)

    assert store.of(ACME) == {"accounts": found}
    last = store.rows(ACME, found, Section.OVERWRITTEN, 10_000 // ROWS_TOGETHER - 1)
    assert last[-1] == PreviewRow("09999", "Caf\u00e9", {"Name": ("oud", "nieuw 9999")})
    assert store.rows(ACME, found, Section.OVERWRITTEN, 10_000 // ROWS_TOGETHER) == []
    assert store.marks(ACME, found) == frozenset(plan.marks)
    assert store.codes(ACME, found) == {"9001"}


def test_the_rows_of_two_previews_are_never_mixed(items: type[SyncItem], clock: Clock) -> None:
    store, first, second = PreviewStore(items, clock.now), a_plan(3), a_plan(1)
    seen = a_preview(first, clock.now())
    store.save(ACME, seen, first)
    store.save(ACME, a_preview(second, clock.now() + timedelta(seconds=1)), second)

    assert len(store.rows(ACME, seen, Section.OVERWRITTEN, 0)) == 3
    assert store.marks(ACME, seen) == frozenset(first.marks)


def test_a_preview_that_is_over_is_none(items: type[SyncItem], clock: Clock) -> None:
    store, plan = PreviewStore(items, clock.now), a_plan(1)
    store.save(ACME, a_preview(plan, clock.now()), plan)
    clock.advance(KEPT.total_seconds())

    assert store.of(ACME) == {}
    assert store.known_codes(ACME, "accounts") == frozenset()


def test_an_approval_ends_once_and_never_ends_a_later_one(items: type[SyncItem]) -> None:
    store = ApprovalStore(items)
    assert store.get(ACME) is None
    store.save(ACME, SEEN)
    later = replace(SEEN, at=AT + timedelta(seconds=1))
    started = replace(SEEN, stage=Stage.STARTED)

    assert store.get(ACME) == SEEN
    assert store.end(ACME, started)
    assert not store.end(ACME, replace(SEEN, stage=Stage.LAPSED))
    assert store.get(ACME) == started
    store.save(ACME, later)
    assert not store.end(ACME, started)
    assert store.get(ACME) == later
