"""Measures one piece of work: calls to AWS and both systems, units of the tables, and logs."""

import io
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from decimal import Decimal
from logging import StreamHandler
from types import SimpleNamespace

from koppeling.bootstrap import observability
from tests.aws_calls import Call, aws_calls
from tests.environment import MILLISECONDS_LEFT, Environment
from tests.sandbox.common.journal import Journal
from tests.sandbox.dynamodb import standing

# As long as one of Lambda, since it stands on every line
CONTEXT = SimpleNamespace(
    aws_request_id="8f507cfc-xmpl-4697-b07a-ac58fc914c95",
    get_remaining_time_in_millis=lambda: MILLISECONDS_LEFT,
)


@dataclass(slots=True)
class Work:
    """What a piece of work took."""

    calls: Counter[Call] = field(default_factory=Counter)
    read_units: Decimal = Decimal(0)
    write_units: int = 0
    to_exact: int = 0
    to_milestones: int = 0
    log_lines: tuple[str, ...] = ()

    @property
    def log_bytes(self) -> int:
        """How many bytes were logged, each line with its end."""
        return sum(len(line.encode()) + 1 for line in self.log_lines)

    @property
    def metric_lines(self) -> tuple[str, ...]:
        """The lines with metrics, of which an invocation writes one, whatever it did."""
        return tuple(line for line in self.log_lines if "_aws" in json.loads(line))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What the lines say that was done."""
        told = map(json.loads, self.log_lines)
        return tuple(f"{line['story']} {line['outcome']}" for line in told if "outcome" in line)

    @property
    def metrics(self) -> frozenset[tuple[str, ...]]:
        """The metrics that were written: the name, and each dimension with its value."""
        return frozenset(found for line in self.log_lines for found in _metrics(json.loads(line)))

    def by_operation(self) -> dict[str, int]:
        """Return how often each operation was called, as `service.Operation`."""
        counted = {f"{call.service}.{call.operation}": n for call, n in self.calls.items()}
        return dict(sorted(counted.items()))

    def of(self, service: str, *operations: str) -> int:
        """Return how often operations of a service were called; without a name, all of them."""
        return sum(
            count
            for call, count in self.calls.items()
            if call.service == service and (not operations or call.operation in operations)
        )


@contextmanager
def measured(h: Environment) -> Iterator[Work]:
    """Measure what happens while the block runs."""
    work, units, logged = Work(), standing().units, io.StringIO()
    reads, writes = units.read_units, units.write_units
    exact, milestones = _calls(h.exact.journal), _calls(h.milestones.journal)
    with logs_go_to(logged), aws_calls() as calls:
        yield work
    work.calls = calls.counts
    work.read_units = units.read_units - reads
    work.write_units = units.write_units - writes
    work.to_exact = _calls(h.exact.journal) - exact
    work.to_milestones = _calls(h.milestones.journal) - milestones
    work.log_lines = tuple(logged.getvalue().splitlines())


@contextmanager
def logs_go_to(stream: io.StringIO) -> Iterator[None]:
    """Let log lines and metrics go where they can be counted, in place of the terminal."""
    streams = [h for h in observability.logger().handlers if isinstance(h, StreamHandler)]
    before = [handler.setStream(stream) for handler in streams]
    try:
        with redirect_stdout(stream):
            yield
    finally:
        for handler, old in zip(streams, before, strict=True):
            handler.setStream(old or sys.stdout)


def _calls(journal: Journal) -> int:
    return len(journal.calls())


def _metrics(line: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    directive = line.get("_aws")
    if not isinstance(directive, dict):
        return
    for each in directive["CloudWatchMetrics"]:
        for names in each["Dimensions"]:
            values = [f"{name}={line[name]}" for name in names]
            for metric in each["Metrics"]:
                yield (metric["Name"], *values)
