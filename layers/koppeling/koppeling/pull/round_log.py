"""What a round leaves in the log of its connection: nothing, unless there is something to tell."""

from collections.abc import Callable
from dataclasses import dataclass

from koppeling.core.clock import Now
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.pull.cursor import ReadMode
from koppeling.pull.prepared_run import RunRequest
from koppeling.pull.run import PullRun

PULLED, COMPARED, STOPPED = "pulled", "compared", "stopped"


@dataclass(frozen=True, slots=True)
class Round:
    """A run that ended, with the code of what stopped it if a person has to know."""

    request: RunRequest
    run: PullRun
    error: str | None
    is_asked_for: bool

    @property
    def what(self) -> str:
        """Say how it ended: a full comparison only counts as one once it is complete."""
        if self.error is not None:
            return STOPPED
        was_full = self.request.state.read_mode is ReadMode.FULL
        is_over = self.run.state.read_mode is not ReadMode.FULL
        return COMPARED if was_full and is_over else PULLED

    @property
    def is_told(self) -> bool:
        """Say whether it is logged: it did something, ended otherwise, or somebody asked for it.

        A round that stops by what stopped the one before it tells nothing.
        """
        is_new_error = self.error is not None and self.error != self.request.state.last_error
        return bool(self.run.news) or is_new_error or self.is_asked_for or self.what == COMPARED


type OnRound = Callable[[Round], object]
"""Takes note of a round."""


def logged_nowhere(finished: Round) -> None:
    """Take no note of a round, such as one of a preview."""
    del finished


@dataclass(frozen=True, slots=True)
class RoundLog:
    """Writes rounds to the log."""

    log: Log
    now: Now

    def note(self, finished: Round) -> None:
        """Write a round that is told."""
        if not finished.is_told:
            return
        self.log.add(
            LogEntry(
                finished.request.connection.id,
                self.now(),
                LogKind.ROUND,
                finished.what,
                subject=finished.request.entity.name,
                values={"code": finished.error} if finished.error else {},
                counts=finished.run.news,
            )
        )
