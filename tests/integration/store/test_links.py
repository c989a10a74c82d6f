"""Links: a record of QicsMilestones is linked with one record of Exact, whoever comes first."""

from koppeling.aws.dynamodb.links import LinkStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId

ACME, OTHER = ConnectionId("acme"), ConnectionId("other")
ONE, TWO = ExactId("exact-1"), ExactId("exact-2")
KEY = MilestonesId("31")


def test_a_link_is_taken_once_and_again_by_the_same_record_only(items: type[SyncItem]) -> None:
    store = LinkStore(items)
    assert store.take(ACME, "accounts", KEY, ONE)
    assert store.take(ACME, "accounts", KEY, ONE)
    assert not store.take(ACME, "accounts", KEY, TWO)
    assert store.owner(ACME, "accounts", KEY) == ONE


def test_a_link_is_taken_over_from_the_record_that_is_named_and_from_no_other(
    items: type[SyncItem],
) -> None:
    store = LinkStore(items)
    store.take(ACME, "accounts", KEY, ONE)
    assert not store.take(ACME, "accounts", KEY, TWO, instead_of=ExactId("exact-3"))
    assert store.take(ACME, "accounts", KEY, TWO, instead_of=ONE)
    assert store.owner(ACME, "accounts", KEY) == TWO


def test_links_of_other_connections_and_entities_stay_apart(items: type[SyncItem]) -> None:
    store = LinkStore(items)
    store.take(ACME, "accounts", KEY, ONE)
    assert store.take(OTHER, "accounts", KEY, TWO)
    assert store.take(ACME, "items", KEY, TWO)
    assert not store.any(ACME, "projects")
    assert store.any(ACME, "accounts")


def test_links_that_exist_already_are_noted_together(items: type[SyncItem]) -> None:
    store = LinkStore(items)
    assert not store.is_complete(ACME, "accounts")
    store.note(ACME, "accounts", {KEY: ONE, MilestonesId("32"): TWO})
    store.mark_complete(ACME, "accounts")
    assert store.is_complete(ACME, "accounts")
    assert not store.is_complete(ACME, "items")
    assert store.owner(ACME, "accounts", MilestonesId("32")) == TWO
