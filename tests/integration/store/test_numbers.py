"""What is known of the numbers of a connection: read back, and never written over a newer one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from koppeling.aws.dynamodb.numbers import NumberStateStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period
from koppeling.push.number_state import Excused, NumberState, WatchedSeries
from koppeling.push.numbers import Gap, Series
from koppeling.push.outbox import Conflict

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SERIES = Series("2026", 4)
GAP = Gap(SERIES, 412, 413, NOW, Period(2026, 11))
KNOWN = NumberState(
    watched=(WatchedSeries(Series("2025", 4), 88, NOW), WatchedSeries(SERIES, 415)),
    gaps=(GAP,),
    excused=(
        Excused(replace(GAP, first=400, last=400), NOW, "marit@veldhuis.example", "", "test"),
    ),
    is_counter_read=False,
    told="20260412",
)


def test_before_the_first_look_nothing_is_known(items: type[SyncItem]) -> None:
    assert NumberStateStore(items).read(ACME) == NumberState()


def test_what_is_known_is_read_back(items: type[SyncItem]) -> None:
    store = NumberStateStore(items)
    store.save(ACME, NumberState(), KNOWN)

    assert store.read(ACME) == replace(KNOWN, version=1)
    assert store.read(ConnectionId("other")) == NumberState()


def test_who_read_an_older_one_writes_nothing(items: type[SyncItem]) -> None:
    store = NumberStateStore(items)
    store.save(ACME, NumberState(), KNOWN)
    read = store.read(ACME)
    store.save(ACME, read, replace(read, gaps=()))

    for older in (NumberState(), read):
        with pytest.raises(Conflict):
            store.save(ACME, older, KNOWN)
    assert store.read(ACME).gaps == ()


def test_a_field_of_a_later_release_is_no_obstacle(items: type[SyncItem]) -> None:
    store = NumberStateStore(items)
    store.save(ACME, NumberState(), KNOWN)
    item = items.get(connection_key(ACME), "NUMBERS")
    item.update(actions=[items.data.set({**item.data, "later": {"a": 1}})])

    assert store.read(ACME) == replace(KNOWN, version=1)
