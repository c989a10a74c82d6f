"""A request of the HTTP API as the intake reads it, and what is sent back."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from koppeling.core.web import fields_of, language_of

JSON, PROBLEM = "application/json", "application/problem+json"
_HEADERS = {
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request. `authorization` holds the key; `reference` is what our log calls it by."""

    method: str
    path: str
    query: Mapping[str, str]
    authorization: str = field(repr=False)
    media_type: str
    language: str
    body: bytes = field(repr=False)
    reference: str


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """One answer; a text as its body is sent as it is."""

    status: int
    body: Mapping[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON


def read_request(event: Mapping[str, Any]) -> ApiRequest:
    """Read an event of the HTTP API (payload 2.0); what it lacks is empty."""
    context = event.get("requestContext", {})
    # AWS writes the names of headers in small letters, the local emulator as they came
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return ApiRequest(
        method=context.get("http", {}).get("method", "").upper(),
        path=event.get("rawPath", ""),
        query=fields_of(event.get("rawQueryString", "")),
        authorization=headers.get("authorization", ""),
        media_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        language=language_of(headers.get("accept-language", "")),
        body=_body_of(event),
        reference=context.get("requestId", ""),
    )


def sent(answer: ApiAnswer, language: str) -> dict[str, Any]:
    """Return an answer in the form that the HTTP API takes."""
    held = answer.body
    body = held if isinstance(held, str) else json.dumps(held, ensure_ascii=False)
    headers = {"Content-Type": answer.media_type, "Content-Language": language}
    return {
        "statusCode": answer.status,
        "headers": {**_HEADERS, **headers, **answer.headers},
        "body": body,
        "isBase64Encoded": False,
    }


def _body_of(event: Mapping[str, Any]) -> bytes:
    text: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode(errors="surrogatepass")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""
