"""Calls per minute and per day, with the headers that tell of them (X34 to X38, X182)."""

from collections import Counter
from datetime import datetime, timedelta

from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online.switches import Switches


class Limits:
    """Counts per division in whole clock minutes and in UTC days."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._counts: Counter[tuple[int, str]] = Counter()

    def _windows(self, division: int) -> tuple[tuple[int, str], tuple[int, str]]:
        now = self._clock.now()
        return (division, f"{now:%Y-%m-%d}"), (division, f"{now:%Y-%m-%dT%H:%M}")

    def take(self, division: int) -> dict[str, str] | None:
        """Count one call; when a limit is hit, return the headers of that limit alone (X36)."""
        day, minute = self._windows(division)
        seen = self._counts[minute] + self._switches.hidden_minute_calls
        if self._counts[day] >= self._switches.daily_limit:
            return self.day_headers(division)
        if seen >= self._switches.minute_limit:
            return self.minute_headers(division)
        self._counts[day] += 1
        self._counts[minute] += 1
        return None

    def clear(self) -> None:
        """Forget what was counted, as if a new minute and a new day had begun."""
        self._counts.clear()

    def headers(self, division: int) -> dict[str, str]:
        """Return the headers of both limits (X35)."""
        return self.day_headers(division) | self.minute_headers(division)

    def day_headers(self, division: int, *, spent: bool = False) -> dict[str, str]:
        """Return the headers of the day, which ends at 00:00 UTC."""
        now = self._clock.now()
        reset = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        limit, used = self._switches.daily_limit, self._counts[self._windows(division)[0]]
        return self._written("X-RateLimit-", limit, limit if spent else used, reset)

    def minute_headers(self, division: int, *, spent: bool = False) -> dict[str, str]:
        """Return the headers of the clock minute."""
        reset = self._clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
        limit, used = self._switches.minute_limit, self._counts[self._windows(division)[1]]
        return self._written("X-RateLimit-Minutely-", limit, limit if spent else used, reset)

    def _written(self, prefix: str, limit: int, used: int, reset: datetime) -> dict[str, str]:
        shown = reset + timedelta(seconds=self._switches.clock_skew_seconds)
        return {
            f"{prefix}Limit": str(limit),
            f"{prefix}Remaining": str(max(0, limit - used)),
            f"{prefix}Reset": str(int(shown.timestamp()) * 1000),  # X35: epoch milliseconds
        }
