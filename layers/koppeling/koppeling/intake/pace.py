"""How often a key may be used: ten times a second.

An exact count of all processes takes a write for each call, which would cost more than the rest of
what a call asks of the table. So each process lets a few calls of a key through by itself, and has
the others counted by the table, which all of them share. A program that makes one call after
another meets the exact limit; one that makes several side by side gets at most a few more for each
process that answers it.
"""

from dataclasses import dataclass, field
from datetime import datetime

MOST_A_SECOND = 10
# What a process lets through by itself in a second: where a PDF goes, its document, and a look
UNCOUNTED = 3
COUNTED = MOST_A_SECOND - UNCOUNTED
# A process answers for many keys; only those of this second matter
_MOST_KEYS = 1000


@dataclass(slots=True)
class Pace:
    """The calls of this second that this process let through by itself."""

    _second: int = 0
    _seen: dict[str, int] = field(default_factory=dict)

    def is_slow(self, digest: str, now: datetime) -> bool:
        """Note a call; says whether it may pass without being counted by the table."""
        second = int(now.timestamp())
        if second != self._second or len(self._seen) > _MOST_KEYS:
            self._second = second
            self._seen.clear()
        self._seen[digest] = self._seen.get(digest, 0) + 1
        return self._seen[digest] <= UNCOUNTED
