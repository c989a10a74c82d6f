"""Which connections name an address among their people, found without reading all of them."""

from dataclasses import replace

import pytest

from koppeling.aws.dynamodb.connection_index import PEOPLE
from koppeling.aws.dynamodb.connections import ConnectionStore
from koppeling.aws.dynamodb.privacy import TableEraser
from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person, Role
from tests.sandbox.dynamodb import Service, in_memory
from tests.unit.pull.builders import a_connection

MARIT, PIM = Person("marit@veldhuis.example", Role.DECIDE), Person("pim@veldhuis.example")


def with_people(name: str, *people: Person, mails: tuple[str, ...] = ()) -> Connection:
    """Return a connection with these people, and addresses of an earlier release."""
    return a_connection(id=ConnectionId(name), people=people, warning_mails=mails)


ACME, BETA = with_people("acme", MARIT, PIM), with_people("beta", MARIT)


@pytest.fixture
def store(items: type[SyncItem]) -> ConnectionStore:
    return ConnectionStore(items)


def of(store: ConnectionStore, mail: str) -> list[str]:
    """Return the connections of a person."""
    return sorted(store.connections_of(mail))


def test_a_person_is_found_in_every_connection_however_the_address_is_typed(
    store: ConnectionStore,
) -> None:
    for each in (ACME, BETA):
        store.save(each)

    assert of(store, " Marit@Veldhuis.Example ") == ["acme", "beta"]
    assert of(store, PIM.mail) == ["acme"]
    assert of(store, "somebody@else.example") == []


def test_an_address_that_once_got_warnings_is_a_person(store: ConnectionStore) -> None:
    store.save(with_people("acme", mails=("old@veldhuis.example",)))

    assert of(store, "old@veldhuis.example") == ["acme"]


def test_who_is_no_longer_named_is_gone_at_once(
    store: ConnectionStore, items: type[SyncItem]
) -> None:
    store.save(ACME)
    store.save(replace(ACME, people=(PIM,)))

    assert (of(store, MARIT.mail), of(store, PIM.mail)) == ([], ["acme"])
    assert [note.owner for note in items.query(PEOPLE)] == ["acme"]


def test_a_note_that_a_crash_left_over_lets_nobody_in(
    store: ConnectionStore, items: type[SyncItem]
) -> None:
    store.save(ACME)
    notes = list(items.query(PEOPLE))
    store.save(replace(ACME, people=(PIM,)))
    for note in notes:
        note.save()

    assert of(store, MARIT.mail) == []


def test_people_that_an_earlier_release_saved_are_noted_by_the_daily_round(
    store: ConnectionStore, items: type[SyncItem]
) -> None:  # R40
    for each in (ACME, BETA):
        store.save(each)
    for note in list(items.query(PEOPLE)):
        note.delete()

    assert of(store, MARIT.mail) == []
    assert (store.complete_index(), store.complete_index()) == (2, 0)
    assert of(store, MARIT.mail) == ["acme", "beta"]


@pytest.mark.parametrize("erases", [True, False], ids=["erased", "removed"])
def test_the_people_of_a_connection_go_with_it(
    store: ConnectionStore, items: type[SyncItem], tokens: type[TokenItem], *, erases: bool
) -> None:  # S13
    for each in (ACME, BETA):
        store.save(each)
    if erases:
        TableEraser(items, tokens).erase(ACME.id)
    else:
        store.remove(ACME.id)

    assert of(store, MARIT.mail) == ["beta"]
    assert {note.owner for note in items.query(PEOPLE)} == {"beta"}


def test_no_address_shows_in_a_key(store: ConnectionStore, items: type[SyncItem]) -> None:  # S13
    store.save(ACME)

    assert not [note.sk for note in items.query(PEOPLE) if "veldhuis" in note.sk or "@" in note.sk]


def test_an_address_of_nobody_costs_one_read_among_many_connections(
    items: type[SyncItem],
) -> None:
    service = Service()
    with in_memory(service):
        items.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        store = ConnectionStore(items)
        for number in range(100):
            store.save(with_people(f"c{number}", Person(f"{number}@x.nl")))
        service.units.read.clear()

        assert store.connections_of("nobody@x.nl") == []
        # Halves of a unit: one read that tells what was written just now
        assert service.units.read.total() == 2
