"""What an answer of QicsMilestones means."""

from typing import Any

import requests

from koppeling import decimals
from koppeling.domain.errors import Fatal, Gone, Park, Reauthorise, Reject, Retry, Uncertain

# The words of QicsMilestones are shown to a person, so they are kept short
LONGEST_MESSAGE = 300
UNAVAILABLE = "milestones-unavailable"


class Stale(Retry):
    """The record changed between reading and writing it (M24)."""


def body_of(response: requests.Response, method: str, entity: str) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of a good answer, or raise what a bad one means (M20)."""
    status, codes = response.status_code, requests.codes
    if status == codes["no_content"]:
        return {}
    if status == codes["unauthorized"]:
        raise Reauthorise("milestones-reconnect-needed", f"401 twice on {entity}")
    if status == codes["forbidden"]:
        raise Fatal("milestones-no-rights", f"403 on {entity}", entity=entity)
    if status == codes["server_error"] and method != "GET":
        # The server lives and fails on this record: the others need not wait for it
        raise Park(UNAVAILABLE, f"500 on {method} {entity}")
    if status == codes["too_many"] or status >= codes["server_error"]:
        raise Retry(UNAVAILABLE, f"{status} on {entity}")
    if status == codes["precondition_failed"]:
        raise Stale(UNAVAILABLE, f"412 on {entity}")
    if status == codes["not_found"]:
        raise Gone("milestones-rejected", f"404 on {method} {entity}", message="HTTP 404")
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


def _message(body: Any) -> str | None:  # noqa: ANN401 - the JSON edge
    """Return the words of an error in either shape; `innererror` is never shown (M19)."""
    try:
        if "odata.error" in body:
            return str(body["odata.error"]["message"]["value"])[:LONGEST_MESSAGE]
        fields = body.get("ModelState", {})
        details = [str(text) for texts in fields.values() for text in texts]
        return " ".join([str(body.get("Message", "")), *details]).strip()[:LONGEST_MESSAGE] or None
    except (AttributeError, KeyError, TypeError):
        return None
