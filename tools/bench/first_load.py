"""`SIZE=100000 make bench`: a first load of so many accounts, one process per invocation.

The messages travel over the emulator's queue, with their delays, as they do in AWS. With KILL=1
every third invocation is killed half-way; its message comes again once its lease is over (R10).
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from koppeling.pull.dispatch import LEASE, LONGEST_DELAY_SECONDS
from tests.sandbox.common import company
from tools.bench.first_load_invocation import TIMEOUT_SECONDS, Invocation
from tools.paths import PYTHON, ROOT, STATE
from tools.stack.deploy import CLIENT_CONFIG
from tools.stack.pull_stack import PullStack, pull_stack

BUDGET_MB = 120.0  # P11, above the idle process
KILL_EVERY = 3
# The part of an invocation after which it is killed lies between these
KILL_FROM, KILL_TO = 0.1, 0.9

_ENTITY, _TARGET = "accounts", "CustomerCompany"
_POLL_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Landed:
    """What stands in QicsMilestones in the end, beside what Exact holds."""

    importable: int
    missing: int
    doubles: int
    strange: int
    problems: int


@dataclass(slots=True)
class Load:
    """A first load, invocation after invocation."""

    stack: PullStack
    kills: bool
    invocations: list[Invocation] = field(default_factory=list)
    killed: int = 0
    _offset: timedelta = timedelta()
    _chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable, makes no secret

    def run(self) -> None:
        """Invoke until everything is there.

        Raises:
            RuntimeError: an invocation ended with work left, and without a message for it.
        """
        message = {"connection": company.CONNECTION, "slot": datetime.now(UTC).isoformat()}
        while True:
            invocation = self._invoke(message)
            if invocation is None:
                message["slot"] = self._now().isoformat()
                continue
            self.invocations.append(invocation)
            _show(len(self.invocations) + self.killed, invocation)
            if invocation.outcome == "done":
                return
            message = self._next_message()

    def _invoke(self, message: dict[str, str]) -> Invocation | None:
        """Carry out a message in a process of its own; None when it was killed."""
        ahead = str(self._offset.total_seconds())
        process = subprocess.Popen(
            [str(PYTHON), "-m", "tools.bench.first_load_invocation", ahead],
            cwd=ROOT,
            env={**os.environ, **self.stack.variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            answer, _ = process.communicate(json.dumps(message), timeout=self._patience())
        except subprocess.TimeoutExpired:
            self._kill(process)
            return None
        if process.returncode:
            raise RuntimeError("an invocation failed; its error stands above")
        return Invocation(**json.loads(answer))

    def _patience(self) -> float:
        """Return after how many seconds the next invocation is killed."""
        number = len(self.invocations) + self.killed + 1
        if not self.kills or number % KILL_EVERY or not self.invocations:
            return 2 * TIMEOUT_SECONDS
        return self.invocations[-1].seconds * self._chance.uniform(KILL_FROM, KILL_TO)

    def _kill(self, process: subprocess.Popen[str]) -> None:
        """Kill an invocation, and let the time of its lease pass for everybody."""
        process.kill()
        process.communicate()
        self.killed += 1
        self._offset += LEASE
        self.stack.advance(LEASE.total_seconds())
        print(f"{len(self.invocations) + self.killed:>10}   killed", flush=True)

    def _next_message(self) -> dict[str, str]:
        """Wait for the message with the rest, which the queue holds back for its delay."""
        queues: Any = boto3.client("sqs", config=CLIENT_CONFIG)
        url = self.stack.variables["PULL_QUEUE_URL"]
        end = time.monotonic() + LONGEST_DELAY_SECONDS + _POLL_SECONDS
        while time.monotonic() < end:
            received = queues.receive_message(QueueUrl=url, WaitTimeSeconds=_POLL_SECONDS)
            for one in received.get("Messages", []):
                queues.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
                message: dict[str, str] = json.loads(one["Body"])
                return message
        last = self.invocations[-1]
        raise RuntimeError(f"no message follows: {last.outcome} {last.detail}")

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._offset


def landed(stack: PullStack, before: frozenset[str]) -> Landed:
    """Compare what stands in QicsMilestones with what Exact holds; `before` was there already."""
    wanted = {account["Code"] for account in stack.exact.importable_accounts()}
    codes = _codes(stack)
    problems: Any = stack.wiring.stores.pull_stores.problems
    return Landed(
        importable=len(wanted),
        missing=len(wanted - set(codes)),
        doubles=len(codes) - len(set(codes)),
        strange=len(set(codes) - wanted - before),
        problems=len(list(problems.opened(company.CONNECTION))),
    )


def _codes(stack: PullStack) -> list[str]:
    return [row["CustomerCode"] for row in stack.milestones.records(_TARGET)]


def findings(invocations: Sequence[Invocation], there: Landed) -> Iterator[str]:
    """Yield what is not as it must be."""
    peak = max(invocation.above_idle_mb for invocation in invocations)
    if peak > BUDGET_MB:
        yield f"{peak:.0f} MB above idle, of {BUDGET_MB:.0f} MB (P11)"
    for what in ("missing", "doubles", "strange"):
        number = getattr(there, what)
        if number:
            yield f"{number:,} customers in QicsMilestones: {what}"


def _show(number: int, done: Invocation) -> None:
    counts = done.counts
    print(
        f"{number:>10} {done.seconds:>8.1f} {done.work_seconds:>9.1f} {counts.get('pages', 0):>6}"
        f" {counts.get('created', 0):>8,} {counts.get('calls', 0):>6}"
        f" {done.idle_mb:>8.1f} {done.above_idle_mb:>11.1f}   {done.outcome}",
        flush=True,
    )


def main() -> int:
    """Print a row per invocation, the sums, and what is wrong; 1 when something is."""
    accounts, kills = int(os.environ["SIZE"]), os.environ.get("KILL") == "1"
    print(f"\na first load of {accounts:,} accounts; memory in MB")
    print("invocation  seconds  own work  pages  created  calls     idle  above idle   outcome")
    with pull_stack(STATE / "bench-size", _ENTITY, accounts) as stack:
        before = frozenset(_codes(stack))
        load = Load(stack, kills)
        began = time.monotonic()
        load.run()
        took = time.monotonic() - began
        there = landed(stack, before)
        calls = sum("/api/v1/" in call["path"] for call in stack.exact.journal())
    peak = max(invocation.above_idle_mb for invocation in load.invocations)
    print(
        f"{took:.0f} s, {len(load.invocations)} invocations and {load.killed} that were killed,"
        f" {calls:,} calls to Exact, at most {peak:.0f} MB above idle (budget {BUDGET_MB:.0f})"
    )
    work = sum(invocation.work_seconds for invocation in load.invocations)
    print(
        f"{work:.0f} s of it were the link's own work, {work / accounts * 1000:.2f} ms per account"
    )
    print(f"{there.importable:,} to import, {there.missing} missing, {there.problems} problems")
    wrong = list(findings(load.invocations, there))
    print("\n".join(wrong) or "all of them once, in bounded memory")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
