"""`make invoke`: one built function, one event, under Lambda's own runtime client.

Everything it talks to is the stack of `make up`, where an event finds what it names.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.paths import STATE
from tools.stack.build import build
from tools.stack.connect import wiring_of
from tools.stack.deployed import Stack
from tools.stack.events import Events
from tools.stack.runtime import Run, run


def invoke(stack: Stack, function: str, event: object) -> Run:
    """Run a built function with the environment of its deployed twin."""
    code = build() / function
    return run(code, event, variables_for(stack, function))


def variables_for(stack: Stack, function: str) -> dict[str, str]:
    """Return what the deployed function finds in its environment, with the emulator's root key."""
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    return {**stack.variables(function), **credentials}


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
    event = Events(stack, wiring_of(stack)).live(json.loads(wish.event.read_text()))
    outcome = invoke(stack, wish.function, event)
    print(outcome.log, file=sys.stderr)
    print(json.dumps(outcome.payload, indent=2))
    print(f"{outcome.seconds:.2f} s from a cold start", file=sys.stderr)
    return 1 if outcome.error else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
