"""What an answer of Exact means: its body decides first, its status last (X134)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from koppeling.core import decimal_json as decimals
from koppeling.core.clock import http_date
from koppeling.core.errors import (
    Consequence,
    Defer,
    Fatal,
    Reauthorise,
    Reject,
    Retry,
    Uncertain,
)
from koppeling.core.exact_errors import ANYTHING_ELSE, Follows, translate
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


# X131: what a call that was carried out answers
_DONE = frozenset({200, 201, 204})
# The header `Reason` of a 403: the whole administration is closed, whatever rights the user has
_CLOSED = {
    "divisionblocked": "geblokkeerd",
    "licenseexpired": "de licentie is verlopen",
}


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


def is_unauthorised(response: requests.Response, *, writes: bool = False) -> bool:
    """Say whether the token was refused: by status 401, or by a page "Object moved" (X6).

    After a write only the status counts: a page does not prove that nothing was stored (X165).
    """
    unauthorised: int = requests.codes["unauthorized"]
    if writes or response.status_code == unauthorised:
        return response.status_code == unauthorised
    return bool(_OBJECT_MOVED.search(response.content))


def body_of(response: requests.Response, asked: Asked, limits: Limits) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of a good answer, with `Decimal` for every fraction (X70).

    Raises:
        Defer: a limit was hit; make no call before its reset.
        Reject: a business error, with a code of the catalogue and Exact's own text (X133).
        Retry: an outage, or an answer that is cut off (X135).
        Reauthorise: the consent is lost.
        Fatal: our request is wrong, or this user has no right to it (X43, X136).
        Uncertain: a write whose answer proves nothing (X165). Its code and values are what the
            answer would mean if nothing was stored.
    """
    if response.status_code == requests.codes["too_many_requests"]:
        raise _limit_hit(asked, limits)
    body = _json(response)
    meaning = _meaning(response, body, asked)
    if meaning is None:
        return body
    if asked.writes and not _proves_refusal(response, body):
        raise Uncertain(meaning.code, meaning.detail, **meaning.values)
    raise meaning


def _meaning(response: requests.Response, body: Any, asked: Asked) -> Consequence | None:  # noqa: ANN401 - the JSON edge
    """Return what an answer says, as far as one can tell; None when it is a success."""
    status, message = response.status_code, _message(body)
    if reason := _closed_because(response):
        return Fatal("exact-division-blocked", f"{status} on {asked.endpoint}", state=reason)
    if status == requests.codes["forbidden"] and not _is_known(message):
        detail = f"403 on {asked.endpoint}"
        return Fatal("exact-no-rights", detail, entity=asked.entity, right=asked.right)
    if message:
        return _refusal(message, status, asked)
    if status in _DONE and body is not None:
        return None
    return _without_message(status, body, asked)


def _without_message(status: int, body: Any, asked: Asked) -> Consequence:  # noqa: ANN401 - the JSON edge
    """Return what an answer without a record and without a text of Exact means."""
    detail = f"{status} without JSON on {asked.endpoint}"
    is_refused = requests.codes["bad_request"] <= status < requests.codes["server_error"]
    if asked.writes and is_refused and not _is_fault(body):
        return Reject(ANYTHING_ELSE, detail, message=f"HTTP {status}")
    if status == requests.codes["request_timeout"]:
        return Fatal("exact-request-refused", detail)
    if status == requests.codes["not_found"] and not _is_fault(body):
        return Fatal("exact-division-not-accessible", detail)
    return Retry("exact-unavailable", detail)


def _proves_refusal(response: requests.Response, body: Any) -> bool:  # noqa: ANN401 - the JSON edge
    """Say whether Exact refused a write for sure, so that nothing was stored (X165).

    It did when its text is known to come from its checks, or when its envelope came with the status
    for a wrong request or a missing right.
    """
    message = _message(body)
    if message is None:
        return bool(_closed_because(response))
    if response.status_code in (requests.codes["bad_request"], requests.codes["forbidden"]):
        return True
    return _is_query_text(message) or any(each.refuses for each in translate(message))


def _limit_hit(asked: Asked, limits: Limits) -> Consequence:
    if limits.is_day_limit:
        wait = limits.day_resets_in or timedelta(hours=1)
        return Defer("exact-day-limit", asked.at + wait, asked.endpoint)
    wait = limits.minute_resets_in or NO_HEADER_WAIT
    return Defer("exact-minute-limit", asked.at + wait, asked.endpoint)


def _refusal(message: str, status: int, asked: Asked) -> Consequence:
    meaning = translate(message)[0]
    detail = f"{status} on {asked.endpoint}"
    if meaning.follows is Follows.RECONNECT:
        return Reauthorise(meaning.code, detail)
    if meaning.follows is Follows.STOP:
        return Fatal(meaning.code, detail, entity=asked.entity, right=asked.right)
    if _is_query_text(message) or not asked.writes:
        return Fatal("exact-request-refused", f"{detail}: {message[:200]}")
    values = {**meaning.values, "message": message}
    return Reject(meaning.code, detail, **values)


def _closed_because(response: requests.Response) -> str:
    """Return why nobody may use the administration now; empty when the answer does not say."""
    if response.status_code != requests.codes["forbidden"]:
        return ""
    return _CLOSED.get(response.headers.get("Reason", "").strip().lower(), "")


def _is_known(message: str | None) -> bool:
    return message is not None and translate(message)[0].code != ANYTHING_ELSE


def _is_query_text(message: str) -> bool:
    lowered = message.lower()
    return any(text in lowered for text in _QUERY_TEXTS)


def _json(response: requests.Response) -> Any:  # noqa: ANN401 - the JSON edge
    if "json" not in response.headers.get("Content-Type", ""):
        return None
    try:
        return decimals.loads_as_sent(response.content)
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
