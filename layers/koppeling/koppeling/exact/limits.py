"""The rate headers of Exact, read as durations from the moment of the answer."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from koppeling.core.rate_limit import Limits

# Up to 15 digits: more is no number of calls, and no moment before the year 30,000
_NUMBER = re.compile(r"\s*[0-9]{1,15}\s*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    return int(value) if value is not None and _NUMBER.fullmatch(value) else None


def _resets_in(value: str | None, there: datetime) -> timedelta | None:
    milliseconds = _number(value)
    if milliseconds is None:
        return None
    reset_in = timedelta(milliseconds=milliseconds) - (there - _EPOCH)
    return max(reset_in, timedelta(seconds=1))


def _moment(value: str | None, otherwise: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(value) if value else otherwise
    except ValueError:
        return otherwise
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
