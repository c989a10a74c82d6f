"""Counts the calls to AWS that this process makes, by service and operation.

Every client asks here before it sends a call, whoever made the client and whatever answers it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.handlers import BUILTIN_HANDLERS


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of one service."""

    service: str
    operation: str


@dataclass(slots=True)
class AwsCalls:
    """How often each operation was called while this was listening."""

    counts: Counter[Call] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def add(self, call: Call) -> None:
        """Count a call; several threads may make one at a time."""
        with self._lock:
            self.counts[call] += 1

    def of(self, service: str) -> dict[str, int]:
        """Return how often each operation of a service was called."""
        return {
            call.operation: count for call, count in self.counts.items() if call.service == service
        }


_listening: list[AwsCalls] = []


@contextmanager
def aws_calls() -> Iterator[AwsCalls]:
    """Count the calls that are made while the block runs."""
    calls = AwsCalls()
    _listening.append(calls)
    try:
        yield calls
    finally:
        _listening.remove(calls)


def _note(
    model: Any,  # noqa: ANN401 - botocore makes its models at run time
    params: Mapping[str, Any],
    **_: object,
) -> None:
    del params
    for each in _listening:
        each.add(Call(model.service_model.service_name, model.name))


# The first event of a call: what answers in place of the wire ends the round of a later one
BUILTIN_HANDLERS.append(("provide-client-params", _note))
