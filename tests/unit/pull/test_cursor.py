"""X91, X93, X94, R9, R14: how far a feed was taken over, and where the next read begins."""

from datetime import UTC, date, datetime, timedelta

import pytest

from koppeling.core.ids import SyncTimestamp
from koppeling.pull.cursor import LATE_COMMIT, START, FeedCursor, PullState, ReadEnd, ReadMode

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
TICK = timedelta(minutes=15)
FAR = FeedCursor(cursor=SyncTimestamp(100), read_from=SyncTimestamp(100))


def read(feed: FeedCursor, at: datetime, *stamps: int, seconds: float = 0) -> FeedCursor:
    """Return a feed after a read of one page that began at a moment and took so long."""
    return feed.begun(at).after_page(stamps, None).ended(at + timedelta(seconds=seconds))


def test_the_first_read_asks_for_everything_above_1() -> None:
    assert (FeedCursor().cursor, FeedCursor().read_from, START) == (1, 1, 1)


def test_a_page_that_is_not_the_last_moves_the_resume_point_alone() -> None:
    moved = FAR.begun(NOW).after_page([101, 103], "next")
    assert (moved.cursor, moved.read_from, moved.resume) == (100, 100, "next")


def test_the_last_page_moves_the_cursor_to_the_highest_of_all_pages_and_takes_resume_away() -> None:
    moved = FAR.begun(NOW).after_page([150, 101], "next").after_page([120], None).ended(NOW)
    assert (moved.cursor, moved.resume) == (150, None)


def test_rows_may_come_in_any_order_within_a_page() -> None:
    assert read(FAR, NOW, 130, 101, 120).cursor == 130


def test_an_empty_read_moves_nothing() -> None:
    assert read(FAR, NOW).cursor == 100


def test_the_cursor_never_goes_back_when_old_rows_are_read_again() -> None:
    assert read(FAR, NOW, 40, 50).cursor == 100


def test_on_a_quiet_company_nothing_is_read_twice_for_ever() -> None:
    feed = read(FAR, NOW, 101, 140)
    assert feed.read_from == 100, "what was open when this read began may still be committed"

    feed = read(feed, NOW + TICK, 101, 140)

    assert (feed.cursor, feed.read_from, feed.ends) == (140, 140, ())


@pytest.mark.parametrize("pages", [1, 3])
def test_a_read_of_many_pages_is_gone_back_to_as_a_whole(pages: int) -> None:
    feed = read(FAR, NOW - TICK)
    feed = feed.begun(NOW)
    for page in range(pages):
        feed = feed.after_page([101 + page, 1000 * (page + 1)], "next")
    feed = feed.after_page([9000], None).ended(NOW)

    assert (feed.cursor, feed.read_from) == (9000, 100)


def test_reads_that_follow_each_other_at_once_still_go_back_ten_minutes() -> None:
    feed = read(FAR, NOW, 101)
    feed = read(feed, NOW + timedelta(seconds=2), 102)
    feed = read(feed, NOW + timedelta(seconds=4))

    assert (feed.cursor, feed.read_from) == (102, 100)


def test_a_read_goes_back_to_what_had_ended_ten_minutes_before_the_last_one_began() -> None:
    feed = read(FAR, NOW, 110, seconds=90)
    feed = read(feed, NOW + LATE_COMMIT, 120)
    assert feed.read_from == 100, "the first had not ended yet, ten minutes before"

    feed = read(feed, NOW + LATE_COMMIT + timedelta(seconds=90), 130)

    assert feed.read_from == 110


def test_a_read_that_was_continued_counts_from_its_first_page() -> None:
    feed = read(FAR, NOW, 110)
    feed = feed.begun(NOW + TICK).after_page([120], "next")
    feed = feed.begun(NOW + 9 * TICK).after_page([130], None).ended(NOW + 9 * TICK)

    assert (feed.cursor, feed.read_from) == (130, 110)


def test_the_ends_that_are_kept_stay_few_however_often_a_feed_is_read() -> None:
    feed = FAR
    for seconds in range(0, 1200, 2):
        feed = read(feed, NOW + timedelta(seconds=seconds), 101 + seconds)
        assert len(feed.ends) <= 11

    assert feed.read_from >= 101 + 480


def test_an_item_of_the_release_before_goes_back_to_where_it_went_back_to() -> None:
    old = FeedCursor(cursor=SyncTimestamp(140), read_from=SyncTimestamp(100))
    first = read(old, NOW)
    assert first.read_from == 100, "when the read up to 140 ended is not known"
    assert read(first, NOW + TICK).read_from == 140


def test_a_stopped_read_that_starts_over_begins_where_it_began() -> None:
    stopped = FAR.begun(NOW).after_page([101, 200], "next")
    assert stopped.restarted() == FeedCursor(
        SyncTimestamp(100), SyncTimestamp(100), highest=SyncTimestamp(100)
    )


def test_a_read_of_everything_that_ends_lower_tells_of_a_move_that_nobody_saw() -> None:  # X97
    state = PullState(fencing=1).with_feed("accounts", FAR).compared(is_scheduled=True)

    ended = state.feed("accounts").begun(NOW).after_page([7, 9], None)

    assert ended.ended(NOW, is_everything=True).cursor == 9
    assert ended.ended(NOW, is_everything=True).read_from == START


def test_a_full_comparison_keeps_the_cursor_and_what_it_may_go_back_to() -> None:
    ends = (ReadEnd(NOW, SyncTimestamp(100)),)
    feed = FeedCursor(SyncTimestamp(100), SyncTimestamp(90), resume="next", ends=ends)

    state = PullState(fencing=1, feeds={"accounts": feed}).compared(is_scheduled=False)

    kept = state.feed("accounts")
    assert (kept.cursor, kept.read_from, kept.ends, kept.resume) == (100, 90, ends, None)
    assert state.read_mode is ReadMode.FULL


def test_a_move_during_a_full_comparison_starts_that_over() -> None:
    state = PullState(fencing=1).with_feed("accounts", FAR)
    assert state.moved().read_mode is ReadMode.RESYNC
    compared = state.compared(is_scheduled=True).moved()
    assert (compared.read_mode, compared.is_scheduled, compared.feeds) == (ReadMode.FULL, True, {})


def test_a_first_load_counts_as_a_comparison_and_a_later_run_does_not() -> None:
    loaded = PullState(fencing=1).caught_up(date(2026, 11, 1))
    later = loaded.caught_up(date(2026, 11, 24))
    assert (later.compared_on, later.caught_up_on) == (date(2026, 11, 1), date(2026, 11, 24))


def test_a_feed_that_was_never_read_starts_at_the_beginning() -> None:
    assert PullState(fencing=1).feed("accounts") == FeedCursor()


def test_moving_one_feed_leaves_the_others() -> None:
    state = PullState(fencing=1).with_feed("contacts", FAR).with_feed("accounts", FeedCursor())
    assert state.feed("contacts") == FAR
    assert state.with_feed("contacts", FeedCursor()).feed("accounts") == FeedCursor()
