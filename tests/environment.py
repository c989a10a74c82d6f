"""The whole link in one process, between the two sandboxes: what a test stands in.

The stores are the real ones on tables in memory, the clients the real ones on real sockets. Time is
the sandboxes' clock, and waiting moves it.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from koppeling.auth.oauth import EXACT, MILESTONES, Provider
from koppeling.auth.token_keys import NO_TENANT
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.observability import report
from koppeling.bootstrap.settings import Settings
from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.core.mail import OutgoingMail
from koppeling.core.people import Person, Role
from koppeling.core.problems import Problem, is_lost_login, login_subject
from koppeling.core.summary import Summary
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.registry import ENTITIES
from tests import kept
from tests.aws_stack import CONNECT_URL, app_of, make_stack
from tests.mailbox import Mailbox
from tests.sandbox.common.clock import Clock
from tests.sandbox.connecting import EXACT_HOST, company_connection, log_in
from tests.sandbox.dynamodb import Service, in_memory
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.invoices import InvoiceFiles
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.entities import ENTITIES as MILESTONES_ENTITIES
from tests.sandbox.qics_milestones.schema import Entity as MilestonesEntity
from tests.sandbox.qics_milestones.tenants import Tenants

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

REGION = kept.REGION
# A Tuesday morning inside the window
MORNING = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
MILLISECONDS_LEFT = 100_000
CALLBACK = f"{CONNECT_URL}/callback"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "OAUTHLIB_INSECURE_TRANSPORT": "1",
    "POWERTOOLS_SERVICE_NAME": "environment",
    "POWERTOOLS_METRICS_NAMESPACE": "Koppeling",
}


# Who gets the mails of the connection
MARIT = Person("marit@veldhuis.example", Role.DECIDE)


@dataclass(slots=True)
class Environment:
    """The sandboxes, the wiring between them, and the levers of a test."""

    exact: ExactSandbox
    milestones: MilestonesSandbox
    clock: Clock
    wiring: Wiring
    settings: Settings
    aws: Mapping[str, Any]
    connection: Connection
    entities: Mapping[str, Entity] = field(default_factory=lambda: ENTITIES)
    others: dict[str, Wiring] = field(default_factory=dict)
    tenants: tuple[MilestonesSandbox, ...] = ()
    mailbox: Mailbox = field(default_factory=Mailbox)

    def another(self) -> Wiring:
        """Return a second wiring on the same tables, as another execution environment has."""
        return _wiring(self.settings, self.clock, self.entities, self.mailbox)

    def connect(self, connection: Connection) -> None:
        """Write a connection as it is from now on."""
        self.connection = connection
        self.wiring.stores.connections.save(connection)

    def log_in(self, provider: Provider) -> None:
        """Let the OAuth user log in at a provider, for the first time or again."""
        base_url = self.settings.exact_base_url
        host = EXACT_HOST
        app = app_of(self.exact.app_credentials)
        code = self.exact.authorise() if provider is EXACT else self.milestones.authorise()
        if provider is MILESTONES:
            base_url = self.settings.milestones_base_url
            host, app = NO_TENANT, app_of(self.milestones.app_credentials)
        log_in(
            self.wiring.stores.tokens,
            provider,
            host=host,
            base_url=base_url,
            app=app,
            code=code,
            now=self.clock.now(),
        )
        # As the pages of the login do for each connection of the user (TokenKeeper)
        subject = login_subject(provider.name)
        self.wiring.stores.problems.close(self.connection.id, subject, is_lost_login)

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of a connection vary
        """Change the configuration of the connection."""
        self.connect(replace(self.connection, **changes))

    def pulls(self, entity: str = "accounts") -> PullDispatcher:
        """Return the pulls of an entity, as its own function has them."""
        if entity == self.settings.entity:
            return self.wiring.pulls
        if entity not in self.others:
            # One client of the tables for all: building one for each function takes seconds
            self.others[entity] = Wiring(
                replace(self.settings, entity=entity),
                now=self.clock.now,
                pause=self.clock.advance,
                aws=self.wiring.aws,
                entities=self.entities,
            )
        return self.others[entity].pulls

    def pull(
        self, milliseconds: Callable[[], int] = lambda: MILLISECONDS_LEFT, entity: str = "accounts"
    ) -> Summary:
        """Let the connection catch up with Exact once, in one entity."""
        return self.pulls(entity).run(self.connection.id, Deadline(milliseconds))

    def pull_all(self) -> dict[str, Summary]:
        """Let the connection catch up in every entity, in the order of a first load (L12)."""
        return {name: self.pull(entity=name) for name in ENTITIES}

    def next_tick(self, **advance: int) -> Summary:
        """Let a quarter of an hour pass, or as much as is said, and pull again."""
        self.clock.advance(timedelta(**(advance or {"minutes": 15})).total_seconds())
        return self.pull()

    def offer(self, files: InvoiceFiles) -> None:
        """Put an invoice in the inbox, its PDF first, and deliver its message."""
        self.put(files.pdf_key, files.pdf_bytes)
        self.put(files.json_key, files.json_bytes)
        self.deliver(files.json_key)

    def put(self, key: str, content: bytes) -> None:
        """Put an object in the inbox."""
        self.aws["s3"].put_object(Bucket=self.settings.inbox_bucket, Key=key, Body=content)

    def deliver(self, key: str) -> None:
        """Deliver the message that the bucket sends for an object."""
        self.wiring.invoice_worker.handle(
            json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
        )

    def waiting(self, queue_url: str) -> list[dict[str, Any]]:
        """Return the messages that wait in a queue, also those that are held back."""
        return [json.loads(message.body) for message in self._held(queue_url)]

    def taken(self, queue_url: str) -> list[dict[str, Any]]:
        """Take the messages that wait in a queue, also those that are held back."""
        waiting = self.waiting(queue_url)
        self._held(queue_url).clear()
        return waiting

    def taken_pairs(self) -> list[str]:
        """Take the sealed pairs of tokens out of their queue; messages about people stay in it."""
        held = self._held(self.settings.token_queue_url)
        pairs = [each for each in held if "sealed" in json.loads(each.body)]
        for message in pairs:
            held.remove(message)
        return [message.body for message in pairs]

    def _held(self, queue_url: str) -> list[Any]:
        queue = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[queue_url.rpartition("/")[2]]
        held: list[Any] = queue._messages  # noqa: SLF001 - SQS shows no message before its time
        return held

    def mails(self) -> list[OutgoingMail]:
        """Return the mails that were sent, in the order they were, once the watch did its part."""
        self.watch_what_was_handed_over()
        return self.mailbox.mails

    def watch_what_was_handed_over(self) -> None:
        """Have the watch handle what runs found out for it; pairs of tokens stay in the queue."""
        held = self._held(self.settings.token_queue_url)
        for message in [each for each in held if "round" in json.loads(each.body)]:
            held.remove(message)
            for summary in self.wiring.watch_message(message.body):
                report(summary)

    def problems(self) -> list[Problem]:
        """Return the problems that are open."""
        return list(self.wiring.stores.problems.opened(self.connection.id))

    def customer(self, code: str) -> dict[str, Any]:
        """Return the one customer of QicsMilestones with this code."""
        (found,) = self.milestones.world.find("CustomerCompany", CustomerCode=code)
        return found

    def calls(self, prefix: str = "") -> int:
        """Return how many calls to the API of Exact the journal holds."""
        return len(self.exact.journal.calls(lambda call: call.endpoint.startswith(prefix)))


@contextmanager
def environment(  # noqa: PLR0913 - what a test may choose, and each has a default
    accounts: int = 10,
    *,
    seed: int = 1,
    entities: Mapping[str, Entity] = ENTITIES,
    targets: Mapping[str, MilestonesEntity] = MILESTONES_ENTITIES,
    on_moto: bool = False,
    more_tenants: int = 0,
) -> Iterator[Environment]:
    """Build an environment with one connection that both vendors have let in.

    `entities` is the registry that the link runs with, `targets` what QicsMilestones keeps. The
    tables are ours, in memory; on those of moto a call goes through all of boto3 and its logs.
    `more_tenants` stand at the address of QicsMilestones as well.
    """
    clock = Clock(frozen_at=MORNING)
    exact = ExactSandbox(accounts=accounts, seed=seed, clock=clock)
    milestones = MilestonesSandbox(clock=clock, seed=seed, entities=targets)
    tenants = [MilestonesSandbox(clock=clock, seed=n) for n in range(100, 100 + more_tenants)]
    os.environ.update(ENVIRONMENT)
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        if not on_moto:
            stack.enter_context(in_memory(Service()))
        exact_url = _address(stack, EXACT.name, exact.app)
        app = Tenants([milestones, *tenants]) if tenants else milestones.app
        milestones_url = _address(stack, MILESTONES.name, app)
        _register_callback(f"{milestones_url}/_sandbox")
        aws = {name: kept.client(name) for name in ("s3", "sqs")}
        settings = make_stack(exact, milestones, exact_url, milestones_url, aws)
        mailbox, connection = Mailbox(), replace(company_connection(), people=(MARIT,))
        wiring = _wiring(settings, clock, entities, mailbox)
        built = Environment(exact, milestones, clock, wiring, settings, aws, connection, entities)
        built.tenants, built.mailbox = tuple(tenants), mailbox
        built.connect(built.connection)
        built.log_in(EXACT)
        built.log_in(MILESTONES)
        exact.journal.clear()
        milestones.journal.clear()
        yield built


def _wiring(
    settings: Settings, clock: Clock, entities: Mapping[str, Entity], mailbox: Mailbox
) -> Wiring:
    aws = kept.KeptAws(settings)
    # In place of its client, which is made for the first mail
    aws.__dict__["sesv2"] = mailbox
    return Wiring(settings, now=clock.now, pause=clock.advance, aws=aws, entities=entities)


def _address(stack: ExitStack, system: str, app: "WSGIApplication") -> str:
    """Return where a sandbox answers for as long as the environment stands."""
    board, url = kept.switchboard(system)
    stack.enter_context(board.connected(app))
    return url


def _register_callback(control: str) -> None:
    """Tell a sandbox that people come back from its login to our own address as well."""
    answer = requests.post(f"{control}/app", json={"redirect_uris": [CALLBACK]}, timeout=5)
    answer.raise_for_status()
