"""Runs of a pull: each has the tokens and the call budget of its own connection alone."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from random import SystemRandom
from typing import TYPE_CHECKING

from koppeling.bootstrap.clients import Clients
from koppeling.bootstrap.stores import Stores
from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import LookupCache
from koppeling.exact.client import ExactClient
from koppeling.exact.divisions import ExactDivisions
from koppeling.milestones.client import MilestonesClient
from koppeling.pull.agreement import Agreement, OthersOfTenant
from koppeling.pull.cursor import ReadMode
from koppeling.pull.deletions import Deletions
from koppeling.pull.division_check import DivisionCheck
from koppeling.pull.double_choices import ENTITY as DOUBLES_OF
from koppeling.pull.double_choices import DoubleChoices
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.forecast import stretched_minutes
from koppeling.pull.in_bulk import InBulk
from koppeling.pull.journal import JournalScope, LoadJournal, journal_scope
from koppeling.pull.lease import under_lease
from koppeling.pull.links import Links
from koppeling.pull.matching import Matching
from koppeling.pull.ports import Records, RecordWriter
from koppeling.pull.prepared_run import PreparedRun, RunRequest
from koppeling.pull.preview import read_only
from koppeling.pull.preview_milestones import CodesToCome, PreviewMilestones
from koppeling.pull.records import WORKERS, WORKERS_OF_FIRST_LOAD, RecordProcessor
from koppeling.pull.references import References
from koppeling.pull.run import PAGES_A_PREVIEW, PAGES_A_RUN, PullRun
from koppeling.pull.sight import Sight
from koppeling.pull.silence import SilenceCheck
from koppeling.pull.upsert import Upsert

if TYPE_CHECKING:
    from koppeling.push.requeue import Requeuer


class Runs:
    """Builds runs of pulls."""

    def __init__(
        self,
        clients: Clients,
        stores: Stores,
        requeuer: Callable[[], "Requeuer"],
        now: Now,
        entities: Mapping[str, Entity],
    ) -> None:
        self._clients = clients
        self._stores = stores
        self._requeuer = requeuer
        self._now = now
        self._entities = entities

    def start(self, request: RunRequest) -> PreparedRun:
        """Return a run that is ready to execute."""
        now, connection = self._now(), request.connection
        limiter = self._clients.rate_limiter(connection, for_invoices=False)
        exact = self._clients.exact(connection, limiter)
        pacer = self._clients.pacer(connection, request.state)
        milestones = under_lease(
            self._clients.milestones(connection, pacer), request.lease.hold, "create", "replace"
        )
        bulk = self._in_bulk(request, milestones)
        writer = bulk or self._previewed(request, milestones) or milestones
        deletions = Deletions(
            connection=connection.id,
            entity=request.entity,
            entities=self._entities,
            source=exact,
            notes=request.stores.deletions,
            today=today(now),
        )
        records = self._records(request, writer, deletions, now)
        records.workers = WORKERS if pacer.learned is None else WORKERS_OF_FIRST_LOAD
        run = PullRun(
            request.state,
            exact,
            self._division_check(request, exact, now),
            deletions,
            records,
            self._now,
            PAGES_A_RUN if request.plan is None else PAGES_A_PREVIEW,
            keep=lambda: None if bulk is None else bulk.keep(),
            pace=lambda: pacer.learned,
        )
        return PreparedRun(
            run,
            calls=limiter.calls,
            close=limiter.save,
            requeue=lambda: self._requeue(request, run.records.changed_codes),
            stretched_minutes=lambda: stretched_minutes(limiter.budget(), now),
        )

    def _division_check(
        self, request: RunRequest, exact: ExactClient, now: datetime
    ) -> DivisionCheck:
        connection, name = request.connection, request.entity.name
        divisions = ExactDivisions(exact, connection.division, self._now)
        states = request.stores.states
        return DivisionCheck(
            connection,
            self._stores.divisions,
            divisions.division_facts,
            request.stores.problems,
            name,
            now,
            SilenceCheck(connection, self._entities, states, name, today(now)),
        )

    def _requeue(self, request: RunRequest, changed_codes: Collection[str]) -> int:
        """Queue the invoices that waited for what this run changed; a preview changes nothing."""
        if request.plan is not None or not changed_codes:
            return 0
        entity = request.entity.name
        return self._requeuer().requeue(request.connection.id, entity, changed_codes)

    def _records(
        self,
        request: RunRequest,
        writer: RecordWriter,
        deletions: Deletions,
        now: datetime,
    ) -> RecordProcessor:
        connection, entity, deadline = request.connection, request.entity, request.deadline
        stores, own, day = request.stores, (connection.id, entity.name), today(now)

        def is_deleted(exact_id: ExactId) -> bool:
            deletions.look(processor.mark_gone)
            return _is_gone(stores.records, *own, exact_id)

        references = self._references(request, writer)
        matching = Matching(
            connection=connection,
            entity=entity,
            milestones=writer,
            references=references,
            links=Links(*own, stores.links, stores.records, deadline, self._now),
            is_deleted=is_deleted,
            today=day,
            journal=self._journal(request, day),
            doubles=self._doubles(request),
        )
        upsert = Upsert(
            connection=connection,
            entity=entity,
            milestones=writer,
            references=references,
            matching=matching,
            agreement=self._agreement(connection, entity, writer, day),
            sight=Sight(entity.name, _by_calls(writer), matching.links.exist),
            now=self._now,
            random=SystemRandom(),
        )
        processor = RecordProcessor(connection, entity, upsert, references, stores, now, deadline)
        return processor

    def _references(self, request: RunRequest, writer: RecordWriter) -> References:
        """Return what finds other records; what a person asks for trusts no earlier look-up."""
        return References(
            request.connection,
            self._stores.records,
            self._cache(request),
            writer,
            request.stores.links,
            anew=request.is_asked_for,
        )

    def _doubles(self, request: RunRequest) -> DoubleChoices | None:
        """Return what people chose about likely doubles; only customers have any."""
        is_asked = request.entity.name == DOUBLES_OF
        return DoubleChoices(request.connection.id, self._stores.doubles) if is_asked else None

    def _journal(self, request: RunRequest, day: date) -> LoadJournal | None:
        """Return where a first load is kept, so that it can be undone; None for a preview."""
        scope = journal_scope(request.state, day)
        if request.plan is not None or scope is JournalScope.NONE:
            return None
        own = request.connection.id, request.entity.name
        return LoadJournal(self._stores.journal, *own, scope, self._now, request.state.loaded_on)

    def _agreement(
        self, connection: Connection, entity: Entity, writer: RecordWriter, day: date
    ) -> Agreement:
        others, context = self._others(connection), MappingContext(connection, day)
        return Agreement(entity, writer, self._stores.records, others, context)

    def _others(self, connection: Connection) -> OthersOfTenant:
        """Return what finds the other connections of a tenant, when they are asked for."""

        def others() -> list[ConnectionId]:
            everyone = self._stores.connections.all()
            return [each.id for each in everyone if share_tenant(each, connection)]

        return others

    def _in_bulk(self, request: RunRequest, milestones: MilestonesClient) -> InBulk | None:
        """Return what matches in bulk; None when that is not worth a list (P4)."""
        if request.plan is not None or not request.state.is_first_load:
            return None
        keeper = self._stores.snapshots(
            request.connection.id, request.entity.name, request.state.fencing
        )
        keeper = under_lease(keeper, request.lease.hold, "keep")
        return InBulk(milestones, request.entity, keeper, request.deadline, self._now)

    def _previewed(
        self, request: RunRequest, milestones: MilestonesClient
    ) -> PreviewMilestones | None:
        """Return what notes in place of writing; None when this is no preview."""
        if request.plan is None:
            return None
        state, _connection = request.state, request.connection.id
        made = PreviewMilestones(
            milestones=milestones,
            snapshot=milestones.snapshot,
            plan=request.plan,
            targets={name: entity.target for name, entity in self._entities.items()},
            to_come=self._to_come(request),
            reads_lists=state.is_first_load or state.read_mode is ReadMode.FULL,
        )
        request.plan.left_there = made.left_there
        return made

    def _to_come(self, request: RunRequest) -> CodesToCome:
        """Return what tells the codes of entities that are loaded before, by their own previews."""
        connection, own = request.connection.id, request.entity.name

        def codes(entity: str) -> frozenset[str]:
            # Once it is started, only what stands there counts
            if entity == own or request.connection.started:
                return frozenset()
            return self._stores.previews.known_codes(connection, entity)

        return codes

    def _cache(self, request: RunRequest) -> LookupCache:
        """Return the cache; a preview does not write in it."""
        cache = self._stores.lookup_cache
        return cache if request.plan is None else read_only(cache, "get")


def _by_calls(writer: RecordWriter) -> RecordWriter:
    """Return what asks QicsMilestones itself: a list in memory shows whatever was created since."""
    return writer.milestones if isinstance(writer, InBulk) else writer


def share_tenant(one: Connection, other: Connection) -> bool:
    """Say whether two connections belong to one tenant: named so, or else by their user."""
    if one.id == other.id:
        return False
    if one.milestones_tenant or other.milestones_tenant:
        return one.milestones_tenant == other.milestones_tenant
    return one.milestones_user == other.milestones_user


def _is_gone(records: Records, connection: ConnectionId, entity: str, exact_id: ExactId) -> bool:
    return any(each.gone for each in records.get_many(connection, entity, [exact_id]).values())
