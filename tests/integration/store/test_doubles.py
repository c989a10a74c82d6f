"""Likely doubles, in the table."""

from datetime import UTC, datetime

from koppeling.aws.dynamodb.doubles import DoubleStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.double_choices import DoubleChoice, KnownDouble
from koppeling.pull.doubles_facts import LikelyDouble

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
ACME, OTHER = ConnectionId("acme"), ConnectionId("acme2")
DOUBLE = LikelyDouble(
    ExactId("a"), "1001", "Kaap B.V.", MilestonesId("7"), "7001", "Kaap", 85, ("name-equal",)
)


def test_a_pair_that_is_found_again_keeps_what_was_chosen(items: type[SyncItem]) -> None:
    store = DoubleStore(items, lambda: NOW)
    store.find(ACME, [DOUBLE])
    store.choose(ACME, KnownDouble(DOUBLE), DoubleChoice.SAME, "marit")

    store.find(ACME, [DOUBLE])

    assert store.of(ACME) == [KnownDouble(DOUBLE, DoubleChoice.SAME, "marit", NOW)]
    assert store.of(OTHER) == []
