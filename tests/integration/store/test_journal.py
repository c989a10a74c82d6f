"""The journal of first loads, in the table."""

from datetime import UTC, datetime, timedelta

from koppeling.aws.dynamodb.journal import JournalStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key, epoch
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.journal import JournalLine

NOW = datetime(2026, 11, 24, 6, 3, 12, 345678, tzinfo=UTC)
ACME, OTHER = ConnectionId("acme"), ConnectionId("acme2")
CREATED = JournalLine(ExactId("b"), code="1001", created=True)
CHANGED = JournalLine(
    ExactId("a"), MilestonesId("7"), old={"Name": "Oud", "City": None}, new={"Name": "Nieuw"}
)


def test_lines_come_back_by_record_in_the_order_of_their_writing(
    items: type[SyncItem],
) -> None:
    store = JournalStore(items)
    again = JournalLine(ExactId("a"), MilestonesId("7"), old={"Name": "Nieuw"})
    store.write(ACME, "accounts", again, NOW + timedelta(seconds=1), 0)
    store.write(ACME, "accounts", CREATED, NOW, 1)
    store.write(ACME, "accounts", CHANGED, NOW, 0)

    assert list(store.lines(ACME, "accounts")) == [CHANGED, again, CREATED]


def test_a_line_ends_90_days_after_the_longest_load(items: type[SyncItem]) -> None:
    JournalStore(items).write(ACME, "accounts", CREATED, NOW, 0)

    (item,) = items.query(connection_key(ACME))

    assert item.expires_at == epoch(NOW + timedelta(days=120))


def test_a_line_of_a_megabyte_comes_back_whole_between_others(items: type[SyncItem]) -> None:
    store = JournalStore(items)
    large = JournalLine(ExactId("a"), MilestonesId("7"), old={"Name": '\u20ac"' * 300_000})
    for number, line in enumerate((CHANGED, large, CHANGED)):
        store.write(ACME, "accounts", line, NOW, number)

    assert list(store.lines(ACME, "accounts")) == [CHANGED, large, CHANGED]
    store.drop_records(ACME, "accounts", [ExactId("a")])
    assert list(items.query(connection_key(ACME))) == []


def test_a_line_of_which_a_part_was_not_written_is_none(items: type[SyncItem]) -> None:
    store = JournalStore(items)
    large = JournalLine(ExactId("a"), MilestonesId("7"), old={"Name": "x" * 400_000})
    store.write(ACME, "accounts", large, NOW, 0)
    first, *_ = items.query(connection_key(ACME))
    first.delete()
    store.write(ACME, "accounts", CHANGED, NOW, 1)

    assert list(store.lines(ACME, "accounts")) == [CHANGED]


def test_the_lines_of_one_entity_of_one_connection_are_dropped(
    items: type[SyncItem],
) -> None:
    store = JournalStore(items)
    for connection in (ACME, OTHER):
        for entity in ("accounts", "items"):
            store.write(connection, entity, CREATED, NOW, 0)

    assert sum(store.drop(ACME, "accounts")) == 1

    assert list(store.lines(ACME, "accounts")) == []
    assert list(store.lines(ACME, "items")) == list(store.lines(OTHER, "accounts")) == [CREATED]
