"""Which connections use the login of an OAuth user, found without reading all of them."""

from dataclasses import replace

import pytest

from koppeling.auth.token_keys import EXACT, key_of
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.connection_index import USERS
from koppeling.aws.dynamodb.connections import ConnectionStore
from koppeling.aws.dynamodb.privacy import TableEraser
from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from tests.sandbox.dynamodb import Service, in_memory
from tests.unit.pull.builders import a_connection

ACME, BETA, OTHER = (
    a_connection(id=ConnectionId(name), exact_user=user)
    for name, user in (("acme", "jan@x.nl"), ("beta", "Jan@X.nl "), ("other", "piet@x.nl"))
)


@pytest.fixture
def store(items: type[SyncItem]) -> ConnectionStore:
    return ConnectionStore(items)


def using(store: ConnectionStore, connection: Connection) -> list[str]:
    """Return who uses the login of a connection at Exact."""
    return sorted(each.id for each in store.using(key_of(EXACT, connection)))


def save_as_the_release_before(items: type[SyncItem], *connections: Connection) -> None:
    """Write connections of which no login was noted."""
    for each in connections:
        ConnectionStore(items).save(each)
    for note in list(items.query(USERS)):
        note.delete()


def test_the_connections_of_a_user_are_found_however_the_name_is_typed(
    store: ConnectionStore,
) -> None:
    for each in (ACME, BETA, OTHER):
        store.save(each)
    store.complete_index()
    assert using(store, ACME) == using(store, BETA) == ["acme", "beta"]
    assert using(store, OTHER) == ["other"]


def test_what_an_earlier_release_saved_is_found_before_and_after_it_is_noted(
    store: ConnectionStore, items: type[SyncItem]
) -> None:  # R40
    save_as_the_release_before(items, ACME, BETA)
    assert using(store, ACME) == ["acme", "beta"]
    store.save(OTHER)
    assert (store.complete_index(), store.complete_index()) == (2, 0)
    assert using(ConnectionStore(items), ACME) == ["acme", "beta"]
    save_as_the_release_before(items, ACME)
    store.complete_index()
    assert using(store, ACME) == ["acme", "beta"]


def test_another_user_in_the_configuration_counts_at_once(store: ConnectionStore) -> None:
    for each in (ACME, BETA):
        store.save(each)
    store.complete_index()
    store.save(replace(ACME, exact_user=OTHER.exact_user))
    assert (using(store, BETA), using(store, OTHER)) == (["beta"], ["acme"])


def test_a_note_that_is_left_over_misleads_nobody(
    store: ConnectionStore, items: type[SyncItem]
) -> None:
    store.save(ACME)
    store.complete_index()
    notes = list(items.query(USERS))
    store.save(replace(ACME, exact_user=OTHER.exact_user))
    for note in notes:
        note.save()
    assert using(store, ACME) == []


@pytest.mark.parametrize("erases", [True, False], ids=["erased", "removed"])
def test_nothing_is_left_of_a_connection_that_goes(
    store: ConnectionStore, items: type[SyncItem], tokens: type[TokenItem], *, erases: bool
) -> None:
    for each in (ACME, BETA):
        store.save(each)
    store.complete_index()
    if erases:
        TableEraser(items, tokens).erase(ACME.id)
    else:
        store.remove(ACME.id)
    assert using(store, BETA) == ["beta"]
    assert {note.owner for note in items.query(USERS) if note.owner} == {"beta"}


def test_a_user_whose_name_holds_the_separator_is_nobody_else(store: ConnectionStore) -> None:
    for name, user in (("one", "a"), ("two", "a#b")):
        store.save(a_connection(id=ConnectionId(name), exact_user=user))
    store.complete_index()
    assert [each.id for each in store.using(TokenKey(EXACT, "a", ACME.exact_host))] == ["one"]


def test_a_hundred_logins_of_a_hundred_connections_cost_reads_by_the_hundred_and_not_its_square(
    items: type[SyncItem],
) -> None:
    service = Service()
    with in_memory(service):
        items.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        store = ConnectionStore(items)
        connections = [
            a_connection(id=ConnectionId(f"c{number}"), exact_user=f"{number}@x.nl")
            for number in range(100)
        ]
        for each in connections:
            store.save(each)
        store.complete_index()
        service.units.read.clear()
        assert [using(store, each) for each in connections] == [[each.id] for each in connections]
        # Halves of a unit: one query and one configuration of a unit each, and the mark once
        assert service.units.read.total() <= 2 * (2 * 100 + 1)
