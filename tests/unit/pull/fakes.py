"""What a pull stands on, in memory: connections, the queue, Exact and QicsMilestones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from koppeling.core.administration import DivisionFacts
from koppeling.core.clock import Deadline, Now, today
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Gone
from koppeling.core.ids import ExactId, MilestonesId, SyncTimestamp
from koppeling.pull.agreement import Agreement
from koppeling.pull.division_check import DivisionCheck
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.journal import Keep
from koppeling.pull.lease import under_lease
from koppeling.pull.links import Links
from koppeling.pull.matching import Matching
from koppeling.pull.ports import Page, PullStores, Records
from koppeling.pull.prepared_run import PreparedRun, RunRequest
from koppeling.pull.records import RecordProcessor
from koppeling.pull.references import References
from koppeling.pull.run import PullRun
from koppeling.pull.sight import Sight
from koppeling.pull.upsert import Upsert
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeConnections, FakeProblems, FakeQueue
from tests.unit.pull.cache_fakes import FakeLookupCache
from tests.unit.pull.division_fakes import FakeFacts
from tests.unit.pull.feed_fakes import the_deletions
from tests.unit.pull.store_fakes import (
    FakeDeletions,
    FakeHolders,
    FakeLinks,
    FakeRecords,
    FakeRetries,
    FakeStates,
)


@dataclass(slots=True)
class FakeExact:
    """The pages of each endpoint; an error is raised where it stands."""

    answers: dict[str, list[Page | Consequence]] = field(default_factory=dict)
    asked: list[tuple[str, int, str | None]] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    def pages(
        self, endpoint: str, select: Iterable[str], after: SyncTimestamp, resume: str | None
    ) -> Iterator[Page]:
        """Yield pages."""
        del select
        self.asked.append((endpoint, after, resume))
        self.during()
        for page in self.answers.get(endpoint, [Page([])]):
            if isinstance(page, Consequence):
                raise page
            yield page

    def whole(self, endpoint: str, select: Iterable[str]) -> Iterator[Page]:
        """Yield the pages of a whole list."""
        yield from self.pages(endpoint, select, SyncTimestamp(0), None)


@dataclass(slots=True)
class FakeMilestones:
    """Records of QicsMilestones by entity and key; an error is raised by the next call."""

    rows: dict[str, dict[MilestonesId, dict[str, Any]]] = field(default_factory=dict)
    fails: list[Consequence] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    code: str = "CustomerCode"
    company: bool = True

    def put(self, entity: str, key: str, **fields: Any) -> None:  # noqa: ANN401 - any fields
        """Let a record be there."""
        self.rows.setdefault(entity, {})[MilestonesId(key)] = fields

    def row(self, entity: str, key: str) -> dict[str, Any]:
        """Return a record as it is now."""
        return self.rows[entity][MilestonesId(key)]

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys with this code."""
        self._called(f"find {code}")
        rows = self.rows.get(entity, {})
        return [key for key, row in rows.items() if str(row.get(self.code)) == code]

    def shows_records(self, entity: str) -> bool:
        """Say whether a record is visible."""
        return bool(self.rows.get(entity))

    def shows_company(self) -> bool:
        return self.company

    def compare(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> Mapping[str, tuple[Any, Any]]:
        """Return the fields that differ."""
        if (held := self.rows.get(entity, {}).get(key)) is None:
            raise Gone("milestones-rejected")
        return {n: (held.get(n), v) for n, v in values.items() if held.get(n) != v}

    def replace(
        self,
        entity: str,
        key: MilestonesId,
        values: Mapping[str, Any],
        *,
        keep: Keep | None = None,
    ) -> Mapping[str, tuple[Any, Any]]:
        """Lay fields over a record."""
        self._called(f"replace {key}")
        differing = self.compare(entity, key, values)
        if differing and keep is not None:
            keep(differing)
        self.rows[entity][key] = {**self.rows[entity][key], **values}
        return differing

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Create a record."""
        self._called("create")
        key = MilestonesId(str(100 + len(self.rows.get(entity, {}))))
        self.rows.setdefault(entity, {})[key] = dict(values)
        return key

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.fails:
            raise self.fails.pop(0)


def an_upsert(  # noqa: PLR0913 - wired by name
    connection: Connection,
    entity: Entity,
    milestones: FakeMilestones,
    references: References,
    stores: tuple[FakeLinks, Records],
    *,
    is_deleted: Callable[[ExactId], bool] = lambda _: False,
    now: Now,
) -> Upsert:
    """Return what writes one entity to QicsMilestones."""
    links = Links(connection.id, entity.name, *stores, plenty_of_time(), now)
    matching = Matching(
        connection=connection,
        entity=entity,
        milestones=milestones,
        references=references,
        links=links,
        is_deleted=is_deleted,
        today=today(now()),
    )
    return Upsert(
        connection=connection,
        entity=entity,
        milestones=milestones,
        references=references,
        matching=matching,
        agreement=Agreement(
            entity,
            milestones,
            references.records,
            list,
            MappingContext(connection, today(now())),
        ),
        sight=Sight(entity.name, milestones, links.exist),
        now=now,
        random=Random(1),  # noqa: S311 - a seeded draw
    )


@dataclass(slots=True)
class Ground:
    """Everything a pull of accounts stands on."""

    clock: Clock
    connections: FakeConnections = field(default_factory=FakeConnections)
    queue: FakeQueue = field(default_factory=FakeQueue)
    states: FakeStates = field(default_factory=FakeStates)
    records: FakeRecords = field(default_factory=FakeRecords)
    retries: FakeRetries = field(default_factory=FakeRetries)
    problems: FakeProblems = field(default_factory=FakeProblems)
    links: FakeLinks = field(default_factory=FakeLinks)
    deletions: FakeDeletions = field(default_factory=FakeDeletions)
    holders: FakeHolders = field(default_factory=FakeHolders)
    deleted: set[ExactId] = field(default_factory=set)
    exact: FakeExact = field(default_factory=FakeExact)
    milestones: FakeMilestones = field(default_factory=FakeMilestones)
    facts: FakeFacts = field(default_factory=FakeFacts)
    processor: RecordProcessor | None = None
    closed: int = 0
    stretched: int = 0

    def __post_init__(self) -> None:
        """Let the administration be open."""
        self.facts.told = DivisionFacts(1, 0, "|", self.clock.now())

    @property
    def stores(self) -> PullStores:
        """What the pulls remember."""
        return PullStores(
            self.states,
            self.records,
            self.retries,
            self.problems,
            self.links,
            self.deletions,
            self.holders,
        )

    def upsert(self, connection: Connection, hold: Callable[[], None] = lambda: None) -> Upsert:
        """Return what writes to QicsMilestones."""
        return an_upsert(
            connection,
            ACCOUNTS,
            under_lease(self.milestones, hold, "create", "replace"),
            self.references(connection),
            (self.links, self.records),
            is_deleted=self._is_deleted,
            now=self.clock.now,
        )

    def references(self, connection: Connection) -> References:
        """Return what finds referred records."""
        cache = FakeLookupCache()
        return References(connection, self.records, cache, self.milestones, self.links)

    def _is_deleted(self, exact_id: ExactId) -> bool:
        if exact_id in self.deleted and self.processor is not None:
            self.processor.mark_gone([exact_id])
        return exact_id in self.deleted

    def start(self, request: RunRequest) -> PreparedRun:
        """Build one run."""
        connection, moment = request.connection, self.clock.now()
        records = RecordProcessor(
            connection,
            request.entity,
            self.upsert(connection, request.lease.hold),
            self.references(connection),
            request.stores,
            moment,
            request.deadline,
        )
        self.processor = records
        check = DivisionCheck(
            connection,
            self.facts,
            self.facts.division_facts,
            request.stores.problems,
            request.entity.name,
            moment,
            is_suspiciously_silent=lambda _: False,
        )
        run = PullRun(
            request.state,
            self.exact,
            check,
            the_deletions(connection, request.entity, self.exact, self.deletions, today(moment)),
            records,
            self.clock.now,
        )
        return PreparedRun(
            run,
            calls=self._calls,
            close=self._close,
            requeue=lambda: 0,
            stretched_minutes=lambda: self.stretched,
        )

    def _calls(self) -> int:
        return len(self.exact.asked)

    def _close(self) -> None:
        self.closed += 1


def plenty_of_time() -> Deadline:
    """Return a deadline that never comes."""
    return Deadline(lambda: 100_000)
