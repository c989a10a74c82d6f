"""Records that are larger than an item of DynamoDB may be."""

from dataclasses import replace

import pytest

from koppeling.aws.dynamodb.parts import Parts
from koppeling.aws.dynamodb.problems import LONGEST_VALUE, ProblemStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.core.problems import Problem
from koppeling.pull.record import ParkedChange, Record
from tests.integration.store.conftest import NOW

ACME, KEY = ConnectionId("acme"), ExactId("a")
MEGABYTE = '"' * 1_000_000


def a_record(contacts: int, key: str = KEY, name: str = "Een naam") -> Record:
    """Return a record with so many contacts."""
    rows = {
        f"contact-{n}": {"ID": f"contact-{n}", "FullName": f"{name} {n}" * 10}
        for n in range(contacts)
    }
    return Record(ExactId(key), {"contacts": rows}, code="1068", milestones_id=MilestonesId("5"))


def parts(items: type[SyncItem]) -> list[str]:
    """Return the keys of the parts that are stored."""
    found = items.query(connection_key(ACME), items.sk.startswith("PART#"))
    return [item.sk for item in found]


def stored(items: type[SyncItem], *keys: str) -> list[Record]:
    """Return records as another process reads them."""
    ids = [ExactId(key) for key in keys or (KEY,)]
    found = RecordStore(items).get_many(ACME, "accounts", ids)
    return [found[each] for each in ids]


def test_a_large_record_is_read_as_it_was_written_by_its_id_and_by_its_code(
    items: type[SyncItem],
) -> None:
    small, large = a_record(3, key="b"), a_record(3000)
    RecordStore(items).save_many(ACME, "accounts", [small, large])

    assert stored(items, "a", "b") == [large, small]
    assert RecordStore(items).find_by_code(ACME, "accounts", "1068") in (large, small)
    assert sorted(RecordStore(items).ids(ACME, "accounts")) == ["a", "b"]
    assert len(parts(items)) > 1


def test_one_text_of_a_megabyte_in_what_was_written_fits_as_well(items: type[SyncItem]) -> None:
    large = replace(a_record(1), written={"VisitAddressCity": MEGABYTE})
    RecordStore(items).save_many(ACME, "accounts", [large])
    assert stored(items) == [large]


def test_a_process_that_dies_between_the_parts_and_the_item_leaves_the_record_as_it_was(
    items: type[SyncItem],
) -> None:
    before = a_record(3000)
    RecordStore(items).save_many(ACME, "accounts", [before])
    whole = parts(items)

    after = a_record(3000, name="Een ander")
    Parts(items, "PART#").put(ACME, "accounts#a", {"sources": after.sources})

    assert len(parts(items)) == 2 * len(whole)
    assert stored(items) == [before]
    RecordStore(items).save_many(ACME, "accounts", [after])
    assert stored(items) == [after]


class LateIndex:
    """An index that still tells of an item as it was."""

    def __init__(self, *items: SyncItem) -> None:
        self.items = items

    def query(self, key: str) -> tuple[SyncItem, ...]:
        """Return the items of then, whatever is asked."""
        del key
        return self.items


def test_a_reader_whose_index_is_late_finds_the_newest_whole(
    items: type[SyncItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, after = RecordStore(items), a_record(3000, name="Een ander")
    store.save_many(ACME, "accounts", [a_record(3000)])
    late = items.get(connection_key(ACME), "RECORD#accounts#a")
    store.save_many(ACME, "accounts", [after])
    monkeypatch.setattr(items, "by_code", LateIndex(late))

    assert RecordStore(items).find_by_code(ACME, "accounts", "1068") == after


def test_a_record_whose_parts_are_gone_is_asked_for_again_later(items: type[SyncItem]) -> None:
    RecordStore(items).save_many(ACME, "accounts", [a_record(3000)])
    items(connection_key(ACME), parts(items)[0]).delete()

    with pytest.raises(Retry):
        stored(items)


def test_old_parts_are_removed_once_the_record_changed_or_became_small(
    items: type[SyncItem],
) -> None:
    store = RecordStore(items)
    store.save_many(ACME, "accounts", [a_record(3000), a_record(3000, key="b")])
    first = parts(items)

    store.save_many(ACME, "accounts", [a_record(3000, name="Een ander")])

    assert len(parts(items)) == len(first)
    assert {key for key in parts(items) if key in first} == {k for k in first if "#b#" in k}
    another = RecordStore(items)
    another.get_many(ACME, "accounts", [KEY])
    another.save_many(ACME, "accounts", [a_record(1)])
    assert stored(items) == [a_record(1)]
    assert not [key for key in parts(items) if "#a#" in key]


def test_a_parked_change_leaves_out_what_is_too_large_and_is_mapped_again_anyway(
    items: type[SyncItem],
) -> None:
    parked = ParkedChange(KEY, {"City": MEGABYTE}, True, NOW, NOW)  # noqa: FBT003 - is_complete
    RetryStore(items).park(ACME, "accounts", [parked])
    assert RetryStore(items).all(ACME, "accounts") == [replace(parked, values={})]


def test_a_problem_keeps_the_beginning_of_a_value_that_nobody_reads_to_its_end(
    items: type[SyncItem],
) -> None:
    ProblemStore(items).open(Problem(ACME, "accounts/a", "email-invalid", {"value": MEGABYTE}))
    (found,) = ProblemStore(items).opened(ACME)
    assert found.values == {"value": MEGABYTE[:LONGEST_VALUE]}
