"""Who holds a row that belongs to a record, such as a contact of an account."""

from koppeling.aws.dynamodb.holders import HolderStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId, ExactId

ACME, OTHER = ConnectionId("acme"), ConnectionId("other")
ONE, TWO = ExactId("exact-1"), ExactId("exact-2")
ROWS = [f"row-{number}" for number in range(150)]


def test_many_rows_are_noted_and_found_at_once(items: type[SyncItem]) -> None:
    store = HolderStore(items)
    noted = dict.fromkeys(ROWS, (ONE, TWO))
    store.note(ACME, "accounts", "contacts", noted)
    assert store.get_many(ACME, "accounts", "contacts", [*ROWS, "unknown"]) == noted
    assert store.get_many(ACME, "accounts", "contacts", []) == {}


def test_a_row_that_nobody_holds_is_forgotten(items: type[SyncItem]) -> None:
    store = HolderStore(items)
    store.note(ACME, "accounts", "contacts", {"row": (ONE,), "other": (ONE,)})
    store.note(ACME, "accounts", "contacts", {"row": ()})
    assert store.get_many(ACME, "accounts", "contacts", ["row", "other"]) == {"other": (ONE,)}


def test_rows_of_other_connections_and_feeds_stay_apart(items: type[SyncItem]) -> None:
    store = HolderStore(items)
    store.note(ACME, "accounts", "contacts", {"row": (ONE,)})
    assert store.get_many(ACME, "accounts", "addresses", ["row"]) == {}
    assert store.get_many(OTHER, "accounts", "contacts", ["row"]) == {}
