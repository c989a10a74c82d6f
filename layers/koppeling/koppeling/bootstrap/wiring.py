"""The use cases, and everything they stand on, for one set of settings."""

from collections.abc import Callable
from functools import cache, cached_property
from random import SystemRandom
from typing import TYPE_CHECKING

from koppeling.auth.login_link import Tickets
from koppeling.auth.providers import EXACT, MILESTONES
from koppeling.aws.evidence_bucket import EvidenceBucket
from koppeling.aws.inbox_bucket import Bucket
from koppeling.aws.secrets import LinkSecret
from koppeling.aws.sns import SnsPost
from koppeling.aws.sqs import SqsDeadLetters, SqsQueue
from koppeling.bootstrap.aws import S3_TIMEOUTS, Aws
from koppeling.bootstrap.clients import Systems
from koppeling.bootstrap.observability import report
from koppeling.bootstrap.runs import Runs
from koppeling.bootstrap.settings import Settings, from_environment
from koppeling.bootstrap.stores import Keeping
from koppeling.core.clock import Now, now, pause
from koppeling.core.connection import Connection
from koppeling.exact.books import ExactJournal
from koppeling.pull.dispatch import Pulls
from koppeling.pull.entities.registry import ENTITIES
from koppeling.push.contract import check
from koppeling.push.dead_letters import DeadLetters
from koppeling.push.ports import Ports
from koppeling.push.reconciliation import Reconciling
from koppeling.push.requeue import Waking
from koppeling.push.service import Push
from koppeling.push.worker import Deliveries
from koppeling.watch.daily import Watch
from koppeling.watch.notifier import Warnings

if TYPE_CHECKING:
    from koppeling.auth.pages.routes import Portal
    from koppeling.check.service import Checks


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
            start=Runs(self.systems, self.keeping, lambda: self.waking, self._now).start,
            now=self._now,
            spread_seconds=self._settings.spread_seconds,
            login_gone=self.warnings.login_gone,
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
            slots=self.keeping.slots,
            waits=self.keeping.waits,
            evidence=self.evidence,
            states=self.systems.states,
            now=self._now,
        )
        return Deliveries(
            push=Push(ports),
            queue=SqsQueue(self.aws.client("sqs"), self._settings.sales_entry_queue_url),
            problems=self.keeping.problems,
            report=report,
            now=self._now,
            random=SystemRandom(),
            login_gone=self.warnings.login_gone,
        )

    @cached_property
    def tickets(self) -> Tickets:
        """The links by which a customer's administrator logs in."""
        secret = LinkSecret(self.aws.client("secretsmanager"), self._settings.link_secret)
        return Tickets(secret, connect_url=self._settings.connect_url, now=self._now)

    @cached_property
    def portal(self) -> "Portal":
        """The login in the browser."""
        from koppeling.auth.pages.pages import Pages  # noqa: PLC0415 - likewise
        from koppeling.auth.pages.routes import Portal  # noqa: PLC0415 - likewise
        from koppeling.bootstrap.auth import connect  # noqa: PLC0415 - one function needs it

        story = connect(self._settings, self.systems, self.keeping, self.tickets, self._now)
        return Portal(story, Pages(self._settings.connect_url), report)

    @cached_property
    def waking(self) -> Waking:
        """What offers refused invoices again once their cause is gone."""
        queue = SqsQueue(self.aws.client("sqs"), self._settings.sales_entry_queue_url)
        return Waking(self.keeping.waits, queue)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """What the sales-entry queue gave up on."""
        sqs, settings = self.aws.client("sqs"), self._settings
        return DeadLetters(
            SqsDeadLetters(sqs, settings.sales_entry_dead_letters_url),
            SqsQueue(sqs, settings.sales_entry_queue_url),
            self.keeping.problems,
        )

    @cached_property
    def reconciling(self) -> Reconciling:
        """The comparison of a month with the journal in Exact."""

        def journal(connection: Connection) -> ExactJournal:
            ledger = self.systems.ledger(connection, for_invoices=False)
            return ExactJournal(self.systems.exact(connection, ledger))

        keeping = self.keeping
        return Reconciling(keeping.connections, keeping.outbox, journal, keeping.problems)

    @cached_property
    def evidence(self) -> EvidenceBucket:
        """What was sent to Exact, and what came back."""
        return EvidenceBucket(self.aws.client("s3"), self._settings.evidence_bucket)

    @cached_property
    def checks(self) -> "Checks":
        """The readiness checks."""
        from koppeling.check.service import Checks  # noqa: PLC0415 - only the watch needs it (P9)

        return Checks(self.keeping.connections, self.systems.sides, self._now)

    @cached_property
    def warnings(self) -> Warnings:
        """What tells customers that the link waits for a login; SNS is reached by the first one."""
        return Warnings(
            told=self.keeping.told,
            post=SnsPost(lambda: self.aws.sns, self._settings.warning_topic),
            links=lambda: self.tickets,
            connections=self.keeping.connections,
            chains=self.keeping.tokens,
            key_of=self.systems.key_of,
            report=report,
            now=self._now,
        )

    @cached_property
    def watch(self) -> Watch:
        """What looks after all token chains once a day."""
        return Watch(
            chains=self.keeping.tokens,
            open_chain=self.systems.chain_of,
            connections=self.keeping.connections,
            key_of=self.systems.key_of,
            problems=self.keeping.problems,
            warnings=self.warnings,
            reconnect={provider.name: provider.reconnect for provider in (EXACT, MILESTONES)},
            now=self._now,
        )
