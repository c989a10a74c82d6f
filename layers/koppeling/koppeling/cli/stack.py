"""The stack that the command line works on, built from the outputs of that stack."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.auth.token_pair import TokenKey
from koppeling.bootstrap.aws import AWS_TIMEOUTS, Aws, aws_client
from koppeling.bootstrap.push import BucketObjects, InboxBucket
from koppeling.bootstrap.settings import Settings, from_environment
from koppeling.bootstrap.stores import Stores
from koppeling.bootstrap.wiring import Wiring
from koppeling.cli.adapters import DeployedFunctions, DeployedSchedules, output
from koppeling.cli.exits import StackUnreachable
from koppeling.core.clock import Now, now, pause
from koppeling.core.connection import Connection
from koppeling.core.ports import Queue

# A function runs for 15 minutes at the most
INVOKE_TIMEOUTS = (5, 910)
# A call is made once: a second invocation would do the same work again
ATTEMPTS = 1
# Every function has the settings that all of them share; they are read from this one
_ANY_FUNCTION = "PushSalesEntriesFunction"
_FROM_OUTPUTS = {
    "LINK_SECRET_ARN": "LinkSecretArn",
    "CONNECT_URL": "ConnectUrl",
    "TOKENS_KEY_ARN": "TokensKeyArn",
    "INBOX_BUCKET": "InboxBucket",
    "SALES_ENTRY_QUEUE_URL": "SalesEntryQueueUrl",
    "SALES_ENTRY_DEAD_LETTERS_URL": "SalesEntryDeadLetterQueueUrl",
    "EVIDENCE_BUCKET": "EvidenceBucket",
}


@dataclass(frozen=True, slots=True)
class StackLocation:
    """Where a stack runs: in AWS, or in an emulator at `endpoint`."""

    region: str
    outputs: Mapping[str, str]
    endpoint: str = ""


def local_stack(file: Path) -> StackLocation:
    """Return the local stack that `make up` wrote down.

    Raises:
        StackUnreachable: there is none.
    """
    try:
        stack = json.loads(file.read_text(encoding="utf-8"))
        return StackLocation(stack["region"], stack["outputs"], stack["aws_endpoint"])
    except (OSError, ValueError, KeyError) as error:
        raise StackUnreachable(
            f"there is no local stack ({file}): run `make up`, or name a stack in AWS with --stack"
        ) from error


def stack_in_aws(stack: str) -> StackLocation:
    """Return a stack of the present credentials and region.

    Raises:
        StackUnreachable: there is no region.
    """
    import boto3  # noqa: PLC0415 - takes a while, and a help text needs none

    region = boto3.Session().region_name
    if not region:
        raise StackUnreachable("no AWS region is set: set AWS_REGION or choose a profile")
    connect, read = AWS_TIMEOUTS
    cloudformation = aws_client("cloudformation", (connect, read * 5), region=region, attempts=5)
    found = cloudformation.describe_stacks(StackName=stack)
    outputs = found["Stacks"][0].get("Outputs", [])
    return StackLocation(region, {each["OutputKey"]: each["OutputValue"] for each in outputs})


def describe_aws_error(error: Exception) -> str | None:
    """Return what AWS refused, or that it could not be reached; None for any other error."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above
    from pynamodb.exceptions import PynamoDBException  # noqa: PLC0415 - likewise

    if isinstance(error, PynamoDBException) and isinstance(error.cause, Exception):
        return describe_aws_error(error.cause) or "DynamoDB refused"
    if isinstance(error, ClientError):
        answer = error.response.get("Error", {})
        return f"AWS refused {error.operation_name}: {answer.get('Code')}: {answer.get('Message')}"
    if isinstance(error, BotoCoreError | PynamoDBException):
        return f"AWS could not be reached: {error}"
    return None


class Stack:
    """The stores, functions, inbox and queue of one stack, for an operator."""

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
        """The wiring of the link, with the settings that its functions were deployed with."""
        if self._given is not None:
            return self._given
        settings = self._settings()
        return Wiring(settings, now=self.now, aws=Aws(settings, attempts=ATTEMPTS))

    @property
    def stores(self) -> Stores:
        """The stores of the stack."""
        return self.wiring.stores

    @cached_property
    def functions(self) -> DeployedFunctions:
        """The functions of the stack."""
        client = self.wiring.aws.client("lambda", INVOKE_TIMEOUTS)
        return DeployedFunctions(client, self.location.outputs)

    @cached_property
    def schedules(self) -> DeployedSchedules:
        """The schedules of the stack."""
        return DeployedSchedules(self.wiring.aws.client("scheduler"), self.location.outputs)

    @cached_property
    def caller(self) -> str:
        """The name by which AWS knows who calls it."""
        found = self.wiring.aws.client("sts").get_caller_identity()
        return str(found["Arn"]).rpartition("/")[2] or str(found["Arn"])

    @property
    def inbox(self) -> InboxBucket:
        """The inbox.

        Raises:
            StackUnreachable: the stack is of an earlier release, without this output.
        """
        output(self.location.outputs, "InboxBucket")
        return self.wiring.inbox

    @property
    def inbox_objects(self) -> BucketObjects:
        """The files in the inbox.

        Raises:
            StackUnreachable: the stack is of an earlier release, without this output.
        """
        output(self.location.outputs, "InboxBucket")
        return self.wiring.inbox_objects

    @property
    def evidence_objects(self) -> BucketObjects:
        """The files of evidence.

        Raises:
            StackUnreachable: the stack is of an earlier release, without this output.
        """
        output(self.location.outputs, "EvidenceBucket")
        return self.wiring.evidence_objects

    @property
    def sales_entry_queue(self) -> Queue:
        """The queue of invoices.

        Raises:
            StackUnreachable: the stack is of an earlier release, without this output.
        """
        output(self.location.outputs, "SalesEntryQueueUrl")
        return self.wiring.sales_entry_queue

    def token_keys(self, connection: Connection) -> Mapping[str, TokenKey]:
        """Return the key of a connection's token chain at each provider."""
        names = (EXACT.name, MILESTONES.name)
        return {name: self.wiring.clients.key_of(name, connection) for name in names}

    def _settings(self) -> Settings:
        """Read the settings of a function; those that it has no use for come from the outputs."""
        outputs, region = self.location.outputs, self.location.region
        endpoint = self.location.endpoint
        functions = aws_client("lambda", region=region, endpoint=endpoint, attempts=ATTEMPTS)
        answer = functions.get_function_configuration(FunctionName=output(outputs, _ANY_FUNCTION))
        deployed: dict[str, str] = answer["Environment"].get("Variables", {})
        known = {name: outputs[key] for name, key in _FROM_OUTPUTS.items() if key in outputs}
        settings = from_environment({**deployed, **known, "AWS_REGION": region})
        return replace(settings, aws_endpoint=endpoint)
