"""Answers what comes to the address of the webhook; whoever is not Exact learns nothing there."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from koppeling.core.summary import Summary
from koppeling.pull.webhook.early_ticks import EarlyTicks
from koppeling.pull.webhook.message import LONGEST_BODY, change_in, signed_content

# Behind the address of the login pages, since Exact wants the domain of the redirect URI (X174)
PATH = "/exact/webhook"


@dataclass(frozen=True, slots=True)
class WebhookDesk:
    """Takes one request of the HTTP API; `secret` reads the webhook secret of our app."""

    early_ticks: EarlyTicks
    secret: Callable[[], bytes]
    report: Callable[[Summary], object]

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer: a status, and never a word about what is known here.

        Exact tries the address with an empty body when a subscription is made (X176).
        """
        status = self._status(_body_of(event))
        return {"statusCode": int(status), "headers": {"Cache-Control": "no-store"}, "body": ""}

    def _status(self, body: bytes | None) -> HTTPStatus:
        if body == b"":
            return HTTPStatus.OK
        if body is not None and len(body) > LONGEST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        content = None if body is None else signed_content(body, self.secret())
        if content is None:
            self.report(Summary("webhook", "refused"))
            return HTTPStatus.FORBIDDEN
        change = change_in(content)
        if change is not None:
            self.report(self.early_ticks.take(change))
        return HTTPStatus.OK


def _body_of(event: Mapping[str, Any]) -> bytes | None:
    """Return the bytes as they were sent; None when they cannot be told."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
