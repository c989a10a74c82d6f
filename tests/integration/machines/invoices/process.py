"""A process that takes one step at a time: it can be halted between two calls, and can die."""

from collections.abc import Callable
from datetime import timedelta
from threading import Semaphore, Thread
from typing import Any, cast

from tests.sandbox.common.clock import Clock
from tests.unit.push.fakes import Crash

LIFE = timedelta(seconds=180)
"""So long Lambda lets the push run; see its Timeout in the template."""


class Process:
    """One run of a function. Each call to what it stands on is a step.

    Without `begin` it runs in one go. With `begin` it runs in a thread that waits for its turn
    before each step, so that two processes take turns exactly as they are told to.
    """

    def __init__(self, clock: Clock, dies_after: int = 0) -> None:
        self._clock = clock
        self._ends = clock.now() + LIFE
        self._dies_after = dies_after
        self._steps = 0
        self._left = 0
        self._before = ""
        self._thread: Thread | None = None
        self._turn, self._rest = Semaphore(0), Semaphore(0)
        self.failure: BaseException | None = None
        self.dead = False
        self.over = False

    def through[T](self, held: T) -> T:
        """Return a thing, each of whose methods is a step of this process."""
        return cast("T", _Stepped(held, self))

    def step(self, act: Callable[..., Any], *args: Any, **named: Any) -> Any:  # noqa: ANN401 - any call
        """Take one step when it is this process's turn."""
        self._wait(act.__name__)
        if self.is_out_of_time:
            self.dead = True
        if self.dead:
            raise Crash
        try:
            return act(*args, **named)
        finally:
            self._count()

    @property
    def is_out_of_time(self) -> bool:
        """Say whether Lambda has ended it."""
        return self._clock.now() >= self._ends

    def begin(self, work: Callable[[], object], steps: int, before: str = "") -> None:
        """Start work, and halt as `go_on` does."""
        self._thread = Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()
        self.go_on(steps, before)

    def go_on(self, steps: int, before: str = "") -> None:
        """Take so many further steps, or those that come before a call of that name."""
        if not self.over:
            self._left, self._before = steps, before
            self._turn.release()
            self._rest.acquire()

    def die(self) -> None:
        """End here; what was done stays done."""
        self.dead = True
        self.go_on(1)

    def _run(self, work: Callable[[], object]) -> None:
        self._turn.acquire()
        try:
            work()
        except Crash:
            self.dead = True
        except BaseException as failure:  # noqa: BLE001 - whoever watches this process raises it
            self.failure = failure
        self.over = True
        self._rest.release()

    def _wait(self, name: str) -> None:
        if self._thread is None or self.dead:
            return
        if not self._left or name == self._before:
            self._rest.release()
            self._turn.acquire()
        self._left -= 1

    def _count(self) -> None:
        self._steps += 1
        if self._steps == self._dies_after:
            self.dead = True
            raise Crash


class _Stepped:
    """Stands before a thing and makes a step of each call to it."""

    def __init__(self, held: object, process: Process) -> None:
        self._held = held
        self._process = process

    def __getattr__(self, name: str) -> Callable[..., Any]:
        act, process = getattr(self._held, name), self._process
        return lambda *args, **named: process.step(act, *args, **named)
