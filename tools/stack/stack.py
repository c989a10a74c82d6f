"""The whole local stack: an AWS emulator, the two sandboxes, and the real template on them.

`make up` and `make down` call it; tests and the demo use `local_stack`.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.sandbox.common.server import free_port
from tools.paths import PYTHON, REGION, ROOT, STACK_NAME, STATE
from tools.stack.connect import connect
from tools.stack.credentials import put_app_credentials
from tools.stack.deploy import deploy
from tools.stack.deployed import Stack
from tools.stack.emulator import start_emulator
from tools.stack.invoke import write_env_file
from tools.stack.processes import all_alive, is_listed, start, stop_all, wait_healthy

EXACT = "exact-online"
MILESTONES = "qics-milestones"

type Say = Callable[[str], None]


def up(
    state: Path = STATE,
    servers: Mapping[str, str] | None = None,
    accounts: int = 1000,
    say: Say = print,
) -> Stack:
    """Start everything and leave it running.

    `servers` holds base URLs, under EXACT and MILESTONES, of servers that stand in for a sandbox.
    A stack that still runs keeps its emulator and sandboxes: only the template is deployed again.
    """
    given = dict(servers or {})
    kept = Stack.load(state) if all_alive(state) else None
    if kept is None:
        down(state)
        say("starting the emulator and the sandboxes")
        endpoint = start_emulator(state)
        exact = given.get(EXACT) or start_exact(state, accounts)
        milestones = given.get(MILESTONES) or start_milestones(state)
    else:
        endpoint = kept.aws_endpoint
        exact = given.get(EXACT, kept.exact_url)
        milestones = given.get(MILESTONES, kept.milestones_url)
    say("building and deploying the template")
    outputs = deploy(endpoint, _parameters(exact, milestones))
    stack = Stack(endpoint, REGION, STACK_NAME, outputs, exact, milestones)
    put_app_credentials(stack, say)
    stack.save(state)
    write_env_file(stack, state)
    return stack


def down(state: Path = STATE) -> list[str]:
    """End a stack and remove what it left behind; returns the names of what still ran.

    Stacks of tests and of the demo have their state in a folder below; they are left alone.
    """
    ended = stop_all(state)
    for left in state.iterdir() if state.exists() else ():
        if left.is_file():
            left.unlink()
        elif not is_listed(left):
            shutil.rmtree(left, ignore_errors=True)
    with suppress(OSError):  # not there, or another stack stands in it
        state.rmdir()
    return ended


def down_all(state: Path = STATE) -> list[str]:
    """End a stack and those of tests and demo below it, also what a crash left running."""
    below = [folder for folder in state.glob("*") if is_listed(folder)]
    return [name for folder in [*below, state] for name in down(folder)]


@contextmanager
def local_stack(
    state: Path,
    servers: Mapping[str, str] | None = None,
    accounts: int = 1000,
    say: Say = print,
) -> Iterator[Stack]:
    """Have a fresh stack while the block runs; nothing of it is left afterwards."""
    down(state)
    try:
        yield up(state, servers, accounts, say)
    finally:
        down(state)


@contextmanager
def emulator_alone(state: Path) -> Iterator[str]:
    """Have an empty emulator while the block runs, without a stack; gives its address."""
    down(state)
    try:
        yield start_emulator(state)
    finally:
        down(state)


def _parameters(exact: str, milestones: str) -> dict[str, str]:
    return {
        "ExactBaseUrl": exact,
        "MilestonesBaseUrl": milestones,
        # One machine, one connection: nothing to spread and nobody to spare.
        "SpreadSeconds": "0",
        "MilestonesCallsPerSecond": "0",
    }


def start_exact(state: Path, accounts: int) -> str:
    """Start an Exact Online; returns its base URL."""
    return _start_sandbox(EXACT, "tests.sandbox.exact_online", state, "--accounts", str(accounts))


def start_milestones(state: Path) -> str:
    """Start a QicsMilestones; returns its base URL."""
    return _start_sandbox(MILESTONES, "tests.sandbox.qics_milestones", state)


def _start_sandbox(name: str, module: str, state: Path, *arguments: str) -> str:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [PYTHON, "-m", module, "--port", str(port), *arguments]
    process = start(name, command, os.environ, state, cwd=ROOT)
    wait_healthy(f"{url}/_sandbox/health", process, state)
    return url


def _servers_from_environment() -> dict[str, str]:
    names = {EXACT: "EXACT_URL", MILESTONES: "MILESTONES_URL"}
    return {
        server: os.environ[name].rstrip("/")
        for server, name in names.items()
        if os.environ.get(name)
    }


def main(arguments: list[str]) -> None:
    """Run `up` or `down` for a person at a terminal."""
    parser = argparse.ArgumentParser(description="The local stack.")
    parser.add_argument("command", choices=["up", "down"])
    if parser.parse_args(arguments).command == "down":
        ended = down_all()
        print(f"ended: {', '.join(ended)}" if ended else "nothing was running")
        return
    began = time.monotonic()
    servers = _servers_from_environment()
    stack = up(servers=servers)
    if not servers:
        # Another server has a login of its own; at the sandboxes nobody has to wait for one.
        connect(stack)
    print(
        f"\nup in {time.monotonic() - began:.0f} s; see {(STATE / 'stack.json').relative_to(ROOT)}"
    )
    print(f"  AWS emulator     {stack.aws_endpoint}  (key test, secret test, {stack.region})")
    print(f"  Exact Online     {stack.exact_url}")
    print(f"  QicsMilestones   {stack.milestones_url}")
    print("`make down` ends it and cleans up.")


if __name__ == "__main__":
    main(sys.argv[1:])
