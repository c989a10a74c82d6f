"""The error block: ten errors in an hour close an endpoint for an hour (X40, X183)."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.sandbox.common.clock import Clock

COUNTED = {400, 401, 403, 404}  # X40: 500 is not counted
MOST_ERRORS = 10
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where errors are counted; there is one app, so it needs no name here."""

    user: str
    division: int
    endpoint: str


@dataclass(slots=True)
class _Record:
    errors: deque[datetime] = field(default_factory=deque)
    blocks: int = 0
    until: datetime | None = None


class ErrorQuota:
    """Counts errors in a rolling hour; every further block lasts an hour longer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records: defaultdict[Desk, _Record] = defaultdict(_Record)

    def is_blocked(self, desk: Desk) -> bool:
        """Say whether this endpoint is closed for this user and division."""
        until = self._records[desk].until
        return until is not None and self._clock.now() < until

    def note(self, desk: Desk, status: int) -> None:
        """Count an answer when it is an error that counts."""
        if status not in COUNTED:
            return
        now, record = self._clock.now(), self._records[desk]
        record.errors.append(now)
        while record.errors and now - record.errors[0] >= HOUR:
            record.errors.popleft()
        if len(record.errors) >= MOST_ERRORS:
            record.blocks += 1
            record.until = now + HOUR * record.blocks
            record.errors.clear()
