"""The journal of a first load: what is kept of it, and for how long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.cursor import FeedCursor, PullState
from koppeling.pull.journal import (
    JournalLine,
    JournalScope,
    LoadJournal,
    by_record,
    journal_scope,
    may_be_undone,
)
from koppeling.pull.record import ParkedChange, Record

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
LOADED_ON = date(2026, 11, 24)


@dataclass(slots=True)
class FakeJournal:
    """Keeps lines in the order of their keys, as the table does."""

    kept: dict[tuple[ExactId, datetime, int], JournalLine] = field(default_factory=dict)

    def write(
        self, _connection: ConnectionId, _entity: str, line: JournalLine, at: datetime, number: int
    ) -> None:
        """Keep a line."""
        self.kept[line.exact_id, at, number] = line

    def lines(self, _connection: ConnectionId, _entity: str) -> Iterator[JournalLine]:
        """Yield the lines."""
        return (line for _, line in sorted(self.kept.items(), key=lambda held: held[0]))

    def drop(self, _connection: ConnectionId, _entity: str) -> Iterator[int]:
        """Remove the lines."""
        yield len(self.kept)
        self.kept.clear()


def a_journal(scope: JournalScope) -> tuple[LoadJournal, FakeJournal]:
    """Return the journal of a run, and where it is kept."""
    kept = FakeJournal()
    own = ConnectionId("acme"), "accounts"
    return LoadJournal(kept, *own, scope, lambda: NOW, LOADED_ON), kept


def parked(at: datetime) -> ParkedChange:
    """Return a change that was parked at a moment."""
    return ParkedChange(ExactId("a"), {}, is_complete=True, parked_at=at, not_before=at)


def overwrite(
    journal: LoadJournal, record: Record, key: str, **differing: tuple[Any, Any]
) -> Mapping[str, tuple[Any, Any]]:
    """Overwrite fields as the client does."""
    keep = journal.keeper(record, MilestonesId(key))
    if keep is not None:
        keep(differing)
    return differing


@pytest.mark.parametrize(
    ("caught_up_on", "loaded_on", "today", "scope"),
    [
        (None, None, LOADED_ON, JournalScope.ALL),
        (LOADED_ON, LOADED_ON, LOADED_ON, JournalScope.LEFTOVERS),
        (LOADED_ON, LOADED_ON, LOADED_ON + timedelta(days=90), JournalScope.LEFTOVERS),
        (LOADED_ON, LOADED_ON, LOADED_ON + timedelta(days=91), JournalScope.NONE),
        (LOADED_ON, None, LOADED_ON, JournalScope.NONE),  # loaded by an earlier release
    ],
)
def test_a_first_load_is_kept_whole_and_afterwards_what_it_left(
    caught_up_on: date | None, loaded_on: date | None, today: date, scope: JournalScope
) -> None:
    state = PullState(1, caught_up_on=caught_up_on, loaded_on=loaded_on)

    assert journal_scope(state, today) is scope


def test_the_day_of_the_first_load_stays() -> None:
    loaded = PullState(1).begun().caught_up(LOADED_ON)

    assert loaded.loaded_on == LOADED_ON
    assert loaded.caught_up(LOADED_ON + timedelta(days=7)).loaded_on == LOADED_ON


def test_what_an_earlier_release_loaded_is_no_first_load_of_today() -> None:
    assert PullState(1, caught_up_on=LOADED_ON).begun().caught_up(LOADED_ON).loaded_on is None


def test_a_load_that_an_earlier_release_began_cannot_be_undone() -> None:
    under_way = PullState(1, feeds={"accounts": FeedCursor(resume="https://exact/next")})

    loaded = under_way.begun().caught_up(LOADED_ON)

    assert loaded.loaded_on is None
    assert not any(may_be_undone(each, LOADED_ON) for each in (under_way, loaded))


def test_a_load_that_is_kept_from_its_beginning_can_be_undone_at_any_moment() -> None:
    begun = PullState(1).begun()
    under_way = begun.with_feed("accounts", FeedCursor(resume="https://exact/next"))

    states = PullState(1), begun, under_way.begun(), under_way.caught_up(LOADED_ON)

    assert all(may_be_undone(each, LOADED_ON) for each in states)


def test_the_oldest_value_counts_and_every_value_that_was_written_is_known() -> None:
    journal, kept = a_journal(JournalScope.ALL)
    record = Record(ExactId("a"))
    overwrite(journal, record, "7", Name=("Oud", "Nieuw"), City=("Urk", None))
    overwrite(journal, record, "7", Name=("Nieuw", "Nieuwer"))

    (written,) = by_record(kept.lines(ConnectionId("acme"), "accounts"))

    assert (written.key, written.created) == ("7", False)
    assert written.old == {"Name": "Oud", "City": "Urk"}
    assert written.new == {"Name": ["Nieuw", "Nieuwer"], "City": [None]}


def test_a_record_that_was_created_is_known_before_it_is_there_and_records_stay_apart() -> None:
    journal, kept = a_journal(JournalScope.ALL)
    journal.creating(Record(ExactId("a")), "1001")
    overwrite(journal, Record(ExactId("b")), "8", Name=("Oud", "Nieuw"))

    first, second = by_record(kept.lines(ConnectionId("acme"), "accounts"))

    assert (first.exact_id, first.key, first.code, first.created) == ("a", None, "1001", True)
    assert (second.exact_id, second.key, second.created) == ("b", "8", False)


def test_a_record_that_was_refused_was_not_created() -> None:
    journal, kept = a_journal(JournalScope.ALL)
    journal.creating(Record(ExactId("a")), "1001")
    journal.refused(Record(ExactId("a")))
    overwrite(journal, Record(ExactId("a")), "7", Name=("Oud", "Nieuw"))

    (written,) = by_record(kept.lines(ConnectionId("acme"), "accounts"))

    assert (written.created, written.key, written.old) == (False, "7", {"Name": "Oud"})


def test_after_the_first_load_a_change_or_a_new_record_costs_no_line() -> None:
    journal, kept = a_journal(JournalScope.LEFTOVERS)
    linked = Record(ExactId("a"), milestones_id=MilestonesId("7"))

    overwrite(journal, linked, "7", Name=("Oud", "Nieuw"))
    journal.creating(Record(ExactId("b")), "1002")
    journal.creating(Record(ExactId("c")), "1003", parked(NOW + timedelta(days=1)))

    assert kept.kept == {}


def test_after_the_first_load_what_it_parked_and_what_is_adopted_late_is_kept() -> None:
    journal, kept = a_journal(JournalScope.LEFTOVERS)
    journal.creating(Record(ExactId("a")), "1001", parked(NOW))
    overwrite(journal, Record(ExactId("b")), "8", Name=("Oud", "Nieuw"))

    first, second = by_record(kept.lines(ConnectionId("acme"), "accounts"))

    assert (first.exact_id, first.created) == ("a", True)
    assert (second.exact_id, second.old) == ("b", {"Name": "Oud"})


def test_long_after_it_nothing_is_kept() -> None:
    journal, kept = a_journal(JournalScope.NONE)

    journal.creating(Record(ExactId("a")), "1001")
    overwrite(journal, Record(ExactId("a")), "7", Name=("Oud", "Nieuw"))

    assert kept.kept == {}
