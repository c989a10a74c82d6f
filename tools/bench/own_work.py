"""The link's own work in a pull, each figure beside its goal, in one run (P4, P10, P11, P16).

Both sandboxes run in processes of their own and the tables in memory, whose time is left out of the
link's. Ratios mean something on a machine that has other work as well; times do not.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests.adapters
from moto import mock_aws

from koppeling.bootstrap import Wiring
from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.pull.cursor import START
from koppeling.pull.entities.accounts import ACCOUNTS
from tests import kept
from tests.aws_stack import make_stack
from tests.environment import ENVIRONMENT
from tests.sandbox.dynamodb import Service, in_memory
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.bench.first_load_invocation import memory
from tools.bench.mapping import page_of_accounts, take_over
from tools.bench.pace import played
from tools.paths import STATE
from tools.stack.connect import connect_by
from tools.stack.processes import stop_all
from tools.stack.stack import start_exact, start_milestones

PLENTY = Deadline(lambda: 100_000)
CALLS_PER_NEW, OWN_MS_PER_ACCOUNT, TIMES_THE_CLIENT = 1.05, 2.0, 2.0
MINUTES, REFUSED_SHARE, ABOVE_IDLE_MB, MAPPING_MS = 8.0, 0.01, 60.0, 25.0
PACED_CALLS, LATENCY, LIMIT = 5000, 0.1, 20
_CUSTOMERS = "CustomerCompany"
_MINUTE = 61
# P10 tells the time of plain parsing beside its goal
PLAIN_MS = 4.0
_RUNS = 5

type Figure = tuple[str, float, float]
"""What was measured, the figure, and its goal."""


class MeasuredTables(Service):
    """Tables in memory that know how much of this process's work was theirs."""

    seconds = 0.0

    def answer(self, call: str, asked: Any) -> Any:  # noqa: ANN401 - as the tables have it
        """Carry out a call."""
        began = time.thread_time()
        try:
            return super().answer(call, asked)
        finally:
            MeasuredTables.seconds += time.thread_time() - began


@dataclass(slots=True)
class Stand:
    """One connected company, and the link in this process."""

    wiring: Wiring
    connection: Connection
    exact: ExactControl
    milestones: MilestonesControl

    def load(self) -> "Work":
        """Let the connection catch up."""
        work = Work.begin()
        created = 0
        while True:
            summary = self.wiring.pulls.run(self.connection.id, PLENTY)
            created += summary.counts.get("created", 0)
            if summary.outcome == "exact-minute-limit":
                self.exact.advance(_MINUTE)
            elif summary.outcome != "pull-continues":
                break
        if summary.outcome != "done":
            raise RuntimeError(f"{summary.outcome} {summary.detail}")
        return work.end(created)

    def client_alone(self) -> "Work":
        """Read the same pages by the client, and do nothing with them."""
        limiter = self.wiring.clients.rate_limiter(self.connection, for_invoices=False)
        client = self.wiring.clients.exact(self.connection, limiter)
        work = Work.begin()
        for feed in ACCOUNTS.feeds:
            for _ in client.pages(feed.endpoint, feed.select, START, None):
                pass
        return work.end(0)

    def forget_cursors(self) -> None:
        """Let the next run read everything from its beginning, as unchanged as it is."""
        self.exact.advance(_MINUTE)
        states, own = self.wiring.stores.pull_stores.states, (self.connection.id, "accounts")
        taken = states.acquire(*own, datetime.now(UTC), timedelta(seconds=1))
        if taken is None:
            raise RuntimeError("a run is at work")
        states.release(*own, replace(taken, feeds={}))


@dataclass(frozen=True, slots=True)
class Work:
    """What some work took: seconds, and seconds of processor without those of the tables."""

    seconds: float
    own: float
    created: int = 0

    @classmethod
    def begin(cls) -> "Work":
        """Return the readings of the clocks."""
        return cls(time.monotonic(), time.process_time() - MeasuredTables.seconds)

    def end(self, created: int) -> "Work":
        """Return how much went by since."""
        now = Work.begin()
        return Work(now.seconds - self.seconds, now.own - self.own, created)


@contextmanager
def stand(state: Path, accounts: int) -> Iterator[Stand]:
    """Have a company while the block runs."""
    os.environ.update(ENVIRONMENT)
    with ExitStack() as stack:
        state.mkdir(parents=True, exist_ok=True)
        stack.callback(stop_all, state)
        exact_url, milestones_url = start_exact(state, accounts), start_milestones(state)
        send = requests.adapters.HTTPAdapter.send
        stack.enter_context(mock_aws())
        # moto listens to every call of requests; those to the sandboxes do not concern it
        requests.adapters.HTTPAdapter.send = send  # type: ignore[method-assign]
        stack.enter_context(in_memory(MeasuredTables()))
        exact, milestones = ExactControl(exact_url), MilestonesControl(milestones_url)
        app = exact.app()
        names = ("client_id", "client_secret", "redirect_uri")
        sandboxes: tuple[Any, Any] = (
            SimpleNamespace(app_credentials=tuple(app[name] for name in names)),
            SimpleNamespace(app_credentials=tuple(milestones.app())),
        )
        aws = {name: kept.client(name) for name in ("s3", "sqs")}
        settings = make_stack(*sandboxes, exact_url, milestones_url, aws)
        wiring = Wiring(settings, aws=kept.KeptAws(settings))
        yield Stand(wiring, connect_by(wiring, exact_url, milestones_url), exact, milestones)


def figures(accounts: int) -> Iterator[Figure]:
    """Measure everything, in one run."""
    with stand(STATE / "bench-own", accounts) as stood:
        stood.wiring.pulls.run(stood.connection.id, Deadline(lambda: 0))
        idle = memory("VmRSS")
        first = stood.load()
        calls = [call for call in stood.milestones.journal() if _CUSTOMERS in call.endpoint]
        yield "calls to QicsMilestones per new record", len(calls) / first.created, CALLS_PER_NEW
        own = first.own / accounts * 1000
        yield "own ms of processor per account, first load", own, OWN_MS_PER_ACCOUNT
        yield "MB above idle, tables included", memory("VmHWM") - idle, ABOVE_IDLE_MB
        stood.exact.advance(_MINUTE)
        alone = stood.client_alone()
        stood.forget_cursors()
        again = stood.load()
        yield (
            "re-read without changes, times the client",
            again.seconds / alone.seconds,
            (TIMES_THE_CLIENT),
        )
        yield (
            "own ms of processor per account, re-read",
            again.own / accounts * 1000,
            (OWN_MS_PER_ACCOUNT),
        )
    play = played(PACED_CALLS, latency=LATENCY, limit=LIMIT)
    yield "minutes of 5,000 calls at the learned pace", play.now / 60, MINUTES
    yield "part of them that was refused", play.refused / play.made, REFUSED_SHARE
    page = page_of_accounts(1000)
    ours, plain = _least(lambda: take_over(page)), _least(lambda: json.loads(page))
    yield "ms of processor to parse, map and hash 1,000", ours * 1000, MAPPING_MS
    yield "that, times plain parsing of the JSON", ours / plain, MAPPING_MS / PLAIN_MS


def _least(work: Callable[[], object]) -> float:
    """Return the seconds of processor that some work takes, undisturbed."""
    times = []
    for _ in range(_RUNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    """Print a table; it judges nothing, since a busy machine would make it fail at random."""
    accounts = int(os.environ.get("OWN") or "2000")
    load, _, _ = os.getloadavg()
    print(f"\nthe link's own work, {accounts:,} accounts; load of the machine {load:.1f}")
    for what, figure, goal in figures(accounts):
        mark = "OVER ITS GOAL" if figure > goal else ""
        print(f"{what:46} {figure:8.3f}   of {goal:6.2f}   {mark}", flush=True)


if __name__ == "__main__":
    main()
