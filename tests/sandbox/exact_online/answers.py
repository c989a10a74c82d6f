"""Answers as they go over the wire."""

import json

from flask import Response

from tests.sandbox.exact_online.values import to_json

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"

_MAINTENANCE = (
    "<html><head><title>Onderhoud</title></head><body><h1>Exact Online is in onderhoud</h1>"
    "</body></html>"
)
_OBJECT_MOVED = (
    "<html><head><title>Object moved</title></head><body><h2>Object moved to"
    ' <a href="/docs/Login.aspx">here</a>.</h2></body></html>'
)
_FEED = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"></feed>'


def data(payload: object, status: int = 200) -> Response:
    """Return JSON."""
    return Response(to_json(payload), status, content_type=JSON)


def plain_json(payload: object, status: int = 200) -> Response:
    """Return JSON of the token endpoint or the control routes."""
    return Response(json.dumps(payload, ensure_ascii=False), status, content_type=JSON)


def refusal(text: str, status: int, language: str = "") -> Response:
    """Return the error envelope (X132); its code is always empty."""
    return data({"error": {"code": "", "message": {"lang": language, "value": text}}}, status)


def bare(status: int, headers: dict[str, str] | None = None) -> Response:
    """Return a status without a body (X37, X136)."""
    return Response("", status, headers=headers, content_type=HTML)


def server_error() -> Response:
    """Return an outage: a 500 without the envelope (X133)."""
    return Response("<html><body>Runtime Error</body></html>", 500, content_type=HTML)


def maintenance() -> Response:
    """Return what maintenance may look like: 200 with HTML (X135)."""
    return Response(_MAINTENANCE, 200, content_type=HTML)


def object_moved() -> Response:
    """Return the page that means: this token is no longer valid (X6)."""
    return Response(_OBJECT_MOVED, 200, content_type=HTML)


def in_accepted_form(response: Response, accept: str) -> Response:
    """Answer JSON only to those who ask for it (X4): Atom by default, plain XML is refused."""
    if "application/json" in accept or response.content_type != JSON:
        return response
    if "application/xml" in accept:
        return bare(406)
    return Response(_FEED, response.status_code, content_type=ATOM)
