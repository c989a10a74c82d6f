"""Processes that run one at a time, from one step to the next: who goes on is decided outside.

A process is a thread, but never two of them run at once: whoever lets one go on waits until it
stops again. So every order of steps can be chosen, and comes out the same each time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Semaphore, Thread, current_thread

from koppeling.core.errors import Consequence
from tests.integration.effects import CrashError

SECONDS = 120  # of real time; a step takes milliseconds, on a loaded machine seconds


@dataclass(slots=True)
class Process:
    """One piece of work on its way: where it stands, or how it ended."""

    work: Callable[[], object]
    at: str | None = None
    outcome: object = None
    killed: bool = False
    notes: dict[str, object] = field(default_factory=dict)
    _go: Semaphore = field(default_factory=lambda: Semaphore(0))
    _stopped: Semaphore = field(default_factory=lambda: Semaphore(0))
    _thread: Thread | None = None

    @property
    def runs(self) -> bool:
        """Say whether it has not come to its end."""
        return self.at is not None

    def begin(self, processes: "dict[Thread, Process]") -> None:
        """Start, and run up to the first step."""
        self._thread = Thread(target=self._run, daemon=True)
        processes[self._thread] = self
        self.at = "begin"
        self._thread.start()
        self._wait()

    def stop_at(self, step: str) -> None:
        """Stand still at a step, called by the work itself; a process that is killed ends here."""
        self.at = step
        self._stopped.release()
        self._go.acquire()
        if self.killed:
            raise CrashError(step)

    def go_on(self) -> None:
        """Run from this step to the next one, or to the end."""
        self._go.release()
        self._wait()

    def kill(self) -> None:
        """End where it stands, with nothing after that."""
        self.killed = True
        self.go_on()

    def _run(self) -> None:
        try:
            self.outcome = self.work()
        except (CrashError, Consequence, AssertionError) as end:
            self.outcome = end
        finally:
            self.at = None
            self._stopped.release()

    def _wait(self) -> None:
        if not self._stopped.acquire(timeout=SECONDS):
            raise TimeoutError(f"a process neither stopped nor ended after {self.at}")


@dataclass(slots=True)
class Stage:
    """All processes there were, found by the thread that asks."""

    processes: dict[Thread, Process] = field(default_factory=dict)

    def current(self) -> Process | None:
        """Return the process that is running; None when it is the stage itself."""
        return self.processes.get(current_thread())

    def stop_at(self, step: str) -> None:
        """Let the running process stand still; the stage itself never does."""
        process = self.current()
        if process is not None:
            process.stop_at(step)
