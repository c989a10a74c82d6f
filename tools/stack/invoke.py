"""`make invoke`: one built function, one event, under Lambda's own runtime client.

Everything it talks to is the stack of `make up`. It also writes `.local/env.json`, with which
`sam local invoke --env-vars` does the same for those who have Docker.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.paths import STATE
from tools.stack.build import build
from tools.stack.deployed import Stack
from tools.stack.runtime import Run, run

ENV_FILE = "env.json"


def invoke(stack: Stack, function: str, event: object) -> Run:
    """Run a built function with the environment of its deployed twin."""
    code = build() / function
    return run(code, event, variables_for(stack, function))


def variables_for(stack: Stack, function: str) -> dict[str, str]:
    """Return what the deployed function finds in its environment, with the emulator's root key."""
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    return {**stack.variables(function), **credentials}


def write_env_file(stack: Stack, state: Path) -> Path:
    """Write the variables of every function in the form of `sam local invoke --env-vars`.

    There the function runs in a container, from which the loopback address is not this machine.
    """
    everything = {
        function: {
            name: value.replace("127.0.0.1", "host.docker.internal")
            for name, value in stack.variables(function).items()
        }
        for function in stack.outputs
        if function.endswith("Function")
    }
    path = state / ENV_FILE
    path.write_text(json.dumps(everything, indent=2) + "\n")
    return path


def main(arguments: Sequence[str]) -> int:
    """Run it for a person at a terminal; 1 when the function raised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("function", help="logical id, such as PullAccountsFunction")
    parser.add_argument("event", type=Path, help="file with the event, such as events/...json")
    wish = parser.parse_args(arguments)
    stack = Stack.load(STATE)
    if stack is None:
        print("no local stack: run `make up` first")
        return 2
    if wish.function not in stack.outputs:
        print(f"no function {wish.function}: see the outputs in .local/stack.json")
        return 2
    write_env_file(stack, STATE)
    outcome = invoke(stack, wish.function, json.loads(wish.event.read_text()))
    print(outcome.log, file=sys.stderr)
    print(json.dumps(outcome.payload, indent=2))
    print(f"{outcome.seconds:.2f} s from a cold start", file=sys.stderr)
    return 1 if outcome.error else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
