"""Bootstrap: the one place that builds adapters and hands them to the use cases.

Everything is built when it is first asked for, and kept for the life of the execution environment.
What costs time to import and is not always needed (boto3, the OAuth packages) is imported here.
"""

import time
from functools import cache
from random import SystemRandom
from typing import Any
from urllib.parse import urlsplit

import requests

from koppeling import settings as environment
from koppeling.calls import CallLedger
from koppeling.carry_over import CarryOver
from koppeling.clock import now, pause
from koppeling.deadline import Deadline
from koppeling.deliveries import Deliveries
from koppeling.domain.connection import Connection
from koppeling.domain.cursors import PullState
from koppeling.domain.entities import ENTITIES, Entity
from koppeling.domain.schedule import today
from koppeling.domain.tokens import Grant, TokenKey
from koppeling.exact.books import ExactBooks
from koppeling.exact.client import ExactClient
from koppeling.exact.lookups import Lookups
from koppeling.inbox.bucket import Bucket
from koppeling.inbox.contract import check
from koppeling.milestones.client import MilestonesClient
from koppeling.milestones.pace import SteadyPace
from koppeling.oauth.providers import EXACT, MILESTONES, Provider
from koppeling.observability import report
from koppeling.pull import Prepared, Pulls
from koppeling.pull_ports import Stores
from koppeling.pull_run import PullRun
from koppeling.push import Push
from koppeling.push_ports import Ports
from koppeling.queue import SqsQueue
from koppeling.references import References
from koppeling.settings import Settings
from koppeling.store.budgets import BudgetStore
from koppeling.store.connections import ConnectionStore
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
def settings() -> Settings:
    """Return the settings of this function."""
    return environment.from_environment()


@cache
def pulls() -> Pulls:
    """Return the pulls of the entity that this function is for."""
    return Pulls(
        ENTITIES[settings().entity],
        connections=ConnectionStore(_sync_items()),
        stores=_stores(),
        queue=SqsQueue(_client("sqs"), settings().pull_queue_url),
        start=_start,
        now=now,
        spread_seconds=settings().spread_seconds,
    )


@cache
def deliveries() -> Deliveries:
    """Return the deliveries of the sales-entry queue."""
    return Deliveries(
        push=Push(
            Ports(
                inbox=Bucket(_client("s3", S3_TIMEOUTS), settings().inbox_bucket),
                check=check,
                connections=ConnectionStore(_sync_items()),
                outbox=OutboxStore(_sync_items()),
                problems=ProblemStore(_sync_items(), now),
                books=_books,
                now=now,
            )
        ),
        queue=SqsQueue(_client("sqs"), settings().sales_entry_queue_url),
        problems=ProblemStore(_sync_items(), now),
        report=report,
        now=now,
        random=SystemRandom(),
    )


def _start(
    connection: Connection, entity: Entity, state: PullState, deadline: Deadline
) -> Prepared:
    """Build one run: its clients carry the tokens and the budget of this connection alone."""
    moment = now()
    ledger = _ledger(connection, for_invoices=False)
    milestones = _milestones(connection)
    references = References(
        connection, RecordStore(_sync_items()), ReferenceStore(_sync_items(), now), milestones
    )
    run = PullRun(
        connection=connection,
        entity=entity,
        state=state,
        source=_exact(connection, ledger),
        carry_over=CarryOver(
            connection,
            entity,
            milestones=milestones,
            references=references,
            now=now,
            random=SystemRandom(),
        ),
        references=references,
        stores=_stores(),
        today=today(moment),
        now=moment,
        deadline=deadline,
    )
    return Prepared(run, calls=ledger.calls, close=ledger.save)


def _books(connection: Connection) -> ExactBooks:
    client = _exact(connection, _ledger(connection, for_invoices=True))
    links, memory = RecordStore(_sync_items()), ReferenceStore(_sync_items(), now)
    return ExactBooks(client, Lookups(connection.id, client, links, memory))


def _exact(connection: Connection, ledger: CallLedger) -> ExactClient:
    key = TokenKey(EXACT.name, connection.exact_user, connection.exact_host)
    return ExactClient(
        _session(),
        base_url=settings().exact_url(connection.exact_host),
        division=connection.division,
        bearer=_chain(EXACT, key),
        ledger=ledger,
        now=now,
    )


def _milestones(connection: Connection) -> MilestonesClient:
    host = urlsplit(settings().milestones_base_url).netloc
    key = TokenKey(MILESTONES.name, connection.milestones_user, host)
    return MilestonesClient(
        base_url=settings().milestones_base_url,
        company_id=connection.company_id,
        bearer=_chain(MILESTONES, key),
        pace=SteadyPace(settings().milestones_calls_per_second, time.monotonic),
    )


def _ledger(connection: Connection, *, for_invoices: bool) -> CallLedger:
    return CallLedger(
        connection.exact_host,
        connection.division,
        budgets=BudgetStore(_sync_items()),
        now=now,
        for_invoices=for_invoices,
    )


@cache
def _chain(provider: Provider, key: TokenKey) -> TokenChain:
    return TokenChain(
        key,
        store=DynamoTokenStore(_token_items(), TableSeal()),
        endpoint=_LateEndpoint(provider),
        rules=provider.rules,
        reconnect=provider.reconnect,
        now=now,
        pause=pause,
    )


class _LateEndpoint:
    """The token endpoint, imported only when a token has to be refreshed (P9)."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Return the next pair."""
        from koppeling.oauth.endpoint import TokenEndpoint  # noqa: PLC0415 - see the class

        base_url = settings().milestones_base_url
        if self._provider is EXACT:
            base_url = settings().exact_url(key.host)
        return TokenEndpoint(self._provider, base_url, _apps()).refresh(key, refresh_token)


@cache
def _apps() -> Any:  # noqa: ANN401 - its class is imported late
    from koppeling.oauth.apps import AppSecret  # noqa: PLC0415 - it needs the OAuth packages

    return AppSecret(_client("secretsmanager"), settings().apps_secret)


@cache
def _stores() -> Stores:
    items = _sync_items()
    return Stores(PullStore(items), RecordStore(items), RetryStore(items), ProblemStore(items, now))


@cache
def _sync_items() -> type[SyncItem]:
    return sync_items(Table(settings().sync_table, settings().region))


@cache
def _token_items() -> type[TokenItem]:
    return token_items(Table(settings().tokens_table, settings().region))


@cache
def _session() -> requests.Session:
    """Return the one session to Exact: its connections stay open between calls (X5)."""
    return requests.Session()


def _client(service: str, timeouts: tuple[int, int] = AWS_TIMEOUTS) -> Any:  # noqa: ANN401 - boto3
    import boto3  # noqa: PLC0415 - not every invocation needs it
    from botocore.config import Config  # noqa: PLC0415 - likewise

    connect, read = timeouts
    config = Config(connect_timeout=connect, read_timeout=read, retries={"total_max_attempts": 2})
    make: Any = boto3.client  # its stubs know literal names only
    return make(service, region_name=settings().region, config=config)
