"""What every call passes on its way in and out: forbidden methods, faults, tokens, the journal."""

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from tests.sandbox.common.journal import Call
from tests.sandbox.common.server import drop_connection
from tests.sandbox.qics_milestones.busy import RETRY_AFTER_SECONDS
from tests.sandbox.qics_milestones.errors import RefusedError
from tests.sandbox.qics_milestones.state import (
    API_PATH,
    AUTH_PATH,
    CONTROL_PATH,
    TOKEN_PATH,
    State,
)
from tests.sandbox.qics_milestones.users import RIGHTS, rights_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FORBIDDEN = ("PATCH", "DELETE", "MERGE")
NO_STATUS = 0
"""The status in the journal of a call that got no answer."""

_REFUSALS = {
    "401": "Authorization has been denied for this request.",
    "403": "The role of this user has no rights for this.",
    "429": "Too many requests.",
    "500": "An error has occurred.",
    "503": "The service is unavailable.",
}
_DROPPED = "sandbox.dropped"
_OF_THE_API = ("401", "403")


def endpoint_of(path: str) -> str:
    """Return the name by which the journal and the faults know an address.

    `CustomerCompany` and `CustomerCompany(key)`, `$metadata`, `auth`, `token`.
    """
    if path in (AUTH_PATH, TOKEN_PATH):
        return path.rsplit("/", 1)[-1]
    resource = unquote(path).removeprefix(API_PATH)
    name, bracket, _ = resource.partition("(")
    return f"{name}(key)" if bracket else name


def install(app: Flask, state: State) -> None:
    """Put the gate around all routes of an app."""
    answer = app.wsgi_app

    def answer_or_drop(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        body = answer(environ, start_response)
        if environ.get(_DROPPED):
            drop_connection(environ)
            raise ConnectionAbortedError("the sandbox breaks this connection on purpose")
        return body

    app.wsgi_app = answer_or_drop  # type: ignore[method-assign]  # Flask's own place for this

    @app.before_request
    def enter() -> Response | None:
        return None if request.path.startswith(CONTROL_PATH) else _enter(state)

    @app.after_request
    def leave(response: Response) -> Response:
        return response if request.path.startswith(CONTROL_PATH) else _leave(state, response)

    @app.errorhandler(RefusedError)
    def refuse(refusal: RefusedError) -> Response:
        return _refusal(state, refusal)

    @app.errorhandler(HTTPException)
    def not_found(error: HTTPException) -> Response:
        return _refusal(state, RefusedError(error.code or 500, f"{error.name}."))


def struck(state: State, kind: str) -> dict[str, object] | None:
    """Return the options of the fault that strikes the present call, and note it; or None."""
    fault = state.faults.strike(kind, request.method, g.endpoint, request.path)
    if fault is None:
        return None
    g.fault = kind
    return fault.options


def _enter(state: State) -> Response | None:
    g.endpoint, g.fault, g.dropped, g.done = endpoint_of(request.path), None, False, False
    if request.method in FORBIDDEN:
        # M53: QM has no such method, and no client of ours may try it.
        state.violations.append(f"{request.method} {request.path}")
        raise RefusedError(405, f"The resource does not support the method {request.method}.")
    # M57: faults that strike before anything is done.
    slow = struck(state, "slow")
    if slow is not None:
        time.sleep(float(str(slow["seconds"])))
    if struck(state, "no-answer") is not None:
        g.dropped = True
        return Response(status=503)
    for status, message in _REFUSALS.items():
        if status in _OF_THE_API and not request.path.startswith(API_PATH):
            continue
        options = struck(state, status)
        if options is not None:
            return _refused_by_fault(state, RefusedError(int(status), message), options)
    if request.path.startswith(API_PATH):
        _check_token(state)
        state.busy.enter(state.clock.now())
    return None


def _refused_by_fault(state: State, refusal: RefusedError, options: dict[str, object]) -> Response:
    response = _refusal(state, refusal)
    if "retry_after" in options:
        response.headers["Retry-After"] = str(options["retry_after"])
    return response


def _check_token(state: State) -> None:
    # M12: every call carries a bearer token, and it is one that lives.
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    user = state.oauth.user_of(token)
    if scheme != "Bearer" or user is None:
        raise RefusedError(401, _REFUSALS["401"])
    # M13: every call runs as the user who consented, and may what that role may.
    g.rights = min(rights_of(user), state.switches.rights, key=RIGHTS.index)


def _refusal(state: State, refusal: RefusedError) -> Response:
    response = jsonify(refusal.body(state.switches.error_shape))
    response.status_code = refusal.status
    if refusal.status == 401:  # noqa: PLR2004 - the status is its own name
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.status == 429:  # noqa: PLR2004 - likewise
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _leave(state: State, response: Response) -> Response:
    # M57: faults that strike when all is done, and spoil the answer only.
    if g.done and struck(state, "answer-lost") is not None:
        g.dropped = True
    if response.is_json and g.fault is None and struck(state, "half-json") is not None:
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
    status = NO_STATUS if g.fault == "no-answer" else response.status_code
    query = request.query_string.decode()
    at = state.clock.now().isoformat()
    state.journal.write(Call(request.method, request.path, query, g.endpoint, status, at, g.fault))
    request.environ[_DROPPED] = g.dropped
    return response


def read_object() -> dict[str, object]:
    """Return the JSON object of the body.

    Raises:
        RefusedError: 415 or 400, the body is not what M5 asks for.
    """
    if request.mimetype != "application/json":
        raise RefusedError(415, f"The media type {request.mimetype!r} is not supported.")
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise RefusedError(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise RefusedError(400, "The body is not an object.")
    return body
