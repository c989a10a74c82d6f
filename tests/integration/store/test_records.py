"""Records: what Exact sent, found by ID or by code, and the days on which they change."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.link_values import Reference
from koppeling.pull.record import Record

ACME, OTHER = ConnectionId("acme"), ConnectionId("other")
WHOLE = Record(
    exact_id=ExactId("a"),
    sources={
        "accounts": {"a": {"ID": "a", "Timestamp": 2**62, "Name": "Café", "Blocked": False}},
        "contacts": {"c": {"ID": "c", "Timestamp": 1, "Email": None}},
    },
    code="0001068",
    milestones_id=MilestonesId("9007199254740993"),
    fingerprint="f" * 64,
    written={"Name": "Café", "IsActive": True, "VatCodeId": Reference("vat_codes", "2")},
    noticed=("name-truncated", "email-invalid"),
)


def test_a_record_is_read_back_as_it_was_written(items: type[SyncItem]) -> None:
    store = RecordStore(items)
    seen_only = Record(ExactId("b"))
    store.save_many(ACME, "accounts", [WHOLE, seen_only])
    found = store.get_many(ACME, "accounts", [ExactId("a"), ExactId("b"), ExactId("c")])
    assert found == {"a": WHOLE, "b": seen_only}


def test_no_ids_find_nothing(items: type[SyncItem]) -> None:
    assert RecordStore(items).get_many(ACME, "accounts", []) == {}


def test_a_whole_page_is_written_and_read_at_once(items: type[SyncItem]) -> None:
    store = RecordStore(items)
    page = [Record(ExactId(f"id-{number}"), code=str(number)) for number in range(250)]
    store.save_many(ACME, "accounts", page)
    found = store.get_many(ACME, "accounts", [record.exact_id for record in page])
    assert found == {record.exact_id: record for record in page}


def test_records_of_other_connections_and_entities_stay_apart(items: type[SyncItem]) -> None:
    store = RecordStore(items)
    store.save_many(ACME, "accounts", [WHOLE])
    assert store.get_many(OTHER, "accounts", [WHOLE.exact_id]) == {}
    assert store.get_many(ACME, "items", [WHOLE.exact_id]) == {}
    assert store.find_by_code(OTHER, "accounts", "0001068") is None
    assert store.find_by_code(ACME, "items", "0001068") is None


def test_a_record_is_found_by_exactly_its_code(items: type[SyncItem]) -> None:
    store = RecordStore(items)
    store.save_many(ACME, "accounts", [WHOLE])
    assert store.find_by_code(ACME, "accounts", "0001068") == WHOLE
    assert store.find_by_code(ACME, "accounts", "1068") is None


@pytest.mark.parametrize("ids", [("a", "z"), ("z", "a")])
def test_of_two_records_with_one_code_the_linked_one_is_found(
    items: type[SyncItem], ids: tuple[str, str]
) -> None:
    store = RecordStore(items)
    linked = Record(ExactId(ids[0]), code="1068", milestones_id=MilestonesId("31"))
    store.save_many(ACME, "accounts", [linked, Record(ExactId(ids[1]), code="1068")])
    assert store.find_by_code(ACME, "accounts", "1068") == linked


def test_what_one_feed_wrote_is_read_by_the_next_one_and_not_an_older_copy(
    items: type[SyncItem],
) -> None:
    asked: list[bool | None] = []

    class Watched(items):  # type: ignore[misc, valid-type] # the bound model is made at run time
        """The same items, noting how they are read."""

        class Meta(items.Meta):  # type: ignore[misc, name-defined] # pynamodb makes it
            """The same table."""

        @classmethod
        def batch_get(
            cls,
            items: Iterable[Any],
            consistent_read: bool | None = None,  # noqa: FBT001 - pynamodb's own
            attributes_to_get: Any = None,  # noqa: ANN401 - pynamodb's own
        ) -> Any:  # noqa: ANN401 - pynamodb's own
            """Note whether the newest copy was asked for."""
            asked.append(consistent_read)
            return super().batch_get(items, consistent_read, attributes_to_get)

    RecordStore(items).save_many(ACME, "accounts", [WHOLE])
    assert RecordStore(Watched).get_many(ACME, "accounts", [WHOLE.exact_id])
    assert asked == [True]


def test_a_record_is_judged_again_on_its_day_and_on_each_later_one_until_it_was(
    items: type[SyncItem],
) -> None:
    store = RecordStore(items)
    day = date(2026, 11, 24)
    store.plan_reviews(
        ACME,
        "accounts",
        {
            ExactId("before"): date(2025, 12, 31),
            ExactId("today"): day,
            ExactId("later"): date(2026, 11, 25),
        },
    )
    store.plan_reviews(ACME, "items", {ExactId("item"): day})
    store.plan_reviews(OTHER, "accounts", {ExactId("theirs"): day})
    assert store.reviews_due(ACME, "accounts", day) == ["before", "today"]
    store.reviewed(ACME, "accounts", day)
    assert store.reviews_due(ACME, "accounts", day) == []
    assert store.reviews_due(ACME, "accounts", date(2026, 11, 25)) == ["later"]
    assert store.reviews_due(ACME, "items", day) == ["item"]
    assert store.reviews_due(OTHER, "accounts", day) == ["theirs"]


def test_every_item_says_which_form_it_has(items: type[SyncItem]) -> None:
    RecordStore(items).save_many(ACME, "accounts", [WHOLE])
    assert items.get(connection_key(ACME), "RECORD#accounts#a").schema == 1
