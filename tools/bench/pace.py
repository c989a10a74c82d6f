"""How long the calls of a first load take at the pace that it learns, on a clock of its own.

The server of this play takes so long for each answer, and refuses what comes on top of its limit of
a second. A refusal ends the invocation, as it does in the link; the next one goes on after the
pause that was asked for.
"""

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from http.client import OK

from koppeling.milestones.pacer import TOO_MANY, Pacer
from koppeling.pull.pace import LearnedPace
from koppeling.pull.records import SETTLED_TOGETHER

CAREFUL, CEILING = 5.0, 20.0
# Of one invocation: its time-out less what is left for the last call, and the way of its message
INVOCATION_SECONDS, BETWEEN_SECONDS = 85.0, 2.0
RETRY_AFTER_SECONDS = 10.0
# What the link does with its tables after each group of records
SETTLING_SECONDS = 0.1
_SECOND = 1.0


@dataclass(slots=True)
class Server:
    """QicsMilestones with a latency and a limit of calls a second."""

    latency: float
    limit: int
    came: deque[float] = field(default_factory=deque)

    def answer(self, at: float) -> int:
        """Return the status of a call."""
        while self.came and self.came[0] <= at - _SECOND:
            self.came.popleft()
        if len(self.came) >= self.limit:
            return TOO_MANY
        self.came.append(at)
        return OK


@dataclass(slots=True)
class Play:
    """A load of so many calls, against a server."""

    server: Server
    left: int
    ceiling: float = CEILING
    now: float = 0.0
    refused: int = 0
    made: int = 0
    learned: LearnedPace | None = None

    def run(self) -> None:
        """Invoke until no call is left."""
        while self.left > 0:
            was_refused = self._invoke()
            self.now += BETWEEN_SECONDS + (RETRY_AFTER_SECONDS if was_refused else 0)

    def _invoke(self) -> bool:
        """Make calls until the time of an invocation is over; returns whether one was refused."""
        pacer = Pacer(
            CAREFUL, lambda: self.now, self._pass, ceiling=self.ceiling, learned=self.learned
        )
        ends, was_refused, settled = self.now + INVOCATION_SECONDS, False, 0
        on_their_way: list[tuple[float, float, int]] = []
        while on_their_way or (self.left > 0 and self.now < ends and not was_refused):
            may_start = self.left > 0 and self.now < ends and not was_refused
            if may_start and len(on_their_way) < pacer.at_once:
                began = self._started(pacer)
                status = self.server.answer(began)
                heappush(on_their_way, (began + self.server.latency, began, status))
                continue
            answered_at, began, status = heappop(on_their_way)
            self.now = max(self.now, answered_at)
            pacer.answered(began, status)
            was_refused = self._count(status) or was_refused
            settled += 1
            if settled % SETTLED_TOGETHER == 0:
                self.now += SETTLING_SECONDS
        self.learned = pacer.learned
        return was_refused

    def _started(self, pacer: Pacer) -> float:
        self.left -= 1
        self.made += 1
        return pacer.wait()

    def _count(self, status: int) -> bool:
        if status != TOO_MANY:
            return False
        self.refused += 1
        self.left += 1
        return True

    def _pass(self, seconds: float) -> None:
        self.now += seconds


def played(calls: int, *, latency: float, limit: int, ceiling: float = CEILING) -> Play:
    """Return a load of so many calls that was played to its end."""
    play = Play(Server(latency, limit), calls, ceiling)
    play.run()
    return play
