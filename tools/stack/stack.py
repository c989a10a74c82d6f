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
from dataclasses import replace
from pathlib import Path

from tests.sandbox.common.company import CONNECTION
from tests.sandbox.common.server import free_port
from tools.paths import PYTHON, REGION, ROOT, STACK_NAME, STATE
from tools.stack import newcomer
from tools.stack.connect import MARIT, connect, wiring_of
from tools.stack.credentials import put_app_credentials
from tools.stack.deploy import deploy
from tools.stack.deployed import Stack
from tools.stack.emulator import start_emulator
from tools.stack.events import write_events
from tools.stack.processes import all_alive, is_listed, start, stop_all, wait_healthy
from tools.stack.reach import LOOPBACK, ONLY_HERE, Reach
from tools.stack.sam_files import sam_command, write_sam_files

# How many accounts Exact has
ACCOUNTS = 1000
EXACT = "exact-online"
MILESTONES = "qics-milestones"

type Say = Callable[[str], None]


def up(
    state: Path = STATE,
    servers: Mapping[str, str] | None = None,
    accounts: int = ACCOUNTS,
    say: Say = print,
    host: str = "",
) -> Stack:
    """Start everything and leave it running.

    `servers` holds base URLs, under EXACT and MILESTONES, of servers that stand in for a sandbox.
    `host` is the address at which the servers listen, by default the loopback address.
    A stack that still runs keeps its emulator and sandboxes, and only the template is deployed
    again; but another `host` starts them anew.
    """
    given = dict(servers or {})
    kept = _kept(state, host)
    reach = Reach(host or (kept.host if kept else LOOPBACK))
    if kept is None:
        down(state)
        say("starting the emulator and the sandboxes")
        endpoint = start_emulator(state, reach)
        exact = given.get(EXACT) or start_exact(state, accounts, reach)
        milestones = given.get(MILESTONES) or start_milestones(state, reach)
    else:
        endpoint = kept.aws_endpoint
        exact = given.get(EXACT, kept.exact_url)
        milestones = given.get(MILESTONES, kept.milestones_url)
    say("building and deploying the template")
    outputs = deploy(endpoint, _parameters(exact, milestones))
    stack = Stack(endpoint, REGION, STACK_NAME, outputs, exact, milestones, reach.bind)
    put_app_credentials(stack, say)
    stack.save(state)
    write_sam_files(stack, state)
    return stack


def up_again(stack: Stack, parameters: Mapping[str, str]) -> Stack:
    """Deploy once more on the same emulator and sandboxes, with other parameters."""
    given = {**_parameters(stack.exact_url, stack.milestones_url), **parameters}
    return replace(stack, outputs=deploy(stack.aws_endpoint, given))


def _kept(state: Path, host: str) -> Stack | None:
    """Return the stack that still runs, if its servers listen where they should."""
    running = Stack.load(state) if all_alive(state) else None
    return running if running is not None and host in {"", running.host} else None


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
    accounts: int = ACCOUNTS,
    say: Say = print,
    host: str = "",
) -> Iterator[Stack]:
    """Have a fresh stack while the block runs; nothing of it is left afterwards."""
    down(state)
    try:
        yield up(state, servers, accounts, say, host)
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
        # The demo waits for the line of each run, also of one that found nothing new
        "LogLevel": "DEBUG",
        # One machine, one connection: nothing to spread and nobody to spare.
        "SpreadSeconds": "0",
        "MilestonesCallsPerSecond": "0",
        # Who tries it on a Saturday sees the mail of the morning too
        "MorningMailDays": "every-day",
    }


def start_exact(state: Path, accounts: int, reach: Reach = ONLY_HERE) -> str:
    """Start an Exact Online; returns its base URL."""
    return _start_sandbox(
        EXACT, "tests.sandbox.exact_online", state, reach, "--accounts", str(accounts)
    )


def start_milestones(state: Path, reach: Reach = ONLY_HERE) -> str:
    """Start a QicsMilestones; returns its base URL."""
    return _start_sandbox(MILESTONES, "tests.sandbox.qics_milestones", state, reach)


def _start_sandbox(name: str, module: str, state: Path, reach: Reach, *arguments: str) -> str:
    port = free_port()
    url = reach.url(port)
    where = ("--host", reach.bind, "--port", str(port))
    process = start(name, [PYTHON, "-m", module, *where, *arguments], os.environ, state, cwd=ROOT)
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
    is_new = bool(os.environ.get("NEW"))
    accounts = newcomer.ACCOUNTS if is_new else ACCOUNTS
    stack = up(servers=servers, host=os.environ.get("HOST", ""), accounts=accounts)
    if not servers:
        # Another server has a login of its own; at the sandboxes nobody has to wait for one.
        connect(stack, started=not is_new)
        if is_new:
            newcomer.fill(stack.exact_url, stack.milestones_url)
        write_events(stack, wiring_of(stack), STATE)
    print(
        f"\nup in {time.monotonic() - began:.0f} s; see {(STATE / 'stack.json').relative_to(ROOT)}"
    )
    print(f"  AWS emulator     {stack.aws_endpoint}  (key test, secret test, {stack.region})")
    print(f"  Exact Online     {stack.exact_url}")
    print(f"  QicsMilestones   {stack.milestones_url}")
    print(f"\nwith Docker, for one: {sam_command('PullAccountsFunction', STATE)}")
    if not servers:
        _tell_of_pages(stack)
        if is_new:
            _tell_of_first_load()
    print("\n`make down` ends it and cleans up.")


def _tell_of_first_load() -> None:
    """Say what a newcomer does, in this order."""
    print(f"\n{CONNECTION} is not started: it writes and books nothing yet")
    for command in ("preview", "start", "status"):
        print(f"  .venv/bin/koppeling {command} {CONNECTION}")


def _tell_of_pages(stack: Stack) -> None:
    """Say where the pages of the bookkeeper are, and how one gets in."""
    print(f"\nthe pages of the bookkeeper: {stack.outputs['ConnectUrl']}/portal")
    print(f"  a link to them   .venv/bin/koppeling portal {CONNECTION} --for {MARIT.mail}")
    print("  the mails sent   .venv/bin/koppeling mails list")
    print(f"\nto hand in invoices: export KOPPELING_URL='{stack.outputs['ConnectUrl']}'")
    print(f"  a key            .venv/bin/koppeling keys create {CONNECTION}")


if __name__ == "__main__":
    main(sys.argv[1:])
