"""When a pull is due, when its message is too old, and how runs and retries are spread."""

from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from koppeling.core.clock import AMSTERDAM

OPENS_AT, CLOSES_AT = 7, 20  # the window is from 07:00 up to 20:00 Dutch time
QUARTER = 15  # minutes between two ticks of the quickest schedule


def is_due(slot: datetime, interval_minutes: int) -> bool:
    """Say whether a connection with this interval is due at the tick of this slot.

    Quarters are counted from 07:00 on the Dutch clock, so nothing has to be stored and a missed
    tick moves no other. A tick by hand outside the window is counted in the same way.
    """
    local = slot.astimezone(AMSTERDAM)
    minutes = (local.hour - OPENS_AT) * 60 + local.minute
    return (minutes // QUARTER * QUARTER) % max(interval_minutes, QUARTER) < QUARTER


def is_in_window(at: datetime) -> bool:
    """Say whether a moment lies within the window, in which schedules fire."""
    return OPENS_AT <= at.astimezone(AMSTERDAM).hour < CLOSES_AT


def is_stale(slot: datetime, now: datetime, interval_minutes: int) -> bool:
    """Say whether the next tick has come, which does the work of this message as well (R31)."""
    return now >= slot + timedelta(minutes=interval_minutes)


def spread(connection: str, entity: str, seconds: int) -> int:
    """Return a delay that spreads connections: always the same for the same one (R32)."""
    if seconds <= 0:
        return 0
    digest = sha256(f"{connection}/{entity}".encode()).digest()
    return int.from_bytes(digest[:8]) % seconds


def retry_pause(attempt: int, random: Random) -> timedelta:
    """Return the pause of a parked change: 15 minutes, doubling up to 4 hours (L18).

    Jitter only shortens it, by up to a fifth, so that a pause never skips the tick it aims at.
    """
    minutes = min(240, QUARTER * 2 ** min(attempt, 4))
    return timedelta(minutes=minutes * random.uniform(0.8, 1.0))
