"""What an answer of QicsMilestones means."""

from datetime import datetime, timedelta
from typing import Any

import requests

from koppeling.core import decimal_json as decimals
from koppeling.core.clock import http_date
from koppeling.core.errors import Defer, Fatal, Gone, Park, Reauthorise, Reject, Retry, Uncertain

# The text of QicsMilestones is shown to a person, so it is kept short
LONGEST_MESSAGE = 300
UNAVAILABLE = "milestones-unavailable"
# M20: the pause after a 429 without a usable Retry-After
NO_HEADER_WAIT = timedelta(seconds=60)
# Just below the 15 minutes that a message can be delayed at most
LONGEST_WAIT = timedelta(seconds=899)


class Stale(Retry):
    """The record changed between reading and writing it (M24)."""


def body_of(response: requests.Response, method: str, entity: str, now: datetime) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of a good answer, or raise what a bad one means (M20)."""
    status = response.status_code
    if status == requests.codes["no_content"]:
        return {}
    if status == requests.codes["too_many"]:
        raise Defer(UNAVAILABLE, now + _wait(response, now), f"429 on {entity}")
    _raise_for(status, method, entity)
    try:
        body = decimals.loads(response.content)
    except ValueError:
        detail = f"{status} without JSON on {entity}"
        kind = Uncertain if method == "POST" else Retry
        raise kind(UNAVAILABLE, detail) from None
    if not response.ok:
        message = _message(body) or f"HTTP {status}"
        raise Reject("milestones-rejected", f"{status} on {method} {entity}", message=message)
    return body


def _raise_for(status: int, method: str, entity: str) -> None:
    """Raise for a status that decides by itself, whatever the body."""
    codes = requests.codes
    if status == codes["unauthorized"]:
        raise Reauthorise("milestones-reconnect-needed", f"401 twice on {entity}")
    if status == codes["forbidden"]:
        raise Fatal("milestones-no-rights", f"403 on {entity}", entity=entity)
    if status == codes["server_error"] and method != "GET":
        # The server works but fails on this record: the other records need not wait
        raise Park(UNAVAILABLE, f"500 on {method} {entity}")
    if status >= codes["server_error"]:
        raise Retry(UNAVAILABLE, f"{status} on {entity}")
    if status == codes["precondition_failed"]:
        raise Stale(UNAVAILABLE, f"412 on {entity}")
    if status == codes["not_found"]:
        raise Gone("milestones-rejected", f"404 on {method} {entity}", message="HTTP 404")


def _message(body: Any) -> str | None:  # noqa: ANN401 - the JSON edge
    """Return the text of an error in either shape; `innererror` is never shown (M19)."""
    try:
        if "odata.error" in body:
            return str(body["odata.error"]["message"]["value"])[:LONGEST_MESSAGE]
        fields = body.get("ModelState", {})
        details = [str(text) for texts in fields.values() for text in texts]
        return " ".join([str(body.get("Message", "")), *details]).strip()[:LONGEST_MESSAGE] or None
    except (AttributeError, KeyError, TypeError):
        return None


def _wait(response: requests.Response, now: datetime) -> timedelta:
    """Return how long to pause: `Retry-After` in seconds, or a moment on the server's clock."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdecimal():
        # Nine digits are enough for every pause; Python refuses to parse very long numbers
        wait = timedelta(seconds=int(asked[:9]))
    else:
        there = http_date(response.headers.get("Date"))
        until = http_date(asked)
        wait = NO_HEADER_WAIT if until is None else until - (there or now)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
