"""The rate headers of Exact, read as durations from the moment of the answer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from koppeling.domain.budget import Limits


def limits_of(headers: Mapping[str, str], now: datetime) -> Limits:
    """Return what an answer told of the limits; an absent header is unknown, not 0 (X36).

    Resets are epoch milliseconds on Exact's clock, which may differ from ours by minutes, so
    they are taken relative to the `Date` header of the same answer (X37).
    """
    there = _moment(headers.get("Date"), now)
    return Limits(
        day_limit=_number(headers.get("X-RateLimit-Limit")),
        day_remaining=_number(headers.get("X-RateLimit-Remaining")),
        day_resets_in=_resets_in(headers.get("X-RateLimit-Reset"), there),
        minute_remaining=_number(headers.get("X-RateLimit-Minutely-Remaining")),
        minute_resets_in=_resets_in(headers.get("X-RateLimit-Minutely-Reset"), there),
    )


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.strip().isdigit() else None


def _resets_in(value: str | None, there: datetime) -> timedelta | None:
    milliseconds = _number(value)
    if milliseconds is None:
        return None
    reset = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return max(reset - there, timedelta(seconds=1))


def _moment(value: str | None, otherwise: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(value) if value else otherwise
    except ValueError:
        return otherwise
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
