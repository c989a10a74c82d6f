"""Calls to Exact: how many are left in the minute and the day, and which endpoints are blocked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeIs

# This part of the calls of a day is reserved for invoices (DESIGN 7)
RESERVE = 0.4
# R7: errors within an hour after which we stop; Exact blocks the endpoint at twice as many (X40)
ERRORS_BEFORE_REST = 5
# How often we count an error again because another function counted one at that moment
COUNTING_ROUNDS = 10
COUNTED = frozenset({400, 401, 403, 404})
HOUR = timedelta(hours=1)
HALF_A_DAY = timedelta(hours=12)
# For so many days back it is told how many calls were made
DAYS_KEPT = timedelta(days=30)
# Safety margin for calls that others made since our last answer: of seven pulls, two pushes (R25)
# and a check each may make one before it sees what is left. Pulls leave more: invoices go first.
MINUTE_MARGIN, MINUTE_MARGIN_OF_PULLS = 10, 12
# What others know of the calls of a day may be this part of the limit behind: each call tells anew
NEWS_OF_DAY = 0.01
# Below so many calls left in a minute, others have to know before their first call
NEWS_OF_MINUTE = 2 * MINUTE_MARGIN_OF_PULLS
# X37: the pause after a 429 without a usable header
NO_HEADER_WAIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in the headers of an answer; None means that a header was absent (X36)."""

    day_limit: int | None = None
    day_remaining: int | None = None
    day_resets_in: timedelta | None = None
    minute_remaining: int | None = None
    minute_resets_in: timedelta | None = None

    @property
    def is_day_limit(self) -> bool:
        """Say which limit a 429 hit: it carries the headers of that limit only (X36)."""
        if self.minute_remaining is None and self.minute_resets_in is None:
            return self.day_remaining is not None or self.day_resets_in is not None
        return self.day_remaining == 0


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why no call is allowed, as a code of the catalogue, and until when."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CallBudget:
    """The calls left for one administration, shared by all functions that call Exact.

    `mark` differs each time that an error was counted; only what the store read has one. `used`
    holds how many calls were made on the days before, by their ISO dates. A day is added when the
    first answer of a new one is, so that it costs no write of its own.
    """

    day_limit: int | None = None
    day_remaining: int | None = None
    day_resets_at: datetime | None = None
    minute_remaining: int | None = None
    minute_resets_at: datetime | None = None
    errors: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    mark: str = field(default="", compare=False)

    def updated(self, limits: Limits, now: datetime) -> "CallBudget":
        """Return the budget after an answer; limits without a header stay unchanged."""
        learned = self
        if limits.day_remaining is not None:
            learned = replace(
                learned._with_day_that_ended(now),
                day_limit=limits.day_limit or learned.day_limit,
                day_remaining=limits.day_remaining,
                day_resets_at=now + (limits.day_resets_in or _until_midnight(now)),
            )
        if limits.minute_remaining is not None:
            learned = replace(
                learned,
                minute_remaining=limits.minute_remaining,
                minute_resets_at=now + (limits.minute_resets_in or NO_HEADER_WAIT),
            )
        return learned

    def exhausted(self, limits: Limits, now: datetime) -> "CallBudget":
        """Return the budget after a 429: no call is left before the reset (X38)."""
        learned = self._with_day_that_ended(now).updated(limits, now)
        if limits.is_day_limit:
            resets_at = now + (limits.day_resets_in or _until_midnight(now))
            return replace(learned, day_remaining=0, day_resets_at=resets_at)
        resets_at = now + (limits.minute_resets_in or NO_HEADER_WAIT)
        return replace(learned, minute_remaining=0, minute_resets_at=resets_at)

    def used_by_day(self, now: datetime) -> Mapping[date, int]:
        """Return how many calls were made on each day of a month, as far as that is known."""
        days = {date.fromisoformat(day): count for day, count in self.used.items()}
        day, first = self._day, now.date() - DAYS_KEPT
        if day is not None and self._used_of_day is not None:
            days[day] = self._used_of_day
        return {day: days[day] for day in sorted(days) if day > first}

    @property
    def _day(self) -> date | None:
        """The day that these limits are of, whichever clock it is that Exact resets them by."""
        return None if self.day_resets_at is None else (self.day_resets_at - HALF_A_DAY).date()

    @property
    def _used_of_day(self) -> int | None:
        if self.day_limit is None or self.day_remaining is None:
            return None
        return max(0, self.day_limit - self.day_remaining)

    def _with_day_that_ended(self, now: datetime) -> "CallBudget":
        """Return the budget with the calls of its day among those of the days before."""
        ends_at = self.day_resets_at
        if ends_at is None or now < ends_at:
            return self
        used = {day.isoformat(): count for day, count in self.used_by_day(now).items()}
        return replace(self, used=used)

    def is_news_to(self, known: "CallBudget", now: datetime) -> bool:
        """Say whether others, who know that budget, need to know these limits (P6).

        The answer to each call shows its limits, so what others know matters to their first call
        alone. It must stop that one where this budget would, and be right enough for a forecast.
        """
        return self._has_news_of_minute(known) or self._has_news_of_day(known, now)

    def _has_news_of_minute(self, known: "CallBudget") -> bool:
        if not _is_spent(self.minute_remaining, NEWS_OF_MINUTE):
            return False
        told = known.minute_remaining, known.minute_resets_at
        return told != (self.minute_remaining, self.minute_resets_at)

    def _has_news_of_day(self, known: "CallBudget", now: datetime) -> bool:
        remaining, limit = self.day_remaining, self.day_limit or 0
        if remaining is None:
            return False
        if known.day_remaining is None or not _is_ahead(known.day_resets_at, now):
            return True
        if limit != (known.day_limit or 0):
            return True
        if abs(known.day_remaining - remaining) >= max(1, limit * NEWS_OF_DAY):
            return True
        stops = 0, int(limit * RESERVE)
        return any(_is_spent(remaining, at) != _is_spent(known.day_remaining, at) for at in stops)

    def merged(self, errors: Mapping[str, tuple[datetime, ...]]) -> "CallBudget":
        """Add the errors that other functions counted in the meantime."""
        names = self.errors.keys() | errors.keys()
        both = {
            name: tuple(sorted({*self.errors.get(name, ()), *errors.get(name, ())}))
            for name in names
        }
        return replace(self, errors=both)

    def count_error(self, endpoint: str, now: datetime) -> "CallBudget":
        """Count an error that Exact counts as well; errors older than an hour are dropped."""
        recent = (*self._recent(endpoint, now), now)
        return replace(self, errors={**self.errors, endpoint: recent})

    def blocked_by(
        self,
        endpoint: str,
        now: datetime,
        *,
        for_invoices: bool,
        errors_allowed: int = ERRORS_BEFORE_REST,
    ) -> Blocked | None:
        """Return why no call is allowed now; None when one is."""
        recent = self._recent(endpoint, now)
        if len(recent) >= errors_allowed:
            return Blocked("exact-error-budget", recent[-errors_allowed] + HOUR)
        reserve = 0 if for_invoices else int((self.day_limit or 0) * RESERVE)
        if _is_spent(self.day_remaining, reserve) and _is_ahead(self.day_resets_at, now):
            return Blocked("exact-day-limit", self.day_resets_at)
        margin = MINUTE_MARGIN if for_invoices else MINUTE_MARGIN_OF_PULLS
        if _is_spent(self.minute_remaining, margin) and _is_ahead(self.minute_resets_at, now):
            return Blocked("exact-minute-limit", self.minute_resets_at)
        return None

    def rights_asked_again_at(self, endpoint: str, now: datetime) -> datetime | None:
        """Return when a post may be tried again that lacked a right; None when it may be now."""
        recent = self._recent(posts_to(endpoint), now)
        return recent[-1] + HOUR if recent else None

    def _recent(self, endpoint: str, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self.errors.get(endpoint, ()) if now - at < HOUR)


def posts_to(endpoint: str) -> str:
    """Return the name under which posts that lacked a right are counted, apart from all errors."""
    return f"POST {endpoint}"


def _is_spent(remaining: int | None, reserve: int) -> bool:
    return remaining is not None and remaining <= reserve


def _is_ahead(moment: datetime | None, now: datetime) -> TypeIs[datetime]:
    return moment is not None and now < moment


def _until_midnight(now: datetime) -> timedelta:
    tomorrow = (now.astimezone(UTC) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return tomorrow - now
