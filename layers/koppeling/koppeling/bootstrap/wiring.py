"""The use cases, and everything they stand on, for one set of settings."""

from collections.abc import Callable
from functools import cache, cached_property
from random import SystemRandom

from koppeling.bootstrap.aws import S3_TIMEOUTS, Aws
from koppeling.bootstrap.keeping import Keeping
from koppeling.bootstrap.systems import Systems
from koppeling.carry_over import CarryOver, Milestones
from koppeling.clock import Now, now, pause
from koppeling.deliveries import Deliveries
from koppeling.division import DivisionWatch
from koppeling.domain.entities import ENTITIES
from koppeling.domain.schedule import today
from koppeling.exact.divisions import ExactDivisions
from koppeling.inbox.bucket import Bucket
from koppeling.inbox.contract import check
from koppeling.observability import report
from koppeling.ports import Memory
from koppeling.preview import PreviewMemory, PreviewMilestones
from koppeling.pull import Prepared, Pulls, Work
from koppeling.pull_run import PullRun
from koppeling.push import Push
from koppeling.push_ports import Ports
from koppeling.queue import SqsQueue
from koppeling.references import References
from koppeling.settings import Settings, from_environment


@cache
def wiring() -> "Wiring":
    """Return the wiring of this execution environment."""
    return Wiring(from_environment())


class Wiring:
    """The use cases of one stack."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Now = now,
        pause: Callable[[float], None] = pause,
        aws: Aws | None = None,
    ) -> None:
        self._settings = settings
        self._now = now
        self.aws = aws or Aws(settings)
        self.keeping = Keeping(self.aws, now)
        self.systems = Systems(settings, self.aws, self.keeping, now=now, pause=pause)

    @cached_property
    def pulls(self) -> Pulls:
        """The pulls of the entity that this function is for."""
        return Pulls(
            ENTITIES[self._settings.entity],
            connections=self.keeping.connections,
            stores=self.keeping.stores,
            queue=SqsQueue(self.aws.client("sqs"), self._settings.pull_queue_url),
            start=self._start,
            now=self._now,
            spread_seconds=self._settings.spread_seconds,
        )

    @cached_property
    def deliveries(self) -> Deliveries:
        """The deliveries of the sales-entry queue."""
        ports = Ports(
            inbox=Bucket(self.aws.client("s3", S3_TIMEOUTS), self._settings.inbox_bucket),
            check=check,
            connections=self.keeping.connections,
            outbox=self.keeping.outbox,
            problems=self.keeping.problems,
            books=self.systems.books,
            now=self._now,
        )
        return Deliveries(
            push=Push(ports),
            queue=SqsQueue(self.aws.client("sqs"), self._settings.sales_entry_queue_url),
            problems=self.keeping.problems,
            report=report,
            now=self._now,
            random=SystemRandom(),
        )

    def _start(self, work: Work) -> Prepared:
        """Build one run: its clients carry the tokens and the budget of this connection alone."""
        moment, connection = self._now(), work.connection
        ledger = self.systems.ledger(connection, for_invoices=False)
        exact = self.systems.exact(connection, ledger)
        milestones = self.systems.milestones(connection)
        target: Milestones = milestones
        memory: Memory = self.keeping.references
        if work.plan is not None:
            target = PreviewMilestones(milestones, work.plan, work.entity.key)
            memory = PreviewMemory(memory)
        references = References(connection, self.keeping.records, memory, milestones)
        run = PullRun(
            connection=connection,
            entity=work.entity,
            state=work.state,
            source=exact,
            watch=DivisionWatch(
                connection,
                self.keeping.divisions,
                ExactDivisions(exact, connection.division, self._now),
                work.stores.problems,
                work.entity.name,
                moment,
            ),
            carry_over=CarryOver(
                connection,
                work.entity,
                milestones=target,
                references=references,
                now=self._now,
                random=SystemRandom(),
            ),
            references=references,
            stores=work.stores,
            today=today(moment),
            now=moment,
            deadline=work.deadline,
        )
        return Prepared(run, calls=ledger.calls, close=ledger.save)
