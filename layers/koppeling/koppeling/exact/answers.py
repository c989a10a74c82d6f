"""What an answer of Exact means: its body decides first, its status last (X134)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from koppeling.core import decimal_json as decimals
from koppeling.core.clock import http_date
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Reject, Retry
from koppeling.core.exact_errors import Follows, translate
from koppeling.core.rate_limit import NO_HEADER_WAIT, Limits

_OBJECT_MOVED = re.compile(rb"<title>\s*Object moved", re.IGNORECASE)
# X60 to X66: the server understood the request, and the request was wrong
_QUERY_TEXTS = (
    "please add a $select",
    "it is mandatory to provide the $select",
    "mandatory filtering applied",
    "$filter parameter is not supported",
    "filtering on these fields is not supported",
    "unrecognized 'edm.",
    "error processing request stream. the request should be",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The call that an answer belongs to; `writes` is true for a POST.

    `entity` and `right` are the names that people know the records and the right to them by.
    """

    endpoint: str
    writes: bool
    at: datetime
    entity: str
    right: str


def is_unauthorised(response: requests.Response) -> bool:
    """Say whether the token was refused: by status 401, or by a page "Object moved" (X6)."""
    unauthorised: int = requests.codes["unauthorized"]
    return response.status_code == unauthorised or bool(_OBJECT_MOVED.search(response.content))


def body_of(response: requests.Response, asked: Asked, limits: Limits) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of a good answer, with `Decimal` for every fraction (X70).

    Raises:
        Defer: a limit was hit; make no call before its reset.
        Reject: a business error, with a code of the catalogue and Exact's own text (X133).
        Retry: an outage, or an answer that is cut off (X135).
        Fatal: our request is wrong, or this user has no right to it (X43, X136).
    """
    status = response.status_code
    if status == requests.codes["too_many_requests"]:
        raise _limit_hit(asked, limits)
    if status == requests.codes["request_timeout"]:
        raise Fatal("exact-request-refused", f"408 on {asked.endpoint}")
    body = _json(response)
    if message := _message(body):
        raise _refusal(message, status, asked)
    if status == requests.codes["forbidden"]:
        detail = f"403 on {asked.endpoint}"
        raise Fatal("exact-no-rights", detail, entity=asked.entity, right=asked.right)
    if status == requests.codes["not_found"] and not _is_fault(body):
        raise Fatal("exact-division-not-accessible", f"404 on {asked.endpoint}")
    if not response.ok or body is None:
        raise Retry("exact-unavailable", f"{status} without JSON on {asked.endpoint}")
    return body


def _limit_hit(asked: Asked, limits: Limits) -> Consequence:
    if limits.is_day_limit:
        wait = limits.day_resets_in or timedelta(hours=1)
        return Defer("exact-day-limit", asked.at + wait, asked.endpoint)
    wait = limits.minute_resets_in or NO_HEADER_WAIT
    return Defer("exact-minute-limit", asked.at + wait, asked.endpoint)


def _refusal(message: str, status: int, asked: Asked) -> Consequence:
    lowered = message.lower()
    meaning = translate(message)[0]
    detail = f"{status} on {asked.endpoint}"
    if meaning.follows is Follows.RECONNECT:
        return Reauthorise(meaning.code, detail)
    if meaning.follows is Follows.STOP:
        return Fatal(meaning.code, detail, entity=asked.entity, right=asked.right)
    if any(text in lowered for text in _QUERY_TEXTS) or not asked.writes:
        return Fatal("exact-request-refused", f"{detail}: {message[:200]}")
    values = {**meaning.values, "message": message}
    return Reject(meaning.code, detail, **values)


def _json(response: requests.Response) -> Any:  # noqa: ANN401 - the JSON edge
    if "json" not in response.headers.get("Content-Type", ""):
        return None
    try:
        return decimals.loads(response.content)
    except ValueError:
        return None


def _message(body: Any) -> str | None:  # noqa: ANN401 - the JSON edge
    try:
        value = body["error"]["message"]["value"]
    except (KeyError, TypeError):
        return None
    return value if isinstance(value, str) and value.strip() else None


def _is_fault(body: Any) -> bool:  # noqa: ANN401 - the JSON edge
    return isinstance(body, dict) and "fault" in body


# Up to 15 digits: longer numbers are neither a number of calls nor a moment before the year 30,000
_NUMBER = re.compile(r"\s*[0-9]{1,15}\s*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def limits_of(headers: Mapping[str, str], now: datetime) -> Limits:
    """Return the limits in the headers of an answer; an absent header means unknown, not 0 (X36).

    Resets are epoch milliseconds on Exact's clock, which may differ from ours by minutes. So they
    are compared with the `Date` header of the same answer (X37).
    """
    there = http_date(headers.get("Date")) or now
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
