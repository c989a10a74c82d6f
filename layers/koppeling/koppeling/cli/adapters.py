"""Functions and schedules of a stack, as the tasks use them."""

import json
from collections.abc import Mapping
from typing import Any

from koppeling.cli.exits import CommandError, StackUnreachable


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


def output(outputs: Mapping[str, str], name: str) -> str:
    """Return an output of the stack.

    Raises:
        StackUnreachable: it has none of that name.
    """
    if name not in outputs:
        raise StackUnreachable(f"the stack has no output {name}: deploy the present release first")
    return outputs[name]
