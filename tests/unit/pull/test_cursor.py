"""X91, X93, X94, R9, R14: how far a feed was taken over, and where the next read begins."""

from typing import Any

import pytest

from koppeling.core.ids import SyncTimestamp
from koppeling.pull.cursor import START, FeedCursor, PullState

FAR = FeedCursor(cursor=SyncTimestamp(100), read_from=SyncTimestamp(100))


def page(*stamps: int) -> list[dict[str, Any]]:
    """Return rows with these Timestamps."""
    return [{"ID": f"row-{stamp}", "Timestamp": stamp} for stamp in stamps]


def test_the_first_read_asks_for_everything_above_1() -> None:
    assert (FeedCursor().cursor, FeedCursor().read_from, START) == (1, 1, 1)


def test_a_page_that_is_not_the_last_moves_the_resume_point_alone() -> None:
    moved = FAR.after_page(page(101, 103), "next")
    assert (moved.cursor, moved.read_from, moved.resume) == (100, 100, "next")


def test_the_last_page_moves_the_cursor_to_the_highest_of_all_pages_and_takes_resume_away() -> None:
    moved = FAR.after_page(page(150, 101), "next").after_page(page(120), None)
    assert (moved.cursor, moved.resume) == (150, None)


def test_rows_may_come_in_any_order_within_a_page() -> None:
    assert FAR.after_page(page(130, 101, 120), None).cursor == 130


def test_timestamps_may_be_text() -> None:
    assert FAR.after_page([{"ID": "a", "Timestamp": "105"}], None).cursor == 105


def test_an_empty_read_moves_nothing() -> None:
    assert FAR.after_page([], None).cursor == 100


def test_the_cursor_never_goes_back_when_old_rows_are_read_again() -> None:
    assert FAR.after_page(page(40, 50), None).cursor == 100


@pytest.mark.parametrize("late", [101, 139])
def test_a_lower_timestamp_that_is_committed_after_the_run_is_read_by_the_next_one(
    late: int,
) -> None:
    moved = FAR.after_page(page(101, 140), None)
    assert moved.read_from < late


def test_on_a_quiet_company_nothing_is_read_twice_for_ever() -> None:
    after_changes = FAR.after_page(page(101, 140), None)
    quiet = after_changes.after_page(page(101, 140), None)
    assert (quiet.cursor, quiet.read_from) == (140, 140)


def test_a_first_load_of_many_pages_reads_the_last_two_again_and_not_all() -> None:
    load = FeedCursor().after_page(page(*range(2, 1002)), "1")
    load = load.after_page(page(*range(1002, 2002)), "2")
    done = load.after_page(page(2002), None)
    assert (done.cursor, done.read_from) == (2002, 1001)


@pytest.mark.parametrize("late", [1500, 2000])
def test_a_late_commit_is_read_too_when_the_last_page_held_a_single_row(late: int) -> None:
    load = FeedCursor().after_page(page(*range(2, 1002)), "1")
    load = load.after_page(page(*(n for n in range(1002, 2002) if n != late)), "2")
    assert load.after_page(page(2002), None).read_from < late


def test_an_empty_page_in_the_middle_or_at_the_end_loses_no_overlap() -> None:
    load = FAR.after_page(page(200, 300), "1").after_page([], "2")
    assert load.after_page([], None).read_from == 199


def test_a_read_of_empty_pages_alone_leaves_the_place_as_it_was() -> None:
    done = FAR.after_page([], "1").after_page([], None)
    assert (done.cursor, done.read_from) == (100, 100)


def test_the_overlap_never_lies_below_the_cursor_of_the_run_before() -> None:
    done = FAR.after_page(page(60, 70), "1").after_page(page(300), None)
    assert done.read_from == 100


def test_a_stopped_read_that_starts_over_begins_where_it_began() -> None:
    stopped = FAR.after_page(page(101, 200), "next")
    assert stopped.restarted() == FeedCursor(
        SyncTimestamp(100), SyncTimestamp(100), highest=SyncTimestamp(100)
    )


def test_a_feed_that_was_never_read_starts_at_the_beginning() -> None:
    assert PullState(fencing=1).feed("accounts") == FeedCursor()


def test_moving_one_feed_leaves_the_others() -> None:
    state = PullState(fencing=1).with_feed("contacts", FAR).with_feed("accounts", FeedCursor())
    assert state.feed("contacts") == FAR
    assert state.with_feed("contacts", FeedCursor()).feed("accounts") == FeedCursor()
