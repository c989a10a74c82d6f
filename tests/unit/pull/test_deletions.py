"""X98 to X100: deletions are read once a day, and mark our own records only."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from koppeling.core.errors import Consequence, Defer, Fatal, Reject, Retry
from koppeling.core.ids import ExactId, SyncTimestamp
from koppeling.pull.cursor import PullState
from koppeling.pull.deletions import FEED, Deletions
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.entities.items import ITEMS
from koppeling.pull.entities.vat_codes import VAT_CODES
from koppeling.pull.ports import DeletionLog, Page
from tests.unit.pull.builders import TODAY, a_connection
from tests.unit.pull.fakes import FakeExact
from tests.unit.pull.feed_fakes import the_deletions
from tests.unit.pull.store_fakes import FakeDeletions

YESTERDAY = TODAY - timedelta(days=1)
BEFORE = PullState(fencing=1, deletions_on=YESTERDAY, division_moved_at="|")
ROWS: list[dict[str, Any]] = [
    {"EntityKey": "a-1", "EntityType": 2, "Timestamp": 11},
    {"EntityKey": "c-1", "EntityType": "5", "Timestamp": 12},
    {"EntityKey": "d-1", "EntityType": 3, "Timestamp": 13},
    {"EntityKey": "i-1", "EntityType": 9, "Timestamp": 20},
]


def log(cursor: int, on: date | None, begin: int | None, moved: str | None = "|") -> DeletionLog:
    start = None if begin is None else SyncTimestamp(begin)
    return DeletionLog(SyncTimestamp(cursor), on, moved, start)


class Scene:
    """A feed of deletions, and what was marked and dropped."""

    def __init__(self, entity: Entity = ACCOUNTS, day: date = TODAY) -> None:
        self.notes = FakeDeletions(log(7, YESTERDAY, 3))
        self.exact = FakeExact({FEED: [Page(ROWS[:3]), Page(ROWS[3:])]})
        self.marked: list[ExactId] = []
        self.dropped: list[tuple[str, ExactId]] = []
        self.deletions: Deletions = the_deletions(
            a_connection(), entity, self.exact, self.notes, day
        )

    def run(self, state: PullState = BEFORE) -> PullState:
        """Let a run of the pull see the deletions."""
        return self.deletions.run(state, self.mark, self.drop)

    def mark(self, ids: Iterable[ExactId]) -> None:
        """Keep what is marked."""
        self.marked.extend(ids)

    def drop(self, feed: Feed, ids: Sequence[ExactId]) -> None:
        """Keep what is dropped."""
        self.dropped.extend((feed.name, each) for each in ids)


def test_the_first_run_of_a_day_marks_records_drops_parts_and_leaves_those_of_others_noted() -> (
    None
):
    scene = Scene()

    assert scene.run() == replace(BEFORE, deletions_on=TODAY)
    assert scene.marked == ["a-1"]
    assert scene.dropped == [("contacts", "c-1"), ("addresses", "d-1")]
    assert scene.notes.deleted == [("items", "i-1")]
    assert scene.exact.asked == [(FEED, 3, None)], "from where the day before it began"
    assert scene.notes.kept == log(20, TODAY, 7)


def test_another_entity_of_the_day_takes_what_is_noted_without_reading_again() -> None:
    scene = Scene(ITEMS)
    scene.notes.kept = log(20, TODAY, 7)
    scene.notes.deleted = [("items", ExactId("i-1")), ("accounts", ExactId("a-1"))]

    assert scene.run().deletions_on == TODAY
    assert scene.marked == ["i-1"]
    assert scene.exact.asked == []
    assert scene.notes.deleted == [("accounts", "a-1")]


def test_nothing_is_marked_where_nothing_was_deleted() -> None:
    scene = Scene()
    scene.exact.answers = {FEED: [Page([])]}

    assert scene.run().deletions_on == TODAY
    assert (scene.marked, scene.dropped) == ([], [])
    assert scene.notes.kept == log(7, TODAY, 7)


def test_a_second_run_of_a_day_reads_nothing() -> None:
    scene = Scene()
    state = replace(BEFORE, deletions_on=TODAY)

    assert scene.run(state) == state
    assert scene.exact.asked == []


def test_a_list_has_no_deletions() -> None:
    scene = Scene(VAT_CODES)

    assert scene.run() == BEFORE
    scene.deletions.look(scene.mark)
    assert scene.exact.asked == []


def test_before_the_first_load_nothing_is_read() -> None:
    scene = Scene()

    assert scene.run(replace(BEFORE, deletions_on=None)).deletions_on == TODAY
    assert (scene.exact.asked, scene.marked) == ([], [])


def test_after_a_move_the_feed_is_read_from_its_beginning() -> None:
    scene = Scene()

    scene.run(replace(BEFORE, division_moved_at="2026-11-20|"))

    ((_, after, _),) = scene.exact.asked
    assert after == SyncTimestamp(1)
    assert scene.notes.kept == log(20, TODAY, 1, "2026-11-20|")


@pytest.mark.parametrize("why", [Fatal("exact-no-rights"), Reject("exact-request-refused")])
def test_what_is_wrong_with_this_feed_alone_stops_no_pull(why: Consequence) -> None:
    scene = Scene()
    scene.exact.answers = {FEED: [Page(ROWS[:1]), why]}

    assert scene.run().deletions_on == TODAY
    assert scene.marked == ["a-1"], "what was noted before counts"
    assert scene.notes.kept == log(7, TODAY, 7), "and is read again the next day"


@pytest.mark.parametrize(
    "why",
    [Retry("exact-unavailable"), Defer("exact-day-limit", datetime(2026, 11, 25, tzinfo=UTC))],
)
def test_a_feed_that_could_not_be_read_is_read_by_the_next_run(why: Consequence) -> None:
    scene = Scene()
    scene.exact.answers = {FEED: [Page(ROWS[:1]), why]}

    assert scene.run() == BEFORE
    assert (scene.marked, scene.dropped) == ([], [])
    assert scene.notes.kept == log(7, YESTERDAY, 3)


@pytest.mark.parametrize(
    "row",
    [
        {"EntityKey": None, "EntityType": 2, "Timestamp": 30},
        {"EntityKey": "", "EntityType": 2, "Timestamp": 30},
        {"EntityKey": "x", "EntityType": 99, "Timestamp": 30},
        {"EntityType": 2, "Timestamp": 30},
        {"EntityKey": "x", "Timestamp": 30},
        {},
    ],
    ids=str,
)
def test_a_row_that_names_no_record_of_ours_stops_no_other(row: dict[str, Any]) -> None:
    scene = Scene()
    scene.exact.answers = {FEED: [Page([row, *ROWS])]}

    scene.run()

    assert scene.marked == ["a-1"]
    assert scene.notes.deleted == [("items", "i-1")]
    assert scene.notes.kept.cursor == (30 if row else 20)


def test_a_look_in_the_middle_of_a_run_marks_at_once_and_reads_only_once() -> None:
    scene = Scene()
    scene.run(replace(BEFORE, deletions_on=TODAY))

    scene.deletions.look(scene.mark)
    scene.deletions.look(scene.mark)

    assert scene.marked == ["a-1"]
    assert len(scene.exact.asked) == 1
    assert scene.dropped == []
    assert scene.notes.deleted == [
        ("accounts/contacts", "c-1"),
        ("accounts/addresses", "d-1"),
        ("items", "i-1"),
    ], "parts stay noted for the first run of the next day"


def test_a_run_that_read_the_feed_need_not_look_again() -> None:
    scene = Scene()
    scene.run()

    scene.deletions.look(scene.mark)

    assert len(scene.exact.asked) == 1


def test_a_look_that_fails_marks_nothing() -> None:
    scene = Scene()
    scene.exact.answers = {FEED: [Page(ROWS), Retry("exact-unavailable")]}

    scene.deletions.look(scene.mark)

    assert scene.marked == []
