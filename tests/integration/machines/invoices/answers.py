"""What the adapter makes of any status and body, as the machine draws them."""

import json
from datetime import datetime

import requests

from koppeling.core.errors import Consequence, Reauthorise
from koppeling.core.rate_limit import Limits
from koppeling.exact.answers import Asked, body_of, is_unauthorised

ENTRIES = "salesentry/SalesEntries"


def meaning_of(status: int, text: str, now: datetime) -> Consequence:
    """Return what an answer to a post means; with a text it comes in the envelope of Exact."""
    response = requests.Response()
    response.status_code = status
    envelope = {"error": {"code": "", "message": {"lang": "", "value": text}}}
    response._content = json.dumps(envelope).encode() if text else b"<html></html>"  # noqa: SLF001 - requests offers no other way in
    response.headers["Content-Type"] = "application/json" if text else "text/html"
    if is_unauthorised(response, writes=True):
        return Reauthorise("exact-reconnect-needed")
    try:
        body_of(response, Asked(ENTRIES, True, now, "sales_entries", "Boeken"), Limits())  # noqa: FBT003 - as it stands there
    except Consequence as meant:
        return meant
    raise AssertionError(f"{status} with {text!r} reads as a success")
