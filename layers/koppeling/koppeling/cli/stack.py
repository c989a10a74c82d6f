"""The workbench: everything the command line stands on, built from the outputs of one stack.

It travels with the command line, not with the functions.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from koppeling.auth.providers import EXACT, MILESTONES
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.privacy import TableEraser, TableExporter
from koppeling.aws.dynamodb.pulls import PullStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.aws.inbox_bucket import Shelf
from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.aws import AWS_TIMEOUTS, S3_TIMEOUTS, Aws
from koppeling.bootstrap.settings import Settings, from_environment
from koppeling.bootstrap.wiring import Wiring
from koppeling.cli.adapters import (
    DeployedFunctions,
    DeployedSchedules,
    NoSubscriptions,
    TopicSubscriptions,
    output,
)
from koppeling.cli.exits import StackUnreachable
from koppeling.cli.tasks.ports import Functions, Schedules, Subscriptions
from koppeling.core.clock import Now, now, pause
from koppeling.core.connection import Connection
from koppeling.push.contract import check
from koppeling.push.invoice import InboxDocument

# A function runs for 15 minutes at the most
INVOKE_TIMEOUTS = (5, 910)
EMULATOR_KEY = "test"
# What every function of the stack has in its environment is read from this one
_ANY_FUNCTION = "PushSalesEntriesFunction"
_FROM_OUTPUTS = {
    "LINK_SECRET_ARN": "LinkSecretArn",
    "CONNECT_URL": "ConnectUrl",
    "WARNING_TOPIC_ARN": "WarningTopicArn",
    "TOKENS_KEY_ARN": "TokensKeyArn",
    "INBOX_BUCKET": "InboxBucket",
    "SALES_ENTRY_QUEUE_URL": "SalesEntryQueueUrl",
    "SALES_ENTRY_DEAD_LETTERS_URL": "SalesEntryDeadLetterQueueUrl",
    "EVIDENCE_BUCKET": "EvidenceBucket",
}


@dataclass(frozen=True, slots=True)
class StackLocation:
    """Where a stack stands: in AWS, or behind the address of an emulator."""

    region: str
    outputs: Mapping[str, str]
    endpoint: str = ""


def local_stack(file: Path) -> StackLocation:
    """Return the local stack that `make up` wrote down.

    Raises:
        Unreachable: there is none.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return StackLocation(told["region"], told["outputs"], told["aws_endpoint"])
    except (OSError, ValueError, KeyError) as error:
        raise StackUnreachable(
            f"there is no local stack ({file}): run `make up`, or name a stack in AWS with --stack"
        ) from error


def stack_in_aws(stack: str) -> StackLocation:
    """Return a stack of the present credentials and region.

    Raises:
        Unreachable: there is no region, or no such stack.
    """
    import boto3  # noqa: PLC0415 - takes a while, and a help text needs none
    from botocore.config import Config  # noqa: PLC0415 - likewise

    session = boto3.Session()
    if not session.region_name:
        raise StackUnreachable("no AWS region is set: set AWS_REGION or choose a profile")
    connect, read = AWS_TIMEOUTS
    config = Config(connect_timeout=connect, read_timeout=read * 5)
    found = session.client("cloudformation", config=config).describe_stacks(StackName=stack)
    outputs = found["Stacks"][0].get("Outputs", [])
    return StackLocation(
        session.region_name,
        {each.get("OutputKey", ""): each.get("OutputValue", "") for each in outputs},
    )


def trouble(error: Exception) -> str | None:
    """Return what AWS refused or where it could not be reached; None when it is another error."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above
    from pynamodb.exceptions import PynamoDBException  # noqa: PLC0415 - likewise

    if isinstance(error, PynamoDBException) and isinstance(error.cause, Exception):
        return trouble(error.cause) or "DynamoDB refused"
    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        return f"AWS refused {error.operation_name}: {told.get('Code')}: {told.get('Message')}"
    if isinstance(error, BotoCoreError | PynamoDBException):
        return f"AWS could not be reached: {error}"
    return None


class StackAws(Aws):
    """The clients of a site, with the key that every emulator takes when it is one."""

    def __init__(self, settings: Settings, endpoint: str) -> None:
        super().__init__(settings)
        self._endpoint = endpoint

    @cached_property
    def sync_items(self) -> type[SyncItem]:
        """The model of SyncTable."""
        return self._here(super().sync_items)

    @cached_property
    def token_items(self) -> type[TokenItem]:
        """The model of TokensTable."""
        return self._here(super().token_items)

    def client(self, service: str, timeouts: tuple[int, int] = AWS_TIMEOUTS) -> Any:  # noqa: ANN401 - as in Aws
        """Return a client of a service of this site."""
        return client(service, timeouts, self._settings.region, self._endpoint)

    def _here[Model: (type[SyncItem], type[TokenItem])](self, model: Model) -> Model:
        if self._endpoint:
            meta: Any = model.Meta
            meta.host = self._endpoint
            meta.aws_access_key_id = meta.aws_secret_access_key = EMULATOR_KEY
        return model


def client(service: str, timeouts: tuple[int, int], region: str, endpoint: str) -> Any:  # noqa: ANN401 - as in Aws
    """Return a client; what is asked of AWS is asked once, so that nothing is invoked twice."""
    import boto3  # noqa: PLC0415 - takes a while, and a help text needs none
    from botocore.config import Config  # noqa: PLC0415 - likewise

    connect, read = timeouts
    config = Config(connect_timeout=connect, read_timeout=read, retries={"total_max_attempts": 1})
    keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), EMULATOR_KEY)
    here: dict[str, Any] = {"endpoint_url": endpoint, **keys} if endpoint else {}
    make: Any = boto3.client  # its stubs know literal names only
    return make(service, region_name=region, config=config, **here)


class Stack:
    """The stores, functions, inbox and queue of one site, for an operator."""

    def __init__(
        self,
        location: StackLocation,
        *,
        wiring: Wiring | None = None,
        now: Now = now,
        pause: Callable[[float], None] = pause,
    ) -> None:
        self.location = location
        self.now = now
        self.pause = pause
        self._given = wiring

    @cached_property
    def wiring(self) -> Wiring:
        """The link's own wiring, with the settings that its functions were deployed with."""
        if self._given is not None:
            return self._given
        settings = self._settings()
        return Wiring(settings, now=self.now, aws=StackAws(settings, self.location.endpoint))

    @cached_property
    def functions(self) -> Functions:
        """The functions of the stack."""
        return DeployedFunctions(self._client("lambda", INVOKE_TIMEOUTS), self.location.outputs)

    @cached_property
    def schedules(self) -> Schedules:
        """The schedules of the stack."""
        return DeployedSchedules(self._client("scheduler", AWS_TIMEOUTS), self.location.outputs)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Who gets the warnings."""
        topic = self.location.outputs.get("WarningTopicArn")
        if not topic:
            return NoSubscriptions()
        return TopicSubscriptions(self._client("sns", AWS_TIMEOUTS), topic)

    @cached_property
    def inbox(self) -> Shelf:
        """The inbox."""
        bucket = output(self.location.outputs, "InboxBucket")
        return Shelf(self._client("s3", S3_TIMEOUTS), bucket)

    @cached_property
    def sales_entry_queue(self) -> SqsQueue:
        """The queue of invoices."""
        url = output(self.location.outputs, "SalesEntryQueueUrl")
        return SqsQueue(self._client("sqs", AWS_TIMEOUTS), url)

    @cached_property
    def pulls(self) -> PullStore:
        """Where pulls stand."""
        return PullStore(self.wiring.aws.sync_items)

    @cached_property
    def retries(self) -> RetryStore:
        """Changes that wait."""
        return RetryStore(self.wiring.aws.sync_items)

    @cached_property
    def eraser(self) -> TableEraser:
        """What removes a connection from the tables."""
        return TableEraser(self.wiring.aws.sync_items, self.wiring.aws.token_items)

    @cached_property
    def exporter(self) -> TableExporter:
        """What reads everything of a connection."""
        return TableExporter(self.wiring.aws.sync_items)

    def check_invoice(self, content: bytes) -> Mapping[str, Any]:
        """Hold a document against the contract of the inbox.

        Raises:
            Reject: it is not as agreed.
        """
        return check(content)

    def document(self, key: str) -> bytes | None:
        """Return a document of the inbox."""
        offered = self.inbox_document(key)
        return None if offered is None else offered.content

    def inbox_document(self, key: str) -> InboxDocument | None:
        """Return a document of the inbox with the version of its last put."""
        from koppeling.aws.inbox_bucket import Bucket  # noqa: PLC0415 - needs botocore

        bucket = output(self.location.outputs, "InboxBucket")
        return Bucket(self._client("s3", S3_TIMEOUTS), bucket).document(key)

    def chains(self, connection: Connection) -> Mapping[str, TokenKey]:
        """Return the token chain of a connection at each provider."""
        return {
            EXACT.name: TokenKey(EXACT.name, connection.exact_user, connection.exact_host),
            MILESTONES.name: TokenKey(
                MILESTONES.name,
                connection.milestones_user,
                self.wiring.clients.milestones_host,
            ),
        }

    def _client(self, service: str, timeouts: tuple[int, int]) -> Any:  # noqa: ANN401 - as in Aws
        return client(service, timeouts, self.location.region, self.location.endpoint)

    def _settings(self) -> Settings:
        outputs = self.location.outputs
        functions = self._client("lambda", AWS_TIMEOUTS)
        answer = functions.get_function_configuration(FunctionName=output(outputs, _ANY_FUNCTION))
        known = {name: outputs[key] for name, key in _FROM_OUTPUTS.items() if key in outputs}
        deployed: dict[str, str] = answer["Environment"].get("Variables", {})
        return from_environment({**deployed, **known, "AWS_REGION": self.location.region})
