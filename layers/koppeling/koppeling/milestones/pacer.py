"""The pace of calls to QicsMilestones, which tells nobody how many it takes (M20).

A tick keeps to what is careful: two at a time, some a second. A first load begins like that and
learns. While answers come quickly the pace grows, a little with each of them; it is halved when
QicsMilestones says that it is too much, is slow or fails. Where it was refused once, it does not
grow to again in the same load.
"""

from collections.abc import Callable
from threading import Condition

from koppeling.core.clock import pause
from koppeling.pull.pace import LearnedPace

MOST_AT_ONCE, LEAST_AT_ONCE = 4, 2
# How much a second of quick answers adds, in calls a second: from 5 to 20 in half a minute
GROWTH = 0.5
# An answer within this time is quick; beyond the other one it is a sign of too much work
QUICK_SECONDS, SLOW_SECONDS = 1.0, 3.0
DECREASE = 0.5
# Of the pace that was refused, so much is tried again
BELOW_REFUSED = 0.85
# A call that waits longer would be cut off with its invocation: the time left was looked at before
LONGEST_WAIT = 2.0
TOO_MANY = 429
UNABLE = frozenset({502, 503, 504})
_MINUTE = 60


class Pacer:
    """Lets the calls of all workers start at least an interval apart, a few at a time.

    Up to `ceiling` calls a second the pace learns; without one it stays as it is.
    """

    def __init__(  # noqa: PLR0913 - wired once, by name
        self,
        calls_per_second: float,
        monotonic: Callable[[], float],
        pause: Callable[[float], None] = pause,
        *,
        ceiling: float = 0.0,
        learned: LearnedPace | None = None,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._pause = pause
        self._longest_wait = longest_wait
        self._monotonic = monotonic
        self._first = calls_per_second
        # Nobody is paced where there is no limit at all, as between the sandboxes
        self._ceiling = ceiling if calls_per_second > 0 else 0.0
        self._rate = min(calls_per_second, ceiling) if ceiling > 0 else calls_per_second
        self._refused_at = 0.0
        if learned is not None and self._ceiling > 0:
            self._refused_at = learned.refused_at / _MINUTE
            self._rate = min(learned.calls_a_minute / _MINUTE, self._top)
        self._changed = Condition()
        self._next = 0.0
        self._at_work = 0
        self._slowed_at = 0.0

    @property
    def rate(self) -> float:
        """Return how many calls may start in a second; 0 or less means any number."""
        return self._rate

    @property
    def at_once(self) -> int:
        """Return how many calls may be on their way at the same time."""
        if self._ceiling <= 0:
            return LEAST_AT_ONCE
        more = int((self._rate - self._first) / self._first)
        return max(LEAST_AT_ONCE, min(MOST_AT_ONCE, LEAST_AT_ONCE + more))

    @property
    def learned(self) -> LearnedPace | None:
        """Return what was learned; None where nothing can be."""
        if self._ceiling <= 0:
            return None
        return LearnedPace(round(self._rate * _MINUTE), round(self._refused_at * _MINUTE))

    def wait(self) -> float:
        """Wait for the turn of this call; returns when it starts."""
        with self._changed:
            if self._ceiling > 0:
                self._changed.wait_for(lambda: self._at_work < self.at_once, self._longest_wait)
            self._at_work += 1
            now = self._monotonic()
            turn = max(now, self._next)
            if self._rate > 0:
                self._next = turn + 1.0 / self._rate
        if turn > now:
            self._pause(turn - now)
        return turn

    def answered(self, began: float, status: int | None) -> None:
        """Note what came of a call; a status of None means no answer."""
        with self._changed:
            self._at_work -= 1
            self._changed.notify()
            if self._ceiling > 0:
                self._learn(began, status)

    def _learn(self, began: float, status: int | None) -> None:
        took = self._monotonic() - began
        if status is None or status == TOO_MANY or status in UNABLE or took > SLOW_SECONDS:
            # Those that were on their way together tell one thing, not several
            if began >= self._slowed_at:
                self._slow_down(is_refused=status == TOO_MANY)
        elif took <= QUICK_SECONDS:
            self._rate = max(self._rate, min(self._top, self._rate + GROWTH / self._rate))

    def _slow_down(self, *, is_refused: bool) -> None:
        if is_refused:
            self._refused_at = self._rate
        self._rate = max(self._rate * DECREASE, min(self._first, self._ceiling) * DECREASE)
        self._slowed_at = self._monotonic()

    @property
    def _top(self) -> float:
        if self._refused_at <= 0:
            return self._ceiling
        return min(self._ceiling, self._refused_at * BELOW_REFUSED)
