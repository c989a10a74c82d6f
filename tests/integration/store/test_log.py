"""The log of a connection: newest first, page by page, one kind by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from koppeling.aws.dynamodb.log import LogStore
from koppeling.aws.dynamodb.privacy import TableEraser, TableExporter
from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogEntry, LogKind, LogPage
from tests.sandbox.dynamodb import Service, in_memory

ACME, BETA = ConnectionId("acme"), ConnectionId("beta")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def log(items: type[SyncItem]) -> LogStore:
    return LogStore(items)


def line(minute: int, kind: LogKind = LogKind.ROUND, **changes: Any) -> LogEntry:  # noqa: ANN401 - fields vary
    """Return a line of so many minutes past noon."""
    at = NOON + timedelta(minutes=minute)
    values: dict[str, Any] = {"connection": ACME, "at": at, "kind": kind, "what": "pulled"}
    return LogEntry(**values | changes)


def minutes(page: LogPage) -> list[int]:
    """Return of which minutes the lines of a page are."""
    return [int((entry.at - NOON).total_seconds()) // 60 for entry in page.entries]


def test_a_line_comes_back_as_it_was_added(log: LogStore) -> None:
    decision = line(
        3,
        LogKind.DECISION,
        what="skipped",
        who="marit@veldhuis.example",
        role="decide",
        subject="invoice/20260412",
        reason="Staat al in de boeken",
        values={"entry_number": "26700012"},
    )
    round_of_accounts = line(4, subject="accounts", counts={"changed": 3, "parked": 1})
    log.add(decision)
    log.add(round_of_accounts)

    assert log.page(ACME).entries == (round_of_accounts, decision)


def test_the_moment_of_a_line_is_kept_whatever_clock_told_it(log: LogStore) -> None:
    amsterdam = datetime.fromisoformat("2026-11-24T13:05:00+01:00")
    log.add(line(0, at=amsterdam))

    assert log.page(ACME).entries[0].at == NOON + timedelta(minutes=5)


def test_the_log_is_read_page_by_page_newest_first(log: LogStore) -> None:
    kinds = (LogKind.ROUND, LogKind.LOGIN, LogKind.DECISION)
    for minute in range(7):
        log.add(line(minute, kinds[minute % 3]))

    first = log.page(ACME, limit=3)
    second = log.page(ACME, limit=3, older_than=first.older)
    third = log.page(ACME, limit=3, older_than=second.older)

    assert [minutes(each) for each in (first, second, third)] == [[6, 5, 4], [3, 2, 1], [0]]
    assert third.older == ""


def test_a_page_that_ends_with_the_last_line_names_no_older_ones(log: LogStore) -> None:
    for minute in range(3):
        log.add(line(minute))

    assert log.page(ACME, limit=3).older == ""


def test_one_kind_is_read_by_itself(log: LogStore) -> None:
    for minute in range(4):
        log.add(line(minute, LogKind.SETTINGS if minute % 2 else LogKind.ROUND))

    first = log.page(ACME, kind=LogKind.SETTINGS, limit=1)
    rest = log.page(ACME, kind=LogKind.SETTINGS, older_than=first.older)

    assert (minutes(first), minutes(rest)) == ([3], [1])


def test_two_lines_of_one_moment_are_two_lines(log: LogStore) -> None:
    for subject in ("accounts", "items"):
        log.add(line(0, subject=subject))

    assert {entry.subject for entry in log.page(ACME).entries} == {"accounts", "items"}


def test_an_empty_log_is_an_empty_page(log: LogStore) -> None:
    assert log.page(ACME) == LogPage(())


@pytest.mark.parametrize("place", ["x" * 5_000, "\N{EURO SIGN}", "#", "LOG#login#9", " "])
def test_a_place_that_somebody_made_up_shows_no_other_kind_or_connection(
    log: LogStore, place: str
) -> None:  # S9
    log.add(line(0, LogKind.LOGIN, connection=BETA))
    log.add(line(1, LogKind.SETTINGS))
    log.add(line(2))

    assert {*minutes(log.page(ACME, kind=LogKind.ROUND, older_than=place))} <= {2}


def test_a_round_goes_after_90_days_and_the_rest_after_two_years(
    log: LogStore, items: type[SyncItem]
) -> None:
    for kind in LogKind:
        log.add(line(0, kind))

    days = {
        item.sk.split("#")[1]: timedelta(seconds=item.expires_at - NOON.timestamp()).days
        for item in items.query("CONNECTION#acme")
    }

    assert days == {kind: 90 if kind is LogKind.ROUND else 730 for kind in LogKind}


def test_the_log_of_a_connection_is_handed_over_and_goes_with_it(
    log: LogStore, items: type[SyncItem], tokens: type[TokenItem]
) -> None:  # S13
    for connection in (ACME, BETA):
        log.add(line(0, LogKind.DECISION, connection=connection, who="marit@veldhuis.example"))
    (exported,) = TableExporter(items).items(ACME)
    assert exported["data"]["who"] == "marit@veldhuis.example"

    assert TableEraser(items, tokens).erase(ACME) == {"LOG": 1}
    assert [log.page(each).entries == () for each in (ACME, BETA)] == [True, False]


def test_a_line_is_a_unit_to_write_and_a_page_few_to_read(items: type[SyncItem]) -> None:
    service = Service()
    with in_memory(service):
        items.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        log = LogStore(items)
        service.units.written.clear()
        for minute in range(300):
            counts = {"changed": minute, "created": 2, "parked": 1, "refused": 1}
            log.add(line(minute, subject="payment_conditions", counts=counts))
        log.add(
            line(1, LogKind.SETTINGS, who="jan@qics.example", values={"field": "sales.journal"})
        )
        assert service.units.written.total() == 301
        service.units.read.clear()

        log.page(ACME, kind=LogKind.SETTINGS)
        assert service.units.read.total() <= 1  # half of a unit

        service.units.read.clear()
        log.page(ACME)
        # Halves of a unit: those of fifty rounds, and one for each other kind
        assert service.units.read.total() <= 4 + 5
