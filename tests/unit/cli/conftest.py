"""An operator with a stack on moto: tables, inbox and queue, with fake functions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, override

import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from koppeling.auth.token_keys import NO_TENANT
from koppeling.auth.token_pair import TokenKey, TokenPair
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.previews import approving
from koppeling.bootstrap.settings import from_environment
from koppeling.cli.adapters import DeployedFunctions, DeployedSchedules
from koppeling.cli.context import CliContext
from koppeling.cli.main import koppeling
from koppeling.cli.stack import Stack, StackLocation
from koppeling.cli.tasks.pulling import function_of
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, MilestonesId
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import EntityPreview
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.preview_rows import PreviewRow, digest_of
from tests import kept
from tests.sandbox.common.clock import Clock
from tests.sandbox.dynamodb import Service, in_memory
from tests.unit.pull.builders import a_connection

REGION = kept.REGION
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
CONNECT_URL = "https://koppeling.example"
CONNECTION = ConnectionId("veldhuis-advies-01")


class FakeFunctions(DeployedFunctions):
    """Answers as functions would, and notes what was asked."""

    def __init__(self) -> None:
        super().__init__(client=None, outputs={})
        self.answers: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.preview: Callable[[str], Any] = lambda _: None

    @override
    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Return the next answer of a function; the last one is given again."""
        self.asked.append((name, event))
        if event.get("preview"):
            return self.preview(name)
        waiting = self.answers[name]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class FakeSchedules(DeployedSchedules):
    """Holds the input of every schedule as the template writes it."""

    def __init__(self) -> None:
        super().__init__(client=None, outputs={})

    @override
    def input_of(self, name: str) -> str:
        """Return it."""
        return f'{{"tick": "{name}", "scheduled_at": "<aws.scheduler.scheduled-time>"}}'


@dataclass(slots=True)
class Office:
    """An operator, and the stack that the commands work on."""

    stack: Stack
    functions: FakeFunctions
    clock: Clock
    aws: Mapping[str, Any]
    queue: str

    def run(self, *words: str, answer: str = "") -> Result:
        """Run a command as an operator types it."""
        context = CliContext(given_stack=self.stack)
        return CliRunner().invoke(koppeling, list(words), obj=context, input=answer)

    def looks(self, *overwritten: str) -> None:
        """Let every preview find these customers overwritten, and keep that."""
        stores, by_function = self.stack.stores, {function_of(each): each for each in ENTITIES}

        def preview(name: str) -> dict[str, str]:
            plan = PreviewPlan()
            for code in overwritten if name == function_of("accounts") else ():
                plan.add_changed(MilestonesId(code), PreviewRow(code, fields={"Name": ("a", "b")}))
            self.clock.advance(1)
            counts = {"new": 2, "overwritten": len(plan.marks)}
            found = EntityPreview(
                by_function[name], self.clock.now(), "done", counts, {}, digest_of(plan.marks)
            )
            stores.previews.save(CONNECTION, found, plan)
            approving(self.stack.wiring).settle(CONNECTION)
            return {"outcome": found.outcome}

        self.functions.preview = preview

    def loads(self, outcome: str = "done") -> None:
        """Let every pull end with an outcome."""
        answer = {"outcome": outcome, "counts": {"read": 3}}
        self.functions.answers |= {function_of(entity): [answer] for entity in ENTITIES}

    def connect(self, **changes: Any) -> Connection:  # noqa: ANN401 - fields of any kind
        """Write a connection as it was set up."""
        connection = a_connection(**changes)
        self.stack.stores.connections.save(connection)
        return connection

    def log_in(self, provider: str, user: str = "koppeling@veldhuis.example") -> TokenKey:
        """Keep a chain as a login leaves it."""
        host = "start.exactonline.nl"
        if provider == "milestones":
            host = NO_TENANT
        key = TokenKey(provider, user, host)
        now = self.clock.now()
        pair = TokenPair(key, "access-1", "refresh-1", granted_at=now, refresh_from=now)
        self.stack.stores.tokens.connect(pair)
        return key

    def messages(self) -> list[str]:
        """Take the bodies of what waits in the queue of invoices."""
        taken: list[str] = []
        while (
            found := self.aws["sqs"]
            .receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            .get("Messages")
        ):
            taken += [message["Body"] for message in found]
        return sorted(taken)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Return an operator with an empty stack."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(), in_memory(Service()):
        yield _office(Clock(frozen_at=NOW))


def _make_buckets(s3: Any) -> None:  # noqa: ANN401 - a boto3 client
    for name in ("inbox", "evidence"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="inbox", VersioningConfiguration={"Status": "Enabled"})


def _make_tables() -> None:
    for model in kept.models():
        model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)


def _office(clock: Clock) -> Office:
    aws = {name: kept.client(name) for name in ("s3", "sqs", "kms", "secretsmanager")}
    _make_tables()
    _make_buckets(aws["s3"])
    queue, dead_letters = (
        aws["sqs"].create_queue(QueueName=name)["QueueUrl"]
        for name in ("sales-entries", "dead-letters")
    )
    secret = aws["secretsmanager"].create_secret(Name="links", SecretString="0" * 64)["ARN"]
    outputs = {
        "EvidenceBucket": "evidence",
        "InboxBucket": "inbox",
        "SalesEntryQueueUrl": queue,
        "SalesEntryDeadLetterQueueUrl": dead_letters,
        "ConnectUrl": CONNECT_URL,
    }
    settings = from_environment(
        {
            "AWS_REGION": REGION,
            "SYNC_TABLE": "sync",
            "TOKENS_TABLE": "tokens",
            "TOKENS_KEY_ARN": aws["kms"].create_key()["KeyMetadata"]["Arn"],
            "APPS_SECRET_ARN": "none",
            "LINK_SECRET_ARN": secret,
            "CONNECT_URL": CONNECT_URL,
            "MILESTONES_BASE_URL": "https://milestones.example",
            "INBOX_BUCKET": "inbox",
            "EVIDENCE_BUCKET": "evidence",
            "SALES_ENTRY_DEAD_LETTERS_URL": dead_letters,
            "SALES_ENTRY_QUEUE_URL": queue,
        }
    )
    functions = FakeFunctions()
    wiring = Wiring(settings, now=clock.now, pause=clock.advance, aws=kept.KeptAws(settings))
    stack = Stack(StackLocation(REGION, outputs), wiring=wiring, now=clock.now, pause=clock.advance)
    stack.functions, stack.schedules = functions, FakeSchedules()
    return Office(stack, functions, clock, aws, queue)
