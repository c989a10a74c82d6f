"""Runs of a pull: each with the tokens and the budget of its own connection alone."""

from collections.abc import Callable
from datetime import datetime
from random import SystemRandom

from koppeling.bootstrap.clients import Clients
from koppeling.bootstrap.stores import Stores
from koppeling.core.clock import Now, today
from koppeling.core.ports import LookupCache
from koppeling.exact.client import ExactClient
from koppeling.exact.divisions import ExactDivisions
from koppeling.milestones.client import MilestonesClient
from koppeling.pull.dispatch import PreparedRun, RunRequest
from koppeling.pull.division_check import DivisionCheck
from koppeling.pull.preview import PreviewLookupCache, PreviewMilestones
from koppeling.pull.references import References
from koppeling.pull.run import PullRun
from koppeling.pull.upsert import RecordWriter, Upsert
from koppeling.push.requeue import Requeuer


class Runs:
    """Builds runs of pulls."""

    def __init__(
        self, clients: Clients, stores: Stores, requeuer: Callable[[], Requeuer], now: Now
    ) -> None:
        self._clients = clients
        self._stores = stores
        self._requeuer = requeuer
        self._now = now

    def start(self, work: RunRequest) -> PreparedRun:
        """Return a run that is ready to execute."""
        moment, connection = self._now(), work.connection
        ledger = self._clients.rate_limiter(connection, for_invoices=False)
        exact = self._clients.exact(connection, ledger)
        milestones = self._clients.milestones(connection)
        memory: LookupCache = self._stores.lookup_cache
        if work.plan is not None:
            memory = PreviewLookupCache(memory)
        references = References(connection, self._stores.records, memory, milestones)
        run = PullRun(
            connection=connection,
            entity=work.entity,
            state=work.state,
            source=exact,
            division_check=self._division_check(work, exact, moment),
            upsert=self._upsert(work, milestones, references),
            references=references,
            stores=work.stores,
            today=today(moment),
            now=moment,
            deadline=work.deadline,
        )

        def wake() -> int:
            changed = () if work.plan is not None else run.changed_codes
            if not changed:
                return 0
            return self._requeuer().requeue(connection.id, work.entity.name, changed)

        return PreparedRun(run, calls=ledger.calls, close=ledger.save, requeue=wake)

    def _division_check(
        self, work: RunRequest, exact: ExactClient, moment: datetime
    ) -> DivisionCheck:
        return DivisionCheck(
            work.connection,
            self._stores.divisions,
            ExactDivisions(exact, work.connection.division, self._now),
            work.stores.problems,
            work.entity.name,
            moment,
        )

    def _upsert(
        self, work: RunRequest, milestones: MilestonesClient, references: References
    ) -> Upsert:
        target: RecordWriter = milestones
        if work.plan is not None:
            target = PreviewMilestones(milestones, work.plan, work.entity.target.code)
        return Upsert(
            work.connection,
            work.entity,
            milestones=target,
            references=references,
            now=self._now,
            random=SystemRandom(),
        )
