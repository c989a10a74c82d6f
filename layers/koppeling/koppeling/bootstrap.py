"""Bootstrap: the one place that builds adapters and hands them to the use cases.

Everything is built when it is first asked for, and kept for the life of the execution environment.
What costs time to import and is not always needed (boto3, the OAuth packages) is imported here.
"""

import time
from collections.abc import Callable
from functools import cache, cached_property
from random import SystemRandom
from typing import Any
from urllib.parse import urlsplit

import requests

from koppeling.calls import CallLedger
from koppeling.carry_over import CarryOver, Milestones
from koppeling.clock import Now, now, pause
from koppeling.deliveries import Deliveries
from koppeling.division import DivisionWatch
from koppeling.domain.connection import Connection
from koppeling.domain.entities import ENTITIES
from koppeling.domain.schedule import today
from koppeling.domain.tokens import Grant, TokenKey
from koppeling.exact.books import ExactBooks
from koppeling.exact.client import ExactClient
from koppeling.exact.divisions import ExactDivisions
from koppeling.exact.lookups import Lookups
from koppeling.inbox.bucket import Bucket
from koppeling.inbox.contract import check
from koppeling.milestones.client import MilestonesClient
from koppeling.milestones.pace import SteadyPace
from koppeling.milestones.transport import Transport
from koppeling.oauth.providers import EXACT, MILESTONES, Provider
from koppeling.observability import report
from koppeling.ports import Memory
from koppeling.preview import PreviewMemory, PreviewMilestones
from koppeling.pull import Prepared, Pulls, Work
from koppeling.pull_ports import Stores
from koppeling.pull_run import PullRun
from koppeling.push import Push
from koppeling.push_ports import Ports
from koppeling.queue import SqsQueue
from koppeling.references import References
from koppeling.settings import Settings, from_environment
from koppeling.store.budgets import BudgetStore
from koppeling.store.connections import ConnectionStore
from koppeling.store.divisions import DivisionStore
from koppeling.store.outbox import OutboxStore
from koppeling.store.problems import ProblemStore
from koppeling.store.pulls import PullStore
from koppeling.store.records import RecordStore
from koppeling.store.references import ReferenceStore
from koppeling.store.retries import RetryStore
from koppeling.store.table import SyncItem, Table, TokenItem, sync_items, token_items
from koppeling.store.tokens import DynamoTokenStore, TableSeal
from koppeling.tokens import TokenChain

# R1: AWS calls connect within 1 s and answer within 3 s; a PDF may take longer
AWS_TIMEOUTS = (1, 3)
S3_TIMEOUTS = (1, 30)


@cache
def wiring() -> "Wiring":
    """Return the wiring of this execution environment."""
    return Wiring(from_environment())


class Wiring:
    """The use cases and everything they stand on, for one set of settings."""

    def __init__(
        self, settings: Settings, *, now: Now = now, pause: Callable[[float], None] = pause
    ) -> None:
        self._settings = settings
        self._now = now
        self._pause = pause
        self._chains: dict[TokenKey, TokenChain] = {}

    @cached_property
    def pulls(self) -> Pulls:
        """The pulls of the entity that this function is for."""
        return Pulls(
            ENTITIES[self._settings.entity],
            connections=self.connections,
            stores=self.stores,
            queue=SqsQueue(self._client("sqs"), self._settings.pull_queue_url),
            start=self._start,
            now=self._now,
            spread_seconds=self._settings.spread_seconds,
        )

    @cached_property
    def deliveries(self) -> Deliveries:
        """The deliveries of the sales-entry queue."""
        ports = Ports(
            inbox=Bucket(self._client("s3", S3_TIMEOUTS), self._settings.inbox_bucket),
            check=check,
            connections=self.connections,
            outbox=self.outbox,
            problems=self.problems,
            books=self._books,
            now=self._now,
        )
        return Deliveries(
            push=Push(ports),
            queue=SqsQueue(self._client("sqs"), self._settings.sales_entry_queue_url),
            problems=self.problems,
            report=report,
            now=self._now,
            random=SystemRandom(),
        )

    @cached_property
    def stores(self) -> Stores:
        """What the pulls remember."""
        return Stores(
            PullStore(self._sync_items),
            self._records,
            RetryStore(self._sync_items),
            self.problems,
        )

    @cached_property
    def problems(self) -> ProblemStore:
        """What people have to mend."""
        return ProblemStore(self._sync_items, self._now)

    @cached_property
    def divisions(self) -> DivisionStore:
        """What is known of administrations."""
        return DivisionStore(self._sync_items)

    @cached_property
    def connections(self) -> ConnectionStore:
        """The connections there are."""
        return ConnectionStore(self._sync_items)

    @cached_property
    def outbox(self) -> OutboxStore:
        """What is known of each invoice."""
        return OutboxStore(self._sync_items)

    @cached_property
    def tokens(self) -> DynamoTokenStore:
        """The token chains."""
        return DynamoTokenStore(self._token_items, TableSeal())

    def _start(self, work: Work) -> Prepared:
        """Build one run: its clients carry the tokens and the budget of this connection alone."""
        moment, connection = self._now(), work.connection
        ledger = self._ledger(connection, for_invoices=False)
        exact, milestones = self._exact(connection, ledger), self._milestones(connection)
        target: Milestones = milestones
        memory: Memory = self._memory
        if work.plan is not None:
            target = PreviewMilestones(milestones, work.plan, work.entity.key)
            memory = PreviewMemory(memory)
        references = References(connection, self._records, memory, milestones)
        run = PullRun(
            connection=connection,
            entity=work.entity,
            state=work.state,
            source=exact,
            watch=DivisionWatch(
                connection,
                self.divisions,
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

    def _books(self, connection: Connection) -> ExactBooks:
        client = self._exact(connection, self._ledger(connection, for_invoices=True))
        return ExactBooks(client, Lookups(connection.id, client, self._records, self._memory))

    def _exact(self, connection: Connection, ledger: CallLedger) -> ExactClient:
        key = TokenKey(EXACT.name, connection.exact_user, connection.exact_host)
        return ExactClient(
            self._session,
            base_url=self._settings.exact_url(connection.exact_host),
            division=connection.division,
            bearer=self._chain(EXACT, key),
            ledger=ledger,
            now=self._now,
        )

    def _milestones(self, connection: Connection) -> MilestonesClient:
        key = TokenKey(MILESTONES.name, connection.milestones_user, self.milestones_host)
        pace = SteadyPace(self._settings.milestones_calls_per_second, time.monotonic)
        return MilestonesClient(
            Transport(self._chain(MILESTONES, key), pace, self._now),
            base_url=self._settings.milestones_base_url,
            company_id=connection.company_id,
        )

    @property
    def milestones_host(self) -> str:
        """The host by which token chains of QicsMilestones are kept."""
        return urlsplit(self._settings.milestones_base_url).netloc

    def _ledger(self, connection: Connection, *, for_invoices: bool) -> CallLedger:
        return CallLedger(
            connection.exact_host,
            connection.division,
            budgets=BudgetStore(self._sync_items),
            now=self._now,
            for_invoices=for_invoices,
        )

    def _chain(self, provider: Provider, key: TokenKey) -> TokenChain:
        """Return the chain of a user; it is kept, so that a warm function reads no token twice."""
        if key not in self._chains:
            self._chains[key] = TokenChain(
                key,
                store=self.tokens,
                endpoint=_LateEndpoint(self, provider),
                rules=provider.rules,
                reconnect=provider.reconnect,
                now=self._now,
                pause=self._pause,
            )
        return self._chains[key]

    def token_url(self, provider: Provider, host: str) -> str:
        """Return the base URL of a provider's token endpoint."""
        if provider is EXACT:
            return self._settings.exact_url(host)
        return self._settings.milestones_base_url

    @cached_property
    def apps(self) -> Any:  # noqa: ANN401 - its class is imported late
        """The credentials of our apps."""
        from koppeling.oauth.apps import AppSecret  # noqa: PLC0415 - needs the OAuth packages

        return AppSecret(self._client("secretsmanager"), self._settings.apps_secret)

    @cached_property
    def _records(self) -> RecordStore:
        return RecordStore(self._sync_items)

    @cached_property
    def _memory(self) -> ReferenceStore:
        return ReferenceStore(self._sync_items, self._now)

    @cached_property
    def _sync_items(self) -> type[SyncItem]:
        return sync_items(Table(self._settings.sync_table, self._settings.region))

    @cached_property
    def _token_items(self) -> type[TokenItem]:
        return token_items(Table(self._settings.tokens_table, self._settings.region))

    @cached_property
    def _session(self) -> requests.Session:
        """The one session to Exact: its connections stay open between calls (X5)."""
        return requests.Session()

    def _client(self, service: str, timeouts: tuple[int, int] = AWS_TIMEOUTS) -> Any:  # noqa: ANN401
        import boto3  # noqa: PLC0415 - not every invocation needs it
        from botocore.config import Config  # noqa: PLC0415 - likewise

        connect, read = timeouts
        config = Config(
            connect_timeout=connect, read_timeout=read, retries={"total_max_attempts": 2}
        )
        make: Any = boto3.client  # its stubs know literal names only
        return make(service, region_name=self._settings.region, config=config)


class _LateEndpoint:
    """The token endpoint, imported only when a token has to be refreshed (P9)."""

    def __init__(self, wiring: Wiring, provider: Provider) -> None:
        self._wiring = wiring
        self._provider = provider

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Return the next pair."""
        from koppeling.oauth.endpoint import TokenEndpoint  # noqa: PLC0415 - see the class

        url = self._wiring.token_url(self._provider, key.host)
        return TokenEndpoint(self._provider, url, self._wiring.apps).refresh(key, refresh_token)
