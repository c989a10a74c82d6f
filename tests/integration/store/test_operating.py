"""What an operator reads and removes, on the tables themselves."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from koppeling.auth.token_pair import TokenKey, TokenPair
from koppeling.aws.dynamodb.connections import ConnectionStore
from koppeling.aws.dynamodb.privacy import TableEraser, TableExporter
from koppeling.aws.dynamodb.pulls import PullStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.aws.dynamodb.table import SyncItem, TokenItem, connection_key
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.pull.record import ParkedChange, Record
from tests.integration.store.conftest import NOW
from tests.unit.aws.fakes import a_cipher
from tests.unit.pull.builders import a_connection

ACME, ACME_2 = ConnectionId("acme"), ConnectionId("acme-2")
LEASE = timedelta(seconds=180)


def parked(not_before: datetime, name: str = "Older") -> ParkedChange:
    values = {"Name": name}
    return ParkedChange(
        ExactId("a"), values, is_complete=True, parked_at=NOW, not_before=not_before, attempts=1
    )


def test_all_connections_are_returned_with_everything_they_chose(items: type[SyncItem]) -> None:
    store = ConnectionStore(items)
    chosen = {
        f"acme-{number}": a_connection(id=ConnectionId(f"acme-{number}"), sales_journal=str(number))
        for number in range(120)  # more than one call fetches
    }
    for connection in chosen.values():
        store.save(connection)

    assert {one.id: one for one in store.all()} == chosen


def test_without_connections_there_are_none(items: type[SyncItem]) -> None:
    assert list(ConnectionStore(items).all()) == []


def test_a_removed_connection_is_gone_and_another_stays(items: type[SyncItem]) -> None:
    store = ConnectionStore(items)
    for name in (ACME, ACME_2):
        store.save(a_connection(id=name))

    store.remove(ACME)

    assert store.get(ACME) is None
    assert [one.id for one in store.listed()] == [ACME_2]


def test_a_connection_has_worked_once_a_record_of_its_own_is_known(items: type[SyncItem]) -> None:
    store = ConnectionStore(items)
    store.save(a_connection(id=ACME))
    RecordStore(items).save_many(ACME_2, "accounts", [Record(ExactId("a"))])
    PullStore(items).acquire(ACME, "accounts", NOW, LEASE)
    assert not store.has_worked(ACME)

    RecordStore(items).save_many(ACME, "accounts", [Record(ExactId("a"))])

    assert store.has_worked(ACME)


def test_a_pull_is_at_work_as_long_as_its_lease(items: type[SyncItem]) -> None:
    store = PullStore(items)
    state = store.acquire(ACME, "accounts", NOW, LEASE)
    store.acquire(ACME_2, "items", NOW, LEASE)
    assert state is not None
    assert store.at_work(ACME, NOW) == ["accounts"]
    assert store.at_work(ACME, NOW + LEASE + timedelta(seconds=1)) == []

    store.release(ACME, "accounts", state)

    assert store.at_work(ACME, NOW) == []


def test_a_change_that_waits_is_due_at_once_when_a_person_asks(items: type[SyncItem]) -> None:
    store = RetryStore(items)
    waiting = parked(NOW + timedelta(hours=4))
    store.park(ACME, "accounts", [waiting])

    assert store.make_due(ACME, "accounts", waiting, NOW)

    assert store.all(ACME, "accounts") == [replace(waiting, not_before=NOW)]


@pytest.mark.parametrize("is_replaced", [True, False], ids=["replaced", "written"])
def test_an_older_value_never_comes_back_over_what_a_run_did_meanwhile(
    items: type[SyncItem],
    is_replaced: bool,  # noqa: FBT001 - pytest hands it over by name
) -> None:
    store = RetryStore(items)
    seen = parked(NOW + timedelta(hours=4))
    store.park(ACME, "accounts", [seen])
    newer = [parked(NOW + timedelta(hours=2), "Newer")] if is_replaced else []
    store.drop(ACME, "accounts", [seen.exact_id])
    store.park(ACME, "accounts", newer)

    assert not store.make_due(ACME, "accounts", seen, NOW)

    assert store.all(ACME, "accounts") == newer


def test_erasing_takes_one_connection_and_no_other_whose_id_begins_the_same(
    items: type[SyncItem], tokens: type[TokenItem]
) -> None:
    records = RecordStore(items)
    many = [Record(ExactId(f"{number:04}"), code=str(number)) for number in range(60)]
    for name in (ACME, ACME_2):
        ConnectionStore(items).save(a_connection(id=name))
        records.save_many(name, "accounts", many)

    removed = TableEraser(items, tokens).erase(ACME)

    assert removed == {"RECORD": 60, "CONFIG": 2}
    assert list(TableExporter(items).items(ACME)) == []
    assert records.find_by_code(ACME, "accounts", "7") is None
    assert len(records.ids(ACME_2, "accounts")) == 60
    assert ConnectionStore(items).get(ACME_2) is not None
    assert TableEraser(items, tokens).erase(ACME) == {}


def test_a_chain_is_erased_by_what_it_is_of_and_never_opened(
    items: type[SyncItem], tokens: type[TokenItem]
) -> None:
    mine = TokenKey("exact", "one@acme.example", "start.exactonline.nl")
    others = [replace(mine, user="two@acme.example"), replace(mine, host="start.exactonline.be")]
    store = DynamoTokenStore(tokens, a_cipher())
    for key in (mine, *others):
        store.connect(TokenPair(key, "access", "refresh", granted_at=NOW, refresh_from=NOW))

    assert TableEraser(items, tokens).erase_chain(mine) == 1

    assert store.facts(mine) is None
    assert all(store.facts(key) is not None for key in others)
    assert TableEraser(items, tokens).erase_chain(mine) == 0


def test_what_is_known_of_an_administration_is_erased_alone(
    items: type[SyncItem], tokens: type[TokenItem]
) -> None:
    for division in (1, 12):
        items(f"DIVISION#start.exactonline.nl#{division}", "FACTS").save()

    assert TableEraser(items, tokens).erase_division("start.exactonline.nl", Division(1)) == 1

    assert [item.pk for item in items.scan()] == ["DIVISION#start.exactonline.nl#12"]


def test_an_export_holds_every_item_of_one_connection(items: type[SyncItem]) -> None:
    ConnectionStore(items).save(a_connection(id=ACME))
    ConnectionStore(items).save(a_connection(id=ACME_2))

    (exported,) = TableExporter(items).items(ACME)

    assert exported["sk"] == "CONFIG"
    assert exported["data"]["id"] == ACME
    assert connection_key(ACME) not in exported.values()
