"""What a run of a first load leaves of a list of QicsMilestones, for the run that follows."""

from datetime import timedelta

from koppeling.aws.dynamodb.snapshots import LARGEST_PART, SnapshotStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId
from koppeling.pull.snapshot import KeptSnapshot, ListPlace
from tests.sandbox.common.clock import Clock

ACME, OTHER = ConnectionId("acme"), ConnectionId("other")
PLACE = ListPlace("https://milestones.example/CustomerCompany?$skip=200", 200)
LARGE = b"x" * (LARGEST_PART // 2)


def store(
    items: type[SyncItem],
    clock: Clock,
    fencing: int,
    *,
    connection: ConnectionId = ACME,
    entity: str = "accounts",
) -> SnapshotStore:
    return SnapshotStore(items, clock.now, connection, entity, fencing)


def test_the_next_run_takes_all_that_the_runs_before_it_kept(
    items: type[SyncItem], clock: Clock
) -> None:
    store(items, clock, 5).keep(KeptSnapshot((b"one", LARGE, LARGE), PLACE, frozenset({"1068"})))
    second = store(items, clock, 6)
    taken = second.take()

    second.keep(KeptSnapshot((b"two",), None))

    assert taken == KeptSnapshot((b"one", LARGE, LARGE), PLACE, frozenset({"1068"}))
    assert store(items, clock, 7).take() == KeptSnapshot((b"one", LARGE, LARGE, b"two"), None)


def test_after_a_run_that_kept_nothing_there_is_nothing_to_take(
    items: type[SyncItem], clock: Clock
) -> None:
    store(items, clock, 5).keep(KeptSnapshot((b"one",), None))

    assert store(items, clock, 7).take() is None
    assert store(items, clock, 5).take() is None


def test_a_list_that_is_read_anew_does_not_mix_with_the_one_before(
    items: type[SyncItem], clock: Clock
) -> None:
    store(items, clock, 5).keep(KeptSnapshot((b"old", LARGE, LARGE), None))
    store(items, clock, 9).keep(KeptSnapshot((b"new",), None))

    assert store(items, clock, 10).take() == KeptSnapshot((b"new",), None)


def test_entities_and_connections_stay_apart(items: type[SyncItem], clock: Clock) -> None:
    store(items, clock, 5).keep(KeptSnapshot((b"one",), None))

    assert store(items, clock, 6, connection=OTHER).take() is None
    assert store(items, clock, 6, entity="items").take() is None


def test_what_was_kept_ends_after_a_day_whether_it_was_removed_or_not(
    items: type[SyncItem], clock: Clock
) -> None:
    store(items, clock, 5).keep(KeptSnapshot((b"one",), None))
    clock.advance(timedelta(days=1).total_seconds())

    assert store(items, clock, 6).take() is None


def test_a_part_that_is_gone_makes_the_list_be_read_anew(
    items: type[SyncItem], clock: Clock
) -> None:
    store(items, clock, 5).keep(KeptSnapshot((LARGE, LARGE, LARGE), None))
    part = next(item for item in items.scan() if item.sk.endswith("#00000"))
    part.delete()

    assert store(items, clock, 6).take() is None
