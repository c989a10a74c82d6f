"""Runs of a pull: each with the tokens and the budget of its own connection alone."""

from collections.abc import Callable
from datetime import datetime
from random import SystemRandom

from koppeling.bootstrap.clients import Systems
from koppeling.bootstrap.stores import Keeping
from koppeling.core.clock import Now, today
from koppeling.core.ports import Memory
from koppeling.exact.client import ExactClient
from koppeling.exact.divisions import ExactDivisions
from koppeling.milestones.client import MilestonesClient
from koppeling.pull.dispatch import Prepared, Work
from koppeling.pull.division_check import DivisionWatch
from koppeling.pull.preview import PreviewMemory, PreviewMilestones
from koppeling.pull.references import References
from koppeling.pull.run import PullRun
from koppeling.pull.upsert import CarryOver, Milestones
from koppeling.push.requeue import Waking


class Runs:
    """Builds runs of pulls."""

    def __init__(
        self, systems: Systems, keeping: Keeping, waking: Callable[[], Waking], now: Now
    ) -> None:
        self._systems = systems
        self._keeping = keeping
        self._waking = waking
        self._now = now

    def start(self, work: Work) -> Prepared:
        """Return a run that is ready to execute."""
        moment, connection = self._now(), work.connection
        ledger = self._systems.ledger(connection, for_invoices=False)
        exact = self._systems.exact(connection, ledger)
        milestones = self._systems.milestones(connection)
        memory: Memory = self._keeping.references
        if work.plan is not None:
            memory = PreviewMemory(memory)
        references = References(connection, self._keeping.records, memory, milestones)
        run = PullRun(
            connection=connection,
            entity=work.entity,
            state=work.state,
            source=exact,
            watch=self._watch(work, exact, moment),
            carry_over=self._carry_over(work, milestones, references),
            references=references,
            stores=work.stores,
            today=today(moment),
            now=moment,
            deadline=work.deadline,
        )

        def wake() -> int:
            changed = () if work.plan is not None else run.touched
            if not changed:
                return 0
            return self._waking().wake(connection.id, work.entity.name, changed)

        return Prepared(run, calls=ledger.calls, close=ledger.save, wake=wake)

    def _watch(self, work: Work, exact: ExactClient, moment: datetime) -> DivisionWatch:
        return DivisionWatch(
            work.connection,
            self._keeping.divisions,
            ExactDivisions(exact, work.connection.division, self._now),
            work.stores.problems,
            work.entity.name,
            moment,
        )

    def _carry_over(
        self, work: Work, milestones: MilestonesClient, references: References
    ) -> CarryOver:
        target: Milestones = milestones
        if work.plan is not None:
            target = PreviewMilestones(milestones, work.plan, work.entity.key)
        return CarryOver(
            work.connection,
            work.entity,
            milestones=target,
            references=references,
            now=self._now,
            random=SystemRandom(),
        )
