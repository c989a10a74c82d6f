"""When a pull is due, when its message is too old, and how runs and retries are spread."""

from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from koppeling.core.clock import AMSTERDAM

OPENS_AT = 7  # the window opens at 07:00 Dutch time
QUARTER = 15  # minutes between two ticks of the quickest schedule


def is_due(slot: datetime, interval_minutes: int) -> bool:
    """Say whether a connection with this interval wants the tick of this slot.

    Counted from 07:00 on the Dutch clock in whole quarters, so it needs no memory and a missed
    tick moves nothing. A tick by hand outside the window counts on in the same way.
    """
    local = slot.astimezone(AMSTERDAM)
    minutes = (local.hour - OPENS_AT) * 60 + local.minute
    return (minutes // QUARTER * QUARTER) % max(interval_minutes, QUARTER) < QUARTER


def is_stale(slot: datetime, now: datetime, interval_minutes: int) -> bool:
    """Say whether the next tick has come, so that this message has nothing left to do (R31)."""
    return now >= slot + timedelta(minutes=interval_minutes)


def spread(connection: str, entity: str, seconds: int) -> int:
    """Return the delay that keeps connections apart: always the same for the same one (R32)."""
    if seconds <= 0:
        return 0
    digest = sha256(f"{connection}/{entity}".encode()).digest()
    return int.from_bytes(digest[:8]) % seconds


def retry_pause(attempt: int, random: Random) -> timedelta:
    """Return the pause of a parked record: 15 minutes, doubling up to 4 hours, with jitter (L18).

    The jitter takes off up to a fifth, so that a pause never skips the tick it aims at.
    """
    minutes = min(240, QUARTER * 2 ** min(attempt, 4))
    return timedelta(minutes=minutes * random.uniform(0.8, 1.0))
