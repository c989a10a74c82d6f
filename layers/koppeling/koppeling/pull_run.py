"""One run of a pull: everything that one connection's entity has to catch up on.

what was parked and is due ──► records whose day has come ──► each feed, page by page
                                                                    │
records of a page ──► merge ──► map ──► fingerprint differs? ──► carry over ──► settle
                                                                    │
a page is done when each changed record is written or parked; then the resume point moves,
after the last page the cursor (DESIGN 4.1)
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import batched
from typing import Any

from koppeling.carry_over import CarryOver, Change, Outcome, Result
from koppeling.deadline import Deadline
from koppeling.domain.connection import Connection
from koppeling.domain.cursors import PullState
from koppeling.domain.entities import Entity, Feed
from koppeling.domain.errors import Consequence, Defer, Fatal, Retry
from koppeling.domain.names import ExactId
from koppeling.domain.problems import Problem
from koppeling.domain.records import Record, merge
from koppeling.domain.retries import Parked
from koppeling.domain.values import Mapped, fingerprint
from koppeling.pull_ports import Page, Source, Stores
from koppeling.references import References

# M20: at most two calls to QicsMilestones at a time
WORKERS = 2
# So many outcomes are kept at once: what a crash may make us look up again
SETTLED_TOGETHER = 25
# R35: so many pages in one invocation; the rest goes on in a new message
PAGES_A_RUN = 10
# QicsMilestones may fail on a record and go on with the next; on so many it is down
FAILS = "milestones-unavailable"
FAILING_RECORDS = 5


@dataclass(slots=True)
class PullRun:
    """The run of one connection and entity, from the state that its lease handed out."""

    connection: Connection
    entity: Entity
    state: PullState
    source: Source
    carry_over: CarryOver
    references: References
    stores: Stores
    today: date
    now: datetime
    deadline: Deadline
    counts: Counter[str] = field(default_factory=Counter)
    _parked: dict[ExactId, Parked] = field(default_factory=dict)
    _arrived: set[str] = field(default_factory=set)
    _failing: int = 0

    def execute(self) -> None:
        """Catch up.

        Raises:
            Defer: time or calls ran out at a page boundary; the rest goes on later.
            Consequence: something concerns the whole system; what was done is kept.
        """
        parked = self.stores.retries.all(self.connection.id, self.entity.name)
        self._parked = {change.exact_id: change for change in parked}
        self._try_parked()
        self._review()
        for feed in self.entity.feeds:
            self._read(feed)
        if self.counts[Result.POSTPONED.value]:
            raise Defer("pull-continues", self.now, "time ran out within a page")
        if self._arrived:
            self._try_parked()

    def _try_parked(self) -> None:
        arrived = frozenset(self._arrived)
        due = {key: held for key, held in self._parked.items() if held.is_due(self.now, arrived)}
        self._arrived.clear()
        if not due:
            return
        records = self._known(due)
        changes: list[Change] = []
        pointless: list[ExactId] = []
        for exact_id, held in due.items():
            change = self._again(records[exact_id], held)
            if change is None:
                pointless.append(exact_id)
            else:
                changes.append(change)
        self._forget(pointless)
        self._carry(changes)

    def _again(self, record: Record, held: Parked) -> Change | None:
        """Return a parked change as it stands today; None when there is nothing left to write."""
        mapped = self._mapped(record)
        if mapped is None or (held.whole and not self._wants_write(record, mapped)):
            return None
        values = mapped.values if held.whole else held.values
        return Change(
            replace(record, code=mapped.code),
            mapped.code,
            values,
            mapped.on_create,
            whole=held.whole,
            attempts=held.attempts,
            since=held.since,
        )

    def _review(self) -> None:
        """Judge the records again whose start or end has passed, from the stored copy (L7)."""
        if self.state.reviewed_on == self.today:
            return
        due = self.stores.records.reviews_due(self.connection.id, self.entity.name, self.today)
        self._judge(list(self._known(due).values()))
        if due:
            self.stores.records.reviewed(self.connection.id, self.entity.name, self.today)
        self.state = replace(self.state, reviewed_on=self.today)

    def _read(self, feed: Feed) -> None:
        cursor = self.state.feed(feed.name)
        self._stop_if_needed()
        pages = self.source.pages(feed.endpoint, feed.select, cursor.read_from, cursor.resume)
        try:
            for page in pages:
                self._take_page(feed, page)
        except Fatal:
            # X50: a link that is refused once is refused for ever, so the read starts over
            started_over = self.state.feed(feed.name).restarted()
            self.state = self.state.with_feed(feed.name, started_over)
            raise

    def _take_page(self, feed: Feed, page: Page) -> None:
        self.counts["pages"] += 1
        self.counts["read"] += len(page.rows)
        self._take_over(feed, page.rows)
        cursor = self.state.feed(feed.name).after_page(page.rows, page.next_link)
        self.state = self.state.with_feed(feed.name, cursor)
        if page.rows:
            self.stores.states.save(self.connection.id, self.entity.name, self.state)
        if page.next_link is not None:
            self._stop_if_needed()

    def _stop_if_needed(self) -> None:
        if self.counts["pages"] >= PAGES_A_RUN or not self.deadline.allows_call():
            raise Defer("pull-continues", self.now, f"after {self.counts['pages']} pages")

    def _take_over(self, feed: Feed, rows: Sequence[dict[str, Any]]) -> None:
        """Lay the rows of a page over the records they belong to, and judge those."""
        by_owner: dict[ExactId, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            if row.get(feed.owner):
                by_owner[ExactId(row[feed.owner])].append(row)
        known = self._known(by_owner)
        merged = [merge(known[owner], feed.name, theirs) for owner, theirs in by_owner.items()]
        self._judge([record for record, is_new in merged if is_new])

    def _judge(self, records: Sequence[Record]) -> None:
        """Map records, keep those that need no write, and carry the others over."""
        kept: list[Record] = []
        changes: list[Change] = []
        reviews: dict[ExactId, date] = {}
        for record in records:
            mapped = self._mapped(record)
            if mapped is None:
                kept.append(record)
                continue
            judged = self._noticed(replace(record, code=mapped.code), mapped)
            if mapped.changes_on is not None:
                reviews[record.exact_id] = mapped.changes_on
            if not self._wants_write(judged, mapped):
                kept.append(judged)
            else:
                changes.append(Change(judged, mapped.code, mapped.values, mapped.on_create))
        self.stores.records.save_many(self.connection.id, self.entity.name, kept)
        self.stores.records.plan_reviews(self.connection.id, self.entity.name, reviews)
        self._forget([record.exact_id for record in kept if self._is_taken_back(record)])
        self._carry(changes)

    def _is_taken_back(self, record: Record) -> bool:
        """Say whether a refused change waits for a record that now stands as it was written."""
        held = self._parked.get(record.exact_id)
        return held is not None and held.whole

    def _wants_write(self, record: Record, mapped: Mapped) -> bool:
        if record.milestones_id is None and not mapped.importable:
            return False
        return fingerprint(mapped.values) != record.fingerprint

    def _carry(self, changes: Sequence[Change]) -> None:
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            for together in batched(changes, SETTLED_TOGETHER, strict=False):
                self._settle(list(pool.map(self._write, together)))

    def _write(self, change: Change) -> Outcome:
        if self.deadline.allows_call():
            return self.carry_over.write(change)
        held = self._parked.get(change.record.exact_id)
        if held is not None and change.since is not None:
            # It comes out of the retry set and goes back as it was, with its problem
            return Outcome(Result.POSTPONED, change.record, held)
        return self.carry_over.postponed(change)

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        """Keep what became of some changes; only then may a failure stop the run."""
        name, own = self.entity.name, self.connection.id
        failure: Consequence | None = None
        done: list[Outcome] = []
        for outcome in outcomes:
            self.counts[outcome.result.value] += 1
            failure = failure or outcome.failure
            if outcome.failure is None:
                done.append(outcome)
        self._park(done)
        # Once its record is saved a change is not judged again, so what it left is kept before
        self.stores.records.save_many(own, name, [outcome.record for outcome in done])
        settled = [o.record.exact_id for o in done if o.parked is None]
        self._forget([exact_id for exact_id in settled if exact_id in self._parked])
        for outcome in done:
            self._note_arrival(outcome.record)
        self._failing += sum(o.parked is not None and o.parked.code == FAILS for o in done)
        if failure is None and self._failing >= FAILING_RECORDS:
            failure = Retry(FAILS, f"{self._failing} records in one run")
        if failure is not None:
            raise failure

    def _park(self, outcomes: Iterable[Outcome]) -> None:
        """Keep what could not be written, then tell a person why."""
        parked = {o.record.exact_id: o.parked for o in outcomes if o.parked is not None}
        for exact_id, held in parked.items():
            before = self._parked.get(exact_id)
            if before is not None and before.code not in (None, held.code):
                self._close_problems(exact_id)
        self.stores.retries.park(self.connection.id, self.entity.name, parked.values())
        self._parked |= parked
        for outcome in outcomes:
            if outcome.problem is not None:
                self.stores.problems.open(outcome.problem)

    def _note_arrival(self, record: Record) -> None:
        """Let those that wait for this record find it."""
        if record.milestones_id is not None and record.code is not None:
            self._arrived.add(f"{self.entity.name}/{record.code}")
            self.references.arrived(self.entity.name, record.code, record.milestones_id)

    def _forget(self, ids: Sequence[ExactId]) -> None:
        """Close what changes were a problem for, then take them out of the retry set.

        In this order a crash between the two leaves nothing open that nobody would close.
        """
        for exact_id in ids:
            if self._parked[exact_id].code is not None:
                self._close_problems(exact_id)
        self.stores.retries.drop(self.connection.id, self.entity.name, ids)
        for exact_id in ids:
            del self._parked[exact_id]

    def _noticed(self, record: Record, mapped: Mapped) -> Record:
        """Give a person the notices of a record, and take back those that no longer hold."""
        subject = f"{self.entity.name}/{record.exact_id}/notice"
        codes = tuple(notice.code for notice in mapped.notices)
        if record.noticed and codes != record.noticed:
            self.stores.problems.close(self.connection.id, subject)
        for notice in mapped.notices:
            problem = Problem(self.connection.id, subject, notice.code, notice.values)
            self.stores.problems.open(problem)
        return replace(record, noticed=codes)

    def _close_problems(self, exact_id: ExactId) -> None:
        self.stores.problems.close(self.connection.id, f"{self.entity.name}/{exact_id}")

    def _mapped(self, record: Record) -> Mapped | None:
        return self.entity.map(record.sources, self.connection, self.today, record.written)

    def _known(self, ids: Iterable[ExactId]) -> dict[ExactId, Record]:
        found = self.stores.records.get_many(self.connection.id, self.entity.name, ids)
        return {exact_id: found.get(exact_id, Record(exact_id)) for exact_id in ids}
