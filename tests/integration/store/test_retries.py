"""The retry set: at most one parked change per record (DESIGN 4.2)."""

from dataclasses import replace
from datetime import UTC, datetime

from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.link_values import Reference
from koppeling.pull.record import ParkedChange

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 6, 3, 12, 345678, tzinfo=UTC)
PARKED = ParkedChange(
    exact_id=ExactId("a"),
    values={"VatCodeId": Reference("vat_codes", "2"), "Name": "Café", "IsActive": False},
    is_complete=False,
    parked_at=NOW,
    not_before=NOW.replace(minute=18),
    attempts=3,
    code="reference-missing",
    waits_for=("vat_codes/2",),
)


def test_a_parked_change_is_read_back_as_it_was_kept(items: type[SyncItem]) -> None:
    store = RetryStore(items)
    waiting = ParkedChange(ExactId("b"), {}, is_complete=True, parked_at=NOW, not_before=NOW)
    store.park(ACME, "accounts", [PARKED, waiting])
    assert store.all(ACME, "accounts") == [PARKED, waiting]


def test_a_newer_change_of_a_record_takes_the_place_of_the_older(items: type[SyncItem]) -> None:
    store = RetryStore(items)
    store.park(ACME, "accounts", [PARKED])
    newer = replace(PARKED, is_complete=True, attempts=1, code=None, waits_for=())
    store.park(ACME, "accounts", [newer])
    assert store.all(ACME, "accounts") == [newer]


def test_a_change_that_was_written_is_forgotten_and_the_others_stay(items: type[SyncItem]) -> None:
    store = RetryStore(items)
    other = replace(PARKED, exact_id=ExactId("b"))
    store.park(ACME, "accounts", [PARKED, other])
    store.drop(ACME, "accounts", [PARKED.exact_id, ExactId("never parked")])
    assert store.all(ACME, "accounts") == [other]


def test_changes_of_other_entities_and_connections_stay_apart(items: type[SyncItem]) -> None:
    store = RetryStore(items)
    store.park(ACME, "accounts", [PARKED])
    assert store.all(ACME, "items") == []
    assert store.all(ConnectionId("other"), "accounts") == []


def test_more_than_a_batch_can_be_parked_and_dropped(items: type[SyncItem]) -> None:
    store = RetryStore(items)
    many = [replace(PARKED, exact_id=ExactId(f"id-{number:03}")) for number in range(60)]
    store.park(ACME, "accounts", many)
    assert store.all(ACME, "accounts") == many
    store.drop(ACME, "accounts", [each.exact_id for each in many])
    assert store.all(ACME, "accounts") == []


def test_the_moment_to_try_again_stands_on_the_item_itself(items: type[SyncItem]) -> None:
    RetryStore(items).park(ACME, "accounts", [PARKED])
    item = items.get(connection_key(ACME), "RETRY#accounts#a")
    assert (item.not_before, item.schema) == (int(PARKED.not_before.timestamp()), 1)


def test_what_is_parked_of_one_record_is_found_by_its_id(items: type[SyncItem]) -> None:
    store = RetryStore(items)
    store.park(ACME, "accounts", [PARKED])

    assert store.get(ACME, "accounts", PARKED.exact_id) == PARKED
    assert store.get(ACME, "items", PARKED.exact_id) is None
