"""A deployed stack as its clients see it: endpoints, outputs, and the few things done with them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3

from tools.stack.deploy import CLIENT_CONFIG, session
from tools.stack.reach import LOOPBACK, Reach

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

_FILE = "stack.json"


class FunctionFailedError(RuntimeError):
    """A function raised; the message is its error and the log of that invocation."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What `.local/stack.json` holds."""

    aws_endpoint: str
    region: str
    stack_name: str
    outputs: Mapping[str, str]
    exact_url: str
    milestones_url: str
    # The address at which its servers listen
    host: str = LOOPBACK

    @property
    def reach(self) -> Reach:
        """By which names its servers are called."""
        return Reach(self.host)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes a class per service at run time
        """Return a boto3 client of the emulator, with time-outs and the root key."""
        clients: Any = session()  # its type knows literal names only
        return clients.client(service, endpoint_url=self.aws_endpoint, config=CLIENT_CONFIG)

    def client_as(self, function: str, service: str) -> Any:  # noqa: ANN401 - as above
        """Return a client with the role of a function, to see what that role may do."""
        role = self.functions.get_function_configuration(FunctionName=self.outputs[function])[
            "Role"
        ]
        assumed = self.client("sts").assume_role(RoleArn=role, RoleSessionName="check")
        keys = assumed["Credentials"]
        clients: Any = boto3.Session(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], self.region
        )
        return clients.client(service, endpoint_url=self.aws_endpoint, config=CLIENT_CONFIG)

    def invoke(self, function: str, event: object) -> Any:  # noqa: ANN401 - whatever the function returns
        """Invoke a function by its logical id, such as `PullAccountsFunction`, and wait for it.

        Raises:
            FunctionFailedError: it raised.
        """
        answer = self.functions.invoke(
            FunctionName=self.outputs[function], Payload=json.dumps(event).encode()
        )
        payload = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise FunctionFailedError(f"{function}: {json.dumps(payload, indent=2)}")
        return payload

    def tick(self, entity: str, at: datetime) -> Any:  # noqa: ANN401 - whatever the function returns
        """Give the tick that the schedule of `Pull<entity>` would give at a moment.

        The emulator has no virtual clock and knows no time zones, so the schedule does not fire
        by itself; its own input is used, with the moment filled in as the scheduler does.
        """
        schedule = self.schedules.get_schedule(Name=self.outputs[f"Pull{entity}Schedule"])
        moment = at.isoformat().replace("+00:00", "Z")
        text = schedule["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", moment)
        return self.invoke(f"Pull{entity}Function", json.loads(text))

    def waiting(self, queue_output: str) -> int:
        """Count what is in a queue: ready, in flight and delayed."""
        names = ("", "NotVisible", "Delayed")
        answer = self.queues.get_queue_attributes(
            QueueUrl=self.outputs[queue_output], AttributeNames=["All"]
        )
        attributes = cast("Mapping[str, str]", answer["Attributes"])
        return sum(int(attributes[f"ApproximateNumberOfMessages{name}"]) for name in names)

    @property
    def functions(self) -> "LambdaClient":
        """Return the client of Lambda."""
        return cast("LambdaClient", self.client("lambda"))

    @property
    def schedules(self) -> "EventBridgeSchedulerClient":
        """Return the client of EventBridge Scheduler."""
        return cast("EventBridgeSchedulerClient", self.client("scheduler"))

    @property
    def queues(self) -> "SQSClient":
        """Return the client of SQS."""
        return cast("SQSClient", self.client("sqs"))

    @property
    def objects(self) -> "S3Client":
        """Return the client of S3."""
        return cast("S3Client", self.client("s3"))

    @property
    def tables(self) -> "DynamoDBClient":
        """Return the client of DynamoDB."""
        return cast("DynamoDBClient", self.client("dynamodb"))

    @property
    def secrets(self) -> "SecretsManagerClient":
        """Return the client of Secrets Manager."""
        return cast("SecretsManagerClient", self.client("secretsmanager"))

    @property
    def logs(self) -> "CloudWatchLogsClient":
        """Return the client of CloudWatch Logs."""
        return cast("CloudWatchLogsClient", self.client("logs"))

    def variables(self, function: str) -> dict[str, str]:
        """Return the environment variables of a deployed function."""
        answer = self.functions.get_function_configuration(FunctionName=self.outputs[function])
        return dict(answer["Environment"]["Variables"])

    def log_lines(self, function: str) -> list[str]:
        """Return all log lines of a function, oldest first."""
        pages = self.logs.get_paginator("filter_log_events").paginate(
            # Without the alias: all versions of a function share its log
            logGroupName=f"/aws/lambda/{self.outputs[function].partition(':')[0]}"
        )
        return [event["message"].rstrip() for page in pages for event in page["events"]]

    def save(self, state: Path) -> None:
        """Write the stack down for people and other processes."""
        (state / _FILE).write_text(json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, state: Path) -> "Stack | None":
        """Read what was written down; None if no stack was completed there."""
        path = state / _FILE
        return cls(**json.loads(path.read_text())) if path.exists() else None
