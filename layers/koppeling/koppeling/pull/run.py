"""One run of a pull: everything that one connection's entity has to catch up on.

    is the division open, and where it was? ──► what was parked and is due ──► records whose day
    has come ──► each feed: changes page by page (X90), or the whole list (X95)

A page is done when each of its changed records is written or parked. Then the resume point moves,
and after the last page the cursor.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from koppeling.core.clock import Now
from koppeling.core.errors import Defer, Fatal, Reject
from koppeling.pull.comparison import due_soon, planned
from koppeling.pull.cursor import START, FeedCursor, PullState, ReadMode
from koppeling.pull.deletions import Deletions
from koppeling.pull.division_check import DivisionCheck
from koppeling.pull.entities.entity import Feed, FeedKind
from koppeling.pull.pace import LearnedPace
from koppeling.pull.ports import Page, Source
from koppeling.pull.record import digest_of, has_shrunk
from koppeling.pull.record_problems import SHRANK
from koppeling.pull.records import RecordProcessor
from koppeling.pull.rows import storable, timestamps
from koppeling.pull.sightings import UNNUMBERED
from koppeling.pull.upsert import UpsertOutcome

# R35: pages in one invocation; the rest goes on in a new message
PAGES_A_RUN = 10
# A preview cannot go on in a new message. Exact allows 60 calls a minute, and some are of others
PAGES_A_PREVIEW = 50


@dataclass(slots=True)
class PullRun:
    """The run of one connection and entity. `state` is where it stands by now.

    When work is left for the next run, `keep` keeps what it can use, and `pace` is told to it.
    """

    state: PullState
    source: Source
    division_check: DivisionCheck
    deletions: Deletions
    records: RecordProcessor
    now: Now
    pages_at_most: int = PAGES_A_RUN
    keep: Callable[[], None] = lambda: None
    pace: Callable[[], LearnedPace | None] = lambda: None

    @property
    def counts(self) -> Counter[str]:
        """Return how many pages, rows and outcomes there were so far."""
        return self.records.counts

    @property
    def news(self) -> Mapping[str, int]:
        """Return what people hear of: how many records are new, changed, waiting and refused."""
        written = {name: self.counts[name] for name in ("created", "changed")}
        found = {**written, **self.records.parked.news}
        return {name: count for name, count in found.items() if count}

    @property
    def got_through(self) -> bool:
        """Say whether QicsMilestones took a record in this run."""
        return self.records.outage.got_through

    @property
    def mistakes(self) -> list[str]:
        """Return which records a fault of ours kept from being written, for our log."""
        return self.records.problems.mistakes

    def execute(self) -> None:
        """Catch up.

        Raises:
            Defer: time or calls ran out at a page boundary; the rest goes on later.
            Consequence: something concerns the whole system; what was done is kept.
        """
        try:
            self._catch_up()
        except Defer:
            self.keep()
            self.state = replace(self.state, pace=self.pace())
            raise

    def _catch_up(self) -> None:
        self._stop_if_needed()
        self.state = self.division_check.run(self.state.begun())
        records = self.records
        self.state = planned(self.state, records.today)
        if self._reads_everything and not self.state.is_reading:
            records.problems.close_strays()
        records.begin()
        self.state = self.deletions.run(self.state, records.mark_gone, records.drop_parts)
        if self.state.reviewed_on != records.today:
            records.review()
            self.state = replace(self.state, reviewed_on=records.today)
        for feed in records.entity.feeds:
            if feed.kind is FeedKind.LIST:
                self._read_list(feed)
            else:
                self._read_changes(feed)
        if self.counts[UpsertOutcome.POSTPONED.value]:
            raise Defer("pull-continues", records.now, "time ran out within a page")
        if self.state.read_number != UNNUMBERED and records.entity.main.kind is FeedKind.SYNC:
            records.mark_absent(self.state.read_number)
        records.finish()
        if self._reads_everything:
            self.division_check.close_problem()
        self.state = self.state.caught_up(records.today)
        if self.counts["strays"]:
            # Only a full comparison finds them, or finds that they are mended
            self.state = due_soon(self.state, records.today)

    @property
    def _reads_everything(self) -> bool:
        return self.state.read_mode is not ReadMode.INCREMENTAL

    def _read_changes(self, feed: Feed) -> None:
        cursor = self.state.feed(feed.name)
        if cursor.is_reread:
            return
        self._stop_if_needed()
        self.state = self.state.with_feed(feed.name, cursor.begun(self.now()))
        after = START if self._reads_everything else cursor.read_from
        try:
            for page in self.source.pages(feed.endpoint, feed.select, after, cursor.resume):
                self._take_page(feed, page)
        except Fatal:
            # X50: a link that is refused once is refused for ever, so the read starts over
            stopped = self.state.feed(feed.name)
            started_over = stopped.restarted(is_everything=self._reads_everything)
            self.state = self.state.with_feed(feed.name, started_over)
            raise

    def _take_page(self, feed: Feed, page: Page) -> None:
        self._count(page)
        before, stamps = self.state.feed(feed.name), timestamps(page.rows)
        mode, read = self._mode_for(feed), self.state.read_number
        self.records.take_page(feed, page.rows, mode=mode, read=read)
        if self.counts["strays"]:
            self._judge_nothing()
        if before.cursor > START and any(stamp > before.cursor for stamp in stamps):
            self._note_change()
        cursor = before.after_page(stamps, page.next_link)
        if page.next_link is None:
            cursor = self._ended(feed, cursor)
        self.state = self.state.with_feed(feed.name, cursor)
        if page.rows:
            self._save()
        if page.next_link is not None:
            self._stop_if_needed()

    def _ended(self, feed: Feed, cursor: FeedCursor) -> FeedCursor:
        ended = cursor.ended(self.now(), is_everything=self._reads_everything)
        if not self._reads_everything:
            return ended
        return replace(ended, rows=self._trusted(feed, cursor), is_reread=True)

    def _trusted(self, feed: Feed, cursor: FeedCursor) -> int | None:
        """Return how many rows a feed has, once a read of everything has shown them (R15).

        One that shrank too much is reported, and what it does not show stays where it is.
        """
        asked = self.state.read_mode is ReadMode.FULL and not self.state.is_scheduled
        if not asked and has_shrunk(cursor.rows, cursor.counted):
            self._judge_nothing()
            self.records.problems.open_shrunk(feed, self._shrunk(cursor.rows, cursor.counted))
            return cursor.rows
        if not asked and cursor.rows is None and not cursor.counted:
            # How many there were is not known: all of them may be hidden
            self._judge_nothing()
        self.records.problems.close_shrunk(feed)
        return cursor.counted

    def _shrunk(self, before: int | None, after: int) -> dict[str, str]:
        """Return what a person has to know of a list that has far fewer rows."""
        exact_user = self.records.connection.exact_user
        return {"before": str(before), "after": str(after), "exact_user": exact_user}

    def _judge_nothing(self) -> None:
        """Take nothing for gone that this read of everything does not show."""
        self.state = replace(self.state, read_number=UNNUMBERED)

    def _note_change(self) -> None:
        """Note that Exact still tells of changes; a read of everything proves nothing (R12)."""
        if not self._reads_everything:
            self.state = replace(self.state, changed_on=self.records.today)

    def _mode_for(self, feed: Feed) -> ReadMode:
        """Compare a record once in a full comparison: with the feed that makes it, the last one."""
        mode, is_last = self.state.read_mode, feed is self.records.entity.feeds[-1]
        return ReadMode.RESYNC if mode is ReadMode.FULL and not is_last else mode

    def _read_list(self, feed: Feed) -> None:
        """Read a whole list and compare it; only a complete one counts (R15)."""
        before = self.state.feed(feed.name)
        rows: list[dict[str, Any]] = []
        self._stop_if_needed()
        for page in self.source.whole(feed.endpoint, feed.select):
            self._count(page)
            rows.extend(storable(row) for row in page.rows)
            if page.next_link is not None and not self.records.deadline.allows_call():
                raise Defer("pull-continues", self.records.now, "a list is read in one go")
        digest = digest_of(rows)
        if not self._reads_everything and digest == before.digest:
            return
        if before.digest is not None and digest != before.digest:
            self._note_change()
        # Only a person who asks for a full comparison has seen that a list is shorter indeed
        is_asked_for = self._reads_everything and not self.state.is_scheduled
        if not is_asked_for and has_shrunk(before.rows, len(rows)):
            values = self._shrunk(before.rows, len(rows))
            raise Reject(SHRANK, feed.endpoint, entity=self.records.entity.name, **values)
        self.records.take_list(feed, rows, mode=self.state.read_mode)
        cursor = replace(before, rows=len(rows), digest=digest)
        self.state = self.state.with_feed(feed.name, cursor)
        self._save()

    def _count(self, page: Page) -> None:
        self.counts["pages"] += 1
        self.counts["read"] += len(page.rows)

    def _save(self) -> None:
        records = self.records
        records.stores.states.save(records.connection.id, records.entity.name, self.state)

    def _stop_if_needed(self) -> None:
        if self.counts["pages"] >= self.pages_at_most or not self.records.deadline.allows_call():
            raise Defer("pull-continues", self.records.now, f"after {self.counts['pages']} pages")
