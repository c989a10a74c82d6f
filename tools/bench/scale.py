"""`make bench`: how long one tick takes to queue 10 up to 10,000 connections (P14, R32).

The link's own wiring runs against DynamoDB and SQS of an emulator with nothing else in it. What
is judged hangs little on the speed of the machine: that everybody is queued, that a connection does
not cost more when there are more of them, and that the spread has no peak.

The time of the clock holds the emulator's as well, and that looks at a whole partition for every
page of 1 MB that is read of it; at 10,000 connections this is half of the tick. So the link's own
work is told apart, as processor time of this process.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import boto3

from koppeling.aws.dynamodb.table import sync_items
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.settings import from_environment
from koppeling.core.ids import ConnectionId
from tests.sandbox.connecting import company_connection
from tools.paths import REGION, STATE
from tools.stack.connect import EMULATOR_VARIABLES
from tools.stack.deploy import CLIENT_CONFIG
from tools.stack.stack import emulator_alone

SIZES = (10, 100, 1_000, 10_000)
BUDGET_SECONDS = 60  # P14
SPREAD_SECONDS = 600
# R32: at the largest size; fewer connections are too few to fill ten minutes evenly
BUSIEST_TO_MEAN = 1.2
# How much more a connection may cost when there are ten times as many: linear is 1, quadratic 10.
# The rest is what the best of some runs differs on a busy machine, and in time the emulator's part.
WORK_GROWTH, TIME_GROWTH = 1.25, 3.0

_ENTITY = "accounts"
_TABLE = "sync"
_WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed")
_SLOT = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
_RUNS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One size: the best of its ticks by the clock and by the processor, and what was queued."""

    connections: int
    ticks: int
    seconds: float
    work_seconds: float
    held: int
    delays: tuple[int, ...]

    def time_growth(self, smaller: "Measured") -> float:
        """Return how much longer a connection takes than at a smaller size."""
        return self.seconds / smaller.seconds * smaller.connections / self.connections

    def work_growth(self, smaller: "Measured") -> float:
        """Return how much more of our own work a connection is than at a smaller size."""
        return self.work_seconds / smaller.work_seconds * smaller.connections / self.connections

    @property
    def all_queued(self) -> bool:
        """Tell whether every tick left one message per connection."""
        return self.held == self.ticks * self.connections == self.ticks * len(self.delays)

    @property
    def busiest_to_mean(self) -> float:
        """Return how much more starts in the busiest minute than in a minute on the average."""
        minutes = Counter(delay // 60 for delay in self.delays)
        return max(minutes.values()) / (len(self.delays) / (SPREAD_SECONDS / 60))


class Bench:
    """The two resources a tick needs, and connections that become more and more."""

    def __init__(self) -> None:
        boto3.setup_default_session(region_name=REGION)
        session: Any = boto3.DEFAULT_SESSION
        # What the link hands to SQS is seen here on its way, since a queue tells no delays.
        session.events.register("provide-client-params.sqs.SendMessageBatch", self._note)
        self._queues = boto3.client("sqs", config=CLIENT_CONFIG)
        self._delays: list[int] = []
        self._connected = 0
        items = sync_items(_TABLE, REGION)
        items.create_table(billing_mode="PAY_PER_REQUEST", wait=True)

    def measure(self, connections: int) -> Measured:
        """Queue so many connections a few times: the first tick is to warm up, the best counts."""
        url = self._queues.create_queue(QueueName=f"pull-{connections}")["QueueUrl"]
        wiring = _wiring(url)
        self._connect(wiring, connections)
        wiring.pulls.fan_out(_SLOT)
        seconds, work = zip(*(self._tick(wiring) for _ in range(_RUNS)), strict=True)
        held, delays = self._held(url), tuple(self._delays)
        return Measured(connections, _RUNS + 1, min(seconds), min(work), held, delays)

    def _tick(self, wiring: Wiring) -> tuple[float, float]:
        self._delays.clear()
        began, worked = time.perf_counter(), time.process_time()
        wiring.pulls.fan_out(_SLOT)
        return time.perf_counter() - began, time.process_time() - worked

    def _connect(self, wiring: Wiring, connections: int) -> None:
        for number in range(self._connected, connections):
            some_id = ConnectionId(f"customer-{number:05}")
            wiring.stores.connections.save(replace(company_connection(), id=some_id))
        self._connected = connections

    def _held(self, url: str) -> int:
        """Count what waits in a queue, also what is still held back."""
        answer = self._queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return sum(int(value) for name, value in answer["Attributes"].items() if name in _WAITING)

    def _note(self, params: dict[str, Any], **_: object) -> None:
        self._delays.extend(entry["DelaySeconds"] for entry in params["Entries"])


def _wiring(queue_url: str) -> Wiring:
    """Return the wiring of a pull, of which a tick uses the table and the queue alone."""
    unused = "unused-in-a-tick"
    variables = {
        "AWS_REGION": REGION,
        "SYNC_TABLE": _TABLE,
        "TOKENS_TABLE": unused,
        "APPS_SECRET_ARN": unused,
        "MILESTONES_BASE_URL": unused,
        "ENTITY": _ENTITY,
        "PULL_QUEUE_URL": queue_url,
        "SPREAD_SECONDS": str(SPREAD_SECONDS),
    }
    return Wiring(from_environment(variables))


def findings(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield what is not as it must be."""
    for size in measured:
        if not size.all_queued:
            yield f"{size.connections:,}: the queue holds {size.held:,} after {size.ticks} ticks"
    for smaller, larger in pairwise(measured):
        if larger.work_growth(smaller) > WORK_GROWTH or larger.time_growth(smaller) > TIME_GROWTH:
            yield f"{larger.connections:,}: more than linear, seen from {smaller.connections:,}"
    largest = measured[-1]
    if largest.seconds > BUDGET_SECONDS:
        yield f"{largest.connections:,}: {largest.seconds:.0f} s of {BUDGET_SECONDS} s (P14)"
    if largest.busiest_to_mean >= BUSIEST_TO_MEAN:
        yield f"{largest.connections:,}: the busiest minute is too busy (R32)"


def _show(size: Measured, smaller: Measured | None) -> None:
    growth = ("", "")
    if smaller is not None:
        growth = (f"{size.time_growth(smaller):.2f}", f"{size.work_growth(smaller):.2f}")
    print(
        f"{size.connections:>11,} {size.seconds:>8.3f} {size.connections / size.seconds:>11,.0f}"
        f" {growth[0]:>6} {growth[1]:>9} {size.busiest_to_mean:>15.2f}",
        flush=True,
    )


def main() -> int:
    """Print a row per size and what is wrong; 1 when something is."""
    print("\na tick, against DynamoDB and SQS of the emulator; growth per connection, linear is 1")
    print("connections  seconds  messages/s   time  own work  busiest minute (of the mean)")
    measured: list[Measured] = []
    with emulator_alone(STATE / "bench") as endpoint:
        values = (endpoint, "test", "test", REGION)
        os.environ.update(zip(EMULATOR_VARIABLES, values, strict=True))
        bench = Bench()
        for connections in SIZES:
            size = bench.measure(connections)
            _show(size, measured[-1] if measured else None)
            measured.append(size)
    wrong = list(findings(measured))
    print("\n".join(wrong) or "all queued, linear or better, no peak in the spread")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
