"""Measures the processor time of our own work, without that of what stands in for AWS.

Calls to AWS are prepared, signed and read as in a function; what moto does in between is left out.
Both sandboxes answer in threads of their own, which do not count.
"""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import get_ident

from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST

from koppeling.bootstrap.completeness import completeness
from tests.environment import Environment, environment
from tests.sandbox.invoices import build_invoice
from tests.unit.intake_program import Program
from tools.cost import scenes
from tools.cost.meter import logs_go_to

_TIMES = 15
_CHANGES = 10


@dataclass(slots=True)
class Stopwatch:
    """The processor time of this thread, which stops while AWS answers."""

    taken: float = 0.0
    _since: float = 0.0
    thread: int = field(default_factory=get_ident)

    def stop(self) -> None:
        """Stop: a call goes out."""
        self.taken += time.thread_time() - self._since

    def go_on(self) -> None:
        """Go on: the answer is there."""
        self._since = time.thread_time()


_running: list[Stopwatch] = []


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure the thread that runs the block."""
    watch = Stopwatch()
    _running.append(watch)
    watch.go_on()
    try:
        yield watch
    finally:
        watch.stop()
        _running.remove(watch)


def _goes_out(**_: object) -> None:
    for watch in _of_this_thread():
        watch.stop()


def _came_back(**_: object) -> None:
    for watch in _of_this_thread():
        watch.go_on()


def _of_this_thread() -> list[Stopwatch]:
    return [watch for watch in _running if watch.thread == get_ident()]


# Before the clients of `tests.kept` are made, and before moto's own, which answers
BUILTIN_HANDLERS.append(("before-send", _goes_out, REGISTER_FIRST))
BUILTIN_HANDLERS.append(("response-received", _came_back, REGISTER_FIRST))


def milliseconds() -> dict[str, float]:
    """Return what each piece of work takes, in milliseconds of this machine's processor.

    The best of some times counts: what other work on the machine takes away is not ours.
    """
    with environment(accounts=30, on_moto=True) as h, logs_go_to(io.StringIO()):
        scenes.settle(h)
        runs = {name: _best(partial(_run, h, name)) for name in scenes.MINUTES}
        numbers = _best(lambda: _numbers(h))
        invoices, handed = iter(range(_TIMES)), iter(range(_TIMES))
        changed = _best(lambda: _changed(h))
        invoice = _best(lambda: _invoice(h, f"2026{next(invoices):04}"))
        program = scenes.a_program(h)
        call_of_api = _best(lambda: _handed_in(h, program, f"2027{next(handed):04}"))
    empty = statistics.fmean(runs.values())
    return {
        "empty_run": round(empty, 1),
        "changed_record": round((changed - runs["accounts"]) / _CHANGES, 1),
        "numbers": round(numbers, 1),
        "invoice": round(invoice, 1),
        "call_of_api": round(call_of_api / 2, 1),
    }


def _run(h: Environment, entity: str) -> float:
    h.clock.advance(60)
    with stopwatch() as watch:
        scenes.run(h, entity)
    return watch.taken


def _numbers(h: Environment) -> float:
    h.clock.advance(3600)
    with stopwatch() as watch:
        completeness(h.wiring).look(h.connection)
    return watch.taken


def _handed_in(h: Environment, program: Program, number: str) -> float:
    files = build_invoice(number)
    h.clock.advance(1)
    with stopwatch() as watch:
        scenes.hand_in(program, files)
    return watch.taken


def _changed(h: Environment) -> float:
    scenes.change_some(h, _CHANGES)
    return _run(h, "accounts")


def _invoice(h: Environment, number: str) -> float:
    files = build_invoice(number)
    scenes.offer(h, files)
    with stopwatch() as watch:
        h.deliver(files.json_key)
    return watch.taken


def _best(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(_TIMES)) * 1000
