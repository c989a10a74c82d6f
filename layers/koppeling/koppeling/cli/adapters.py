"""Functions, schedules and subscriptions of a stack, as the tasks use them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from koppeling.cli.exits import CommandError, StackUnreachable
from koppeling.core.ids import ConnectionId

# What SNS gives in place of an ARN as long as an address has not confirmed
PENDING = "PendingConfirmation"
_ATTRIBUTE = "FilterPolicy"
_FILTERED_BY = "connection"


class DeployedFunctions:
    """Invokes functions of the stack by their logical names."""

    def __init__(self, client: Any, outputs: Mapping[str, str]) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._outputs = outputs

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what a function returns
        """Invoke a function such as `PullAccountsFunction` and return its answer.

        Raises:
            StackUnreachable: the stack has no such function.
            CommandError: the function raised.
        """
        answer = self._client.invoke(
            FunctionName=output(self._outputs, name), Payload=json.dumps(event).encode()
        )
        payload = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            # The message may hold what a log may hold, codes and ids; the trace stays in the log
            kind = payload.get("errorType", "an error") if isinstance(payload, dict) else "an error"
            raise CommandError(f"{name} failed with {kind}; its log tells why (docs/operate.md)")
        return payload


class DeployedSchedules:
    """Reads what a schedule hands to its function."""

    def __init__(self, client: Any, outputs: Mapping[str, str]) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._outputs = outputs

    def input_of(self, name: str) -> str:
        """Return the input of a schedule's target, as the template wrote it."""
        schedule = self._client.get_schedule(Name=output(self._outputs, name))
        return str(schedule["Target"]["Input"])


class Subscriptions:
    """Mail addresses at the topic of warnings, each with the connections it gets mails about.

    A stack without such a topic has no subscriptions.
    """

    def __init__(self, client: Any, topic: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._topic = topic

    def known(self) -> Mapping[str, str]:
        """Return every address with the ARN of its subscription, or PENDING."""
        if not self._topic:
            return {}
        pages = self._client.get_paginator("list_subscriptions_by_topic").paginate(
            TopicArn=self._topic
        )
        return {
            each["Endpoint"]: each["SubscriptionArn"]
            for page in pages
            for each in page["Subscriptions"]
            if each["Protocol"] == "email"
        }

    def connections_of(self, subscription: str) -> frozenset[str]:
        """Return the connections that a confirmed address gets mails about."""
        answer = self._client.get_subscription_attributes(SubscriptionArn=subscription)
        policy = json.loads(answer["Attributes"].get(_ATTRIBUTE) or "{}")
        return frozenset(policy.get(_FILTERED_BY, ()))

    def subscribe(self, address: str, connections: Iterable[ConnectionId]) -> None:
        """Ask an address to confirm that it wants mails about these connections.

        Raises:
            StackUnreachable: the stack has no topic of warnings.
        """
        if not self._topic:
            raise StackUnreachable(
                f"{address} cannot be subscribed: the stack has no output WarningTopicArn"
            )
        self._client.subscribe(
            TopicArn=self._topic,
            Protocol="email",
            Endpoint=address,
            Attributes={_ATTRIBUTE: _policy(connections)},
            ReturnSubscriptionArn=True,
        )

    def change(self, subscription: str, connections: Iterable[ConnectionId]) -> None:
        """Send a confirmed address mails about these connections from now on."""
        self._client.set_subscription_attributes(
            SubscriptionArn=subscription,
            AttributeName=_ATTRIBUTE,
            AttributeValue=_policy(connections),
        )

    def end(self, subscription: str) -> None:
        """Send an address no more mails."""
        self._client.unsubscribe(SubscriptionArn=subscription)


def output(outputs: Mapping[str, str], name: str) -> str:
    """Return an output of the stack.

    Raises:
        StackUnreachable: it has none of that name.
    """
    if name not in outputs:
        raise StackUnreachable(f"the stack has no output {name}: deploy the present release first")
    return outputs[name]


def _policy(connections: Iterable[ConnectionId]) -> str:
    return json.dumps({_FILTERED_BY: sorted(connections)})
