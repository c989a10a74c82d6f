"""The records of a run: merged with what was known, mapped, written, and settled.

rows ──► merge ──► map ──► fingerprint differs? ──no──► keep
                               │ yes
                               ▼
                            upsert ──► park, open problems, save, drop: in this order, so that a
                                       crash between two of them loses nothing
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import batched
from typing import Any

from koppeling.core.clock import Deadline, today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Defer, Park, Reject, most_severe
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.arrivals import Arrivals
from koppeling.pull.change import PendingChange, needs_write
from koppeling.pull.cursor import ReadMode
from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.holders import Holders, Owned, newest
from koppeling.pull.link_values import Mapped
from koppeling.pull.meaning import DATA_ERRORS, FAILED, meaning_of, place_of
from koppeling.pull.outage import Down, OutageWatch, may_concern_one_record
from koppeling.pull.page import PageOfRows
from koppeling.pull.ports import PullStores
from koppeling.pull.record import ParkedChange, Record, as_listed
from koppeling.pull.record_problems import RecordProblems
from koppeling.pull.references import References
from koppeling.pull.retry_set import RetrySet
from koppeling.pull.rows import by_owner, storable
from koppeling.pull.sightings import UNNUMBERED, are_absent
from koppeling.pull.upsert import Upsert, UpsertOutcome, UpsertResult

# M20: at most two calls to QicsMilestones at a time; a first load may learn to make more
WORKERS, WORKERS_OF_FIRST_LOAD = 2, 4
# Results are stored in groups of this size: what a crash may make us look up again
SETTLED_TOGETHER = 25
# At most so many records are in memory at once, with their stored rows (P11)
HELD_TOGETHER = 1000
# How often what arrived in a run may let something else arrive; two records that swap codes need 3
ROUNDS = 5


@dataclass(slots=True)
class RecordProcessor:
    """The records of one connection and entity, for the length of one run.

    `changed_codes` are those of the records that changed: invoices may wait for them.
    """

    connection: Connection
    entity: Entity
    upsert: Upsert
    references: References
    stores: PullStores
    now: datetime
    deadline: Deadline
    workers: int = WORKERS
    counts: Counter[str] = field(default_factory=Counter)
    changed_codes: set[str] = field(default_factory=set)
    problems: RecordProblems = field(init=False)
    parked: RetrySet = field(init=False)
    _holders: Holders = field(init=False)
    _arrived: Arrivals = field(init=False)
    outage: OutageWatch = field(default_factory=OutageWatch)
    # Marked as gone while a batch with them was written
    _marked: set[ExactId] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Build what follows from the entity and the stores."""
        self._arrived = Arrivals(self.entity.name, self.references)
        self.problems = RecordProblems(self.connection.id, self.entity, self.stores.problems)
        self.parked = RetrySet(*self._own, self.stores.retries, self.problems)
        self._holders = Holders(self.connection.id, self.entity, self.stores.holders)

    @property
    def today(self) -> date:
        """Return the day of this run in the Netherlands."""
        return today(self.now)

    @property
    def _own(self) -> tuple[ConnectionId, str]:
        """Return whose records these are, as the stores ask for it."""
        return self.connection.id, self.entity.name

    def begin(self) -> None:
        """Read the retry set, and try again what is due."""
        self._arrived.look(self.parked.read(), self.now)
        self._try_parked()

    def finish(self) -> None:
        """Try again what waited for something of this run, and settle what failed.

        What is written then may be what others waited for, so there are some rounds.

        Raises:
            Retry: no record got through to QicsMilestones, so all of it seems to be down.
        """
        for _ in range(ROUNDS):
            if not self._arrived:
                break
            self._try_parked(waiting_only=True)
        if failed := self.outage.failed():
            self._park_failed(failed)

    def take_page(
        self, feed: Feed, rows: Sequence[dict[str, Any]], *, mode: ReadMode, read: int = UNNUMBERED
    ) -> None:
        """Lay rows over their records, and process those; `read` numbers a read of everything."""
        owned = self._owned(feed, rows)
        moves = self._holders.of_page(feed, rows, owned)
        self._take(PageOfRows(self.entity, feed, owned, moves, mode, read))

    def drop_parts(self, feed: Feed, ids: Iterable[ExactId]) -> None:
        """Let rows that Exact deleted leave the records that hold them, and process those."""
        for some in batched(ids, HELD_TOGETHER, strict=False):
            moves = self._holders.of_deleted(feed, some)
            self._take(PageOfRows(self.entity, feed, {}, moves))

    def _take(self, page: PageOfRows) -> None:
        known = self._stored(dict.fromkeys([*page.owned, *page.moves.left]))
        page = page.without_overtaken(known)
        laid = page.laid_over(known)
        self.problems.close_came_back(known, [record for record, _ in laid])
        self._holders.begin(page.moves)
        self._process([record for record, is_new in laid if is_new], page.mode)
        self._holders.end(page.moves)

    def take_list(self, feed: Feed, rows: Sequence[dict[str, Any]], *, mode: ReadMode) -> None:
        """Put a complete list in the place of what was known, and report what it lacks (L8)."""
        self.problems.close_strays()
        owned = self._owned(feed, rows)
        known = self._stored(owned)
        listed = [as_listed(known[owner], feed.name, theirs) for owner, theirs in owned.items()]
        everything = mode is not ReadMode.INCREMENTAL
        self.problems.close_came_back(known, [record for record, _ in listed])
        # First what is gone, so that its code is free for a record that has it now
        if not self.counts["strays"]:
            # A row that does not say which it is may be of any record that seems to be missing
            ids = self.stores.records.ids(*self._own)
            self.mark_gone([exact_id for exact_id in ids if exact_id not in owned])
        self._process([record for record, is_new in listed if is_new or everything], mode)

    def _owned(self, feed: Feed, rows: Iterable[dict[str, Any]]) -> Owned:
        """Return rows by their record; those that do not say which they are become a problem."""
        owned, strays = by_owner(feed, [storable(row) for row in rows])
        if strays:
            self.counts["strays"] += len(strays)
            self.problems.open_strays(strays[0])
        return newest(owned) if self.entity.is_of_parts(feed) else owned

    def review(self) -> None:
        """Process the records again whose start or end has passed, from the stored copy (L7)."""
        due = self.stores.records.reviews_due(*self._own, self.today)
        for some in batched(due, HELD_TOGETHER, strict=False):
            self._process(list(self._stored(some).values()), ReadMode.INCREMENTAL)
        if due:
            self.stores.records.reviewed(*self._own, self.today)

    def mark_absent(self, read: int) -> None:
        """Mark and report records that a read of everything, at its end, did not come by (R13).

        Raises:
            Defer: there is no time to look at all of them; then it is all done again.
        """
        for some in batched(self.stores.records.ids(*self._own), HELD_TOGETHER, strict=False):
            if not self.deadline.allows_call():
                raise Defer("pull-continues", self.now, "what was not found is looked for")
            known = self.stores.records.get_many(*self._own, some)
            self._mark_gone(are_absent(known.values(), self.entity, read))

    def mark_gone(self, ids: Iterable[ExactId]) -> None:
        """Mark and report records that Exact has no more (L8): their codes can be of others."""
        self._mark_gone(self.stores.records.get_many(*self._own, ids).values())

    def _mark_gone(self, records: Iterable[Record]) -> None:
        gone = [record for record in records if not record.gone]
        self.problems.open_gone(gone)
        self.stores.records.save_many(*self._own, [replace(record, gone=True) for record in gone])
        self._marked.update(record.exact_id for record in gone)
        self.parked.drop([each.exact_id for each in gone])
        self._arrived.free(gone)

    def _try_parked(self, *, waiting_only: bool = False) -> None:
        """Try again what is due: its pause is over, or what it waits for arrived."""
        arrived = self._arrived.take()
        due = self.parked.due(arrived, None if waiting_only else self.now)
        for some in batched(due, HELD_TOGETHER, strict=False):
            if not self.deadline.allows_call():
                # They stay in the retry set as they are, for the next run
                self.counts[UpsertOutcome.POSTPONED.value] += len(some)
                continue
            try:
                self._try(some)
            except Down:
                # They may be all that fails: the records behind them show whether that is so
                return

    def _try(self, ids: Sequence[ExactId]) -> None:
        records = self._stored(ids)
        again = {key: self._revive(records[key], self.parked.held[key]) for key in ids}
        self.parked.drop([exact_id for exact_id, change in again.items() if change is None])
        self._upsert_all([change for change in again.values() if change is not None])

    def _revive(self, record: Record, held: ParkedChange) -> PendingChange | None:
        """Return a parked change as of today; None when there is nothing left to write."""
        mapped = self._mapped(record)
        mode = ReadMode.FULL if held.is_compared else ReadMode.INCREMENTAL
        if mapped is None or (held.is_complete and not needs_write(record, mapped, mode)):
            return None
        return PendingChange(replace(record, code=mapped.code), mapped, held, held.is_compared)

    def _process(self, records: Sequence[Record], mode: ReadMode) -> None:
        """Map records, keep those that need no write, and upsert the others."""
        kept: list[Record] = []
        changes: list[PendingChange] = []
        reviews: dict[ExactId, date] = {}
        for record in records:
            mapped = self._mapped(record)
            if mapped is None:
                kept.append(record)
                continue
            self.changed_codes.add(mapped.code)
            noticed = self.problems.with_notices(replace(record, code=mapped.code), mapped)
            if mapped.changes_on is not None:
                reviews[record.exact_id] = mapped.changes_on
            if needs_write(noticed, mapped, mode):
                changes.append(PendingChange(noticed, mapped, is_compared=mode is ReadMode.FULL))
            else:
                kept.append(noticed)
        self.stores.records.save_many(*self._own, kept)
        self.stores.records.plan_reviews(*self._own, reviews)
        self.parked.drop(each.exact_id for each in kept if self.parked.is_taken_back(each))
        self._upsert_all(changes)

    def _upsert_all(self, changes: Sequence[PendingChange]) -> None:
        self._marked.clear()
        with ThreadPoolExecutor(max_workers=self.workers) as pool:
            for together in batched(changes, SETTLED_TOGETHER, strict=False):
                self._settle(together, list(pool.map(self._write, together)))

    def _write(self, change: PendingChange) -> UpsertResult:
        if not self.deadline.allows_call():
            return self.upsert.postpone(change)
        try:
            return self.upsert.write(change)
        except DATA_ERRORS as mistake:
            return self.upsert.park(change, Reject(FAILED, detail=place_of(mistake)))

    def _settle(self, changes: Sequence[PendingChange], results: Sequence[UpsertResult]) -> None:
        """Store what became of some changes; only then may a failure stop the run."""
        self.counts.update(result.outcome.value for result in results)
        done: list[UpsertResult] = []
        failures = []
        for change, result in zip(changes, results, strict=True):
            if result.failure is None:
                done.append(result)
            elif may_concern_one_record(result.failure):
                self.outage.suspect(change, result.failure)
                done.append(self.upsert.postpone(replace(change, record=result.record)))
            else:
                failures.append(result.failure)
        self._store(done)
        failure = most_severe([*failures, *filter(None, [self.outage.outage])])
        if failure is not None:
            raise failure

    def _store(self, results: Sequence[UpsertResult]) -> None:
        marked = self._marked
        done = [each.as_gone() if each.record.exact_id in marked else each for each in results]
        self.parked.park(done)
        # A saved record is not processed again, so what it left behind is kept before
        self.stores.records.save_many(*self._own, [result.record for result in done])
        self.parked.drop([each.record.exact_id for each in done if each.parked is None])
        self.upsert.matching.links.stored()
        for result in done:
            self._arrived.note(result)
            self.outage.note(result)

    def _park_failed(self, failed: Iterable[tuple[PendingChange, Consequence]]) -> None:
        """Park those on which QicsMilestones failed while others got through."""
        parked = [self.upsert.park(change, Park(why.code, why.detail)) for change, why in failed]
        self.counts.update(result.outcome.value for result in parked)
        self._store(parked)

    def _mapped(self, record: Record) -> Mapped | None:
        context = MappingContext(self.connection, self.today, record.written)
        return meaning_of(self.entity, record, context)

    def _stored(self, ids: Collection[ExactId]) -> dict[ExactId, Record]:
        found = self.stores.records.get_many(*self._own, ids)
        return {exact_id: found.get(exact_id, Record(exact_id)) for exact_id in ids}
