"""Cursors: up to where a feed of Exact has been read, and where a stopped read goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from koppeling.core.ids import SyncTimestamp
from koppeling.pull.pace import LearnedPace

# X91: the first read asks for everything above 1
START = SyncTimestamp(1)
# X94: the longest that a transaction of Exact is open between taking a Timestamp and its commit
LATE_COMMIT = timedelta(minutes=10)
# Ends of reads that are closer together are not told apart, so that their list stays short
TOLD_APART = timedelta(minutes=1)


class ReadMode(StrEnum):
    """What a run reads: what changed, or everything, and why.

    After a move of the division (X97) the Timestamps mean nothing any more, but unchanged records
    need no write. A full comparison writes whatever differs in QicsMilestones (R17).
    """

    INCREMENTAL = ""
    RESYNC = "moved"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class ReadEnd:
    """The end of a complete read: every Timestamp given out after `at` is above `cursor`."""

    at: datetime
    cursor: SyncTimestamp


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """How far one feed has been read.

    `cursor` is the highest Timestamp of a complete read and never goes back (X93). `read_from`
    lies at or below it, because a transaction may commit a lower Timestamp late (X94). What the
    last read could not see yet was given out less than `LATE_COMMIT` before that read began, so
    the next read goes back to the cursor of a read that had ended by then. `ends` are the later
    ends, which will be old enough in their turn.

    `resume` is the link at which a stopped read goes on, `began_at` is when that read began and
    `highest` the highest Timestamp of its pages so far. For a whole list, `rows` is its length and
    `digest` its hash; for a feed of changes, `rows` is how many the last read of everything showed,
    and `counted` how many this read did so far. While everything is read again, `is_reread` says
    that this feed is done.
    """

    cursor: SyncTimestamp = START
    read_from: SyncTimestamp = START
    resume: str | None = None
    highest: SyncTimestamp = START
    began_at: datetime | None = None
    ends: tuple[ReadEnd, ...] = ()
    rows: int | None = None
    digest: str | None = None
    is_reread: bool = False
    counted: int = 0

    def begun(self, now: datetime) -> "FeedCursor":
        """Note when a read begins; one that goes on from a resume link began before."""
        if self.resume is not None and self.began_at is not None:
            return self
        return replace(self, began_at=now, counted=0)

    def after_page(self, stamps: Sequence[int], next_link: str | None) -> "FeedCursor":
        """Move the resume point past a page with these Timestamps."""
        highest = SyncTimestamp(max([self.highest, *stamps]))
        counted = self.counted + len(stamps)
        return replace(self, highest=highest, resume=next_link, counted=counted)

    def ended(self, now: datetime, *, is_everything: bool = False) -> "FeedCursor":
        """Move the cursor after the last page: only a complete read moves it (R9).

        A read of everything tells what the highest Timestamp is. Where that is lower than the
        cursor, all were issued anew and nobody noticed the move (X97), so the cursor follows.
        """
        rows = self.counted if is_everything or self.cursor == START else self.rows
        if is_everything and START < self.highest < self.cursor:
            return FeedCursor(self.highest, highest=self.highest, rows=rows)
        cursor = SyncTimestamp(max(self.cursor, self.highest))
        sure = (self.began_at or now) - LATE_COMMIT
        passed = [end.cursor for end in self.ends if end.at <= sure]
        return FeedCursor(
            cursor,
            read_from=max([self.read_from, *passed]),
            highest=cursor,
            ends=self._ends_after(sure, ReadEnd(now, cursor)),
            rows=rows,
        )

    def restarted(self, *, is_everything: bool = False) -> "FeedCursor":
        """Forget the resume point: the read starts over from where it began."""
        highest = START if is_everything else self.cursor
        return replace(self, resume=None, highest=highest, began_at=None, counted=0)

    def _ends_after(self, sure: datetime, new: ReadEnd) -> tuple[ReadEnd, ...]:
        """Return the ends that may still be gone back to.

        An end may be left out, since the next read then only goes back further. So one with the
        cursor of the end before it, or a moment after it, is not kept.
        """
        kept = tuple(end for end in self.ends if end.at > sure)
        last = max([self.read_from, *(end.cursor for end in self.ends)])
        if new.cursor == last or (kept and new.at - kept[-1].at < TOLD_APART):
            return kept
        return (*kept, new)


@dataclass(frozen=True, slots=True)
class PullState:
    """Where the pull of one entity of one connection stands.

    `fencing` is the number of the run that holds the lease. `last_error` is the code of what
    stopped the last run, so that the first run that succeeds closes its problem.
    `division_checked_on` is the day on which the division was checked, `division_moved_at` what
    its move dates were then (X97). `deletions_on` is the day on which deleted records were marked.

    `read_number` is that of the read of everything that is under way. It is 0 when none is, and
    when its rows cannot be relied on: then what it does not show stays (R15).

    `loaded_on` is the day on which everything had been loaded for the first time; None before that,
    and in states of earlier releases. A first load is kept in the journal, to be undone.

    Four days say what is due by itself: `caught_up_on` is that of the last complete run,
    `changed_on` the last one on which a run found something new, `compared_on` that of the last
    full comparison (R13) and `resynced_on` that of the last read after a move. A comparison that
    the schedule started `is_scheduled`: nobody looks at it, so a short list stays suspect (R15).

    `nothing_parked` says that the last run left an empty retry set; False when that is not known.
    `pace` is what a first load under way has learned of QicsMilestones.
    """

    fencing: int
    feeds: Mapping[str, FeedCursor] = field(default_factory=dict)
    reviewed_on: date | None = None
    last_error: str | None = None
    read_mode: ReadMode = ReadMode.INCREMENTAL
    is_scheduled: bool = False
    division_checked_on: date | None = None
    division_moved_at: str | None = None
    deletions_on: date | None = None
    caught_up_on: date | None = None
    changed_on: date | None = None
    compared_on: date | None = None
    resynced_on: date | None = None
    read_number: int = 0
    nothing_parked: bool = False
    loaded_on: date | None = None
    pace: LearnedPace | None = None
    is_journaled: bool = False

    def is_at_rest(self, day: date) -> bool:
        """Say whether a run of this day has caught up, so that the next may have nothing to do."""
        is_done = self.read_mode is ReadMode.INCREMENTAL and not self.is_reading
        return is_done and self.caught_up_on == day and self.last_error is None

    @property
    def is_loaded(self) -> bool:
        """Say whether anything was read to its end before."""
        return any(feed.cursor > START or feed.digest for feed in self.feeds.values())

    @property
    def is_first_load(self) -> bool:
        """Say whether no run has caught up yet."""
        return self.caught_up_on is None and self.read_mode is ReadMode.INCREMENTAL

    @property
    def is_reading(self) -> bool:
        """Say whether a read of everything has begun and is not complete."""
        feeds = self.feeds.values()
        return any(feed.is_reread or feed.resume is not None for feed in feeds)

    @property
    def is_under_way(self) -> bool:
        """Say whether a read has begun that is not complete, or nothing was ever read."""
        return self.read_mode is not ReadMode.INCREMENTAL or self.is_reading or not self.feeds

    def begun(self) -> "PullState":
        """Return the state in which a run begins: all of a load that begins now is journaled."""
        return self if self.caught_up_on or self.feeds else replace(self, is_journaled=True)

    def moved(self) -> "PullState":
        """Return the state in which everything is read again: Timestamps were issued anew (X97).

        A full comparison that is under way stays one, and starts over.
        """
        mode = ReadMode.FULL if self.read_mode is ReadMode.FULL else ReadMode.RESYNC
        # How many rows a feed of changes has is the only thing that stays true
        feeds = {
            name: FeedCursor(rows=feed.rows)
            for name, feed in self.feeds.items()
            if feed.rows is not None and feed.digest is None
        }
        return replace(self, feeds=feeds, read_mode=mode, read_number=self.fencing)

    def compared(self, *, is_scheduled: bool) -> "PullState":
        """Return the state in which every record is compared; the cursors stay (R9)."""
        feeds = {
            name: replace(feed.restarted(is_everything=True), is_reread=False)
            for name, feed in self.feeds.items()
        }
        return replace(
            self,
            feeds=feeds,
            read_mode=ReadMode.FULL,
            is_scheduled=is_scheduled,
            # The fencing number of a run is given out once
            read_number=self.fencing,
        )

    def caught_up(self, today: date) -> "PullState":
        """Return the state after every feed was read to its end."""
        is_loaded_now = self.caught_up_on is None and self.is_journaled
        loaded_on = today if is_loaded_now else self.loaded_on
        done = replace(
            self,
            caught_up_on=today,
            changed_on=self.changed_on or today,
            loaded_on=loaded_on,
            pace=None,
        )
        if self.read_mode is ReadMode.INCREMENTAL:
            return replace(done, compared_on=self.compared_on or today)
        feeds = {name: replace(feed, is_reread=False) for name, feed in self.feeds.items()}
        done = replace(
            done, feeds=feeds, read_mode=ReadMode.INCREMENTAL, is_scheduled=False, read_number=0
        )
        if self.read_mode is ReadMode.FULL:
            return replace(done, compared_on=today)
        return replace(done, resynced_on=today)

    def feed(self, name: str) -> FeedCursor:
        """Return the cursor of a feed; one that was never read starts at the beginning."""
        return self.feeds.get(name, FeedCursor())

    def with_feed(self, name: str, cursor: FeedCursor) -> "PullState":
        """Return the state with one feed moved."""
        return replace(self, feeds={**self.feeds, name: cursor})
