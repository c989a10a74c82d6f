"""Cursors: up to where a feed of Exact has been read, and where a stopped read goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from koppeling.core.ids import SyncTimestamp
from koppeling.pull.link_values import Row

# X91: the first read asks for everything above 1
START = SyncTimestamp(1)


class ReadMode(StrEnum):
    """What a run reads: what changed, or everything, and why.

    After a move of the division (X97) the Timestamps mean nothing any more, but unchanged records
    need no write. A full comparison writes whatever differs in QicsMilestones (R17).
    """

    INCREMENTAL = ""
    RESYNC = "moved"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """How far one feed has been read.

    `cursor` is the highest Timestamp of a complete read and never goes back (X93). `read_from`
    lies at or below it: a late commit may carry a lower Timestamp, so the rows of the last read
    are asked for once more (X94). `resume` is the link at which a stopped read goes on; `highest`
    is the highest Timestamp of its pages so far, `lowest` the lowest of its last page. For a whole
    list, `rows` is its length and `digest` its hash. While everything is read again, `is_reread`
    says that this feed is done.
    """

    cursor: SyncTimestamp = START
    read_from: SyncTimestamp = START
    resume: str | None = None
    highest: SyncTimestamp = START
    lowest: SyncTimestamp | None = None
    rows: int | None = None
    digest: str | None = None
    is_reread: bool = False

    def after_page(self, rows: Sequence[Row], next_link: str | None) -> "FeedCursor":
        """Move the resume point past a page; only the last page moves the cursor (R9)."""
        stamps = [int(row["Timestamp"]) for row in rows]
        highest = SyncTimestamp(max([self.highest, *stamps]))
        if next_link is not None:
            lowest = SyncTimestamp(min(stamps)) if stamps else self.lowest
            return replace(self, resume=next_link, highest=highest, lowest=lowest)
        cursor = SyncTimestamp(max(self.cursor, highest))
        return FeedCursor(cursor, self._overlap(cursor, stamps), highest=cursor)

    def restarted(self) -> "FeedCursor":
        """Forget the resume point: the read starts over from where it began."""
        return replace(self, resume=None, highest=self.cursor, lowest=None)

    def _overlap(self, cursor: SyncTimestamp, last_page: list[int]) -> SyncTimestamp:
        if cursor == self.cursor or self.lowest is None:
            return self.cursor
        # After a read of many pages, reading the last two again is overlap enough and costs two
        # calls. The last one alone may hold a single row.
        return SyncTimestamp(max(self.cursor, min([self.lowest, *last_page]) - 1))


@dataclass(frozen=True, slots=True)
class PullState:
    """Where the pull of one entity of one connection stands.

    `fencing` is the number of the run that holds the lease. `last_error` is the code of what
    stopped the last run, so that the first run that succeeds closes its problem.
    `division_checked_on` is the day on which the division was checked, `division_moved_at` what
    its move dates were then (X97).
    """

    fencing: int
    feeds: Mapping[str, FeedCursor] = field(default_factory=dict)
    reviewed_on: date | None = None
    last_error: str | None = None
    read_mode: ReadMode = ReadMode.INCREMENTAL
    division_checked_on: date | None = None
    division_moved_at: str | None = None

    def restart(self, mode: ReadMode) -> "PullState":
        """Return the state in which everything is read again."""
        return replace(self, feeds={}, read_mode=mode)

    def caught_up(self) -> "PullState":
        """Return the state after every feed was read to its end."""
        if self.read_mode is ReadMode.INCREMENTAL:
            return self
        feeds = {name: replace(feed, is_reread=False) for name, feed in self.feeds.items()}
        return replace(self, feeds=feeds, read_mode=ReadMode.INCREMENTAL)

    def feed(self, name: str) -> FeedCursor:
        """Return the cursor of a feed; one that was never read starts at the beginning."""
        return self.feeds.get(name, FeedCursor())

    def with_feed(self, name: str, cursor: FeedCursor) -> "PullState":
        """Return the state with one feed moved."""
        return replace(self, feeds={**self.feeds, name: cursor})
