"""The two addresses of QM's OAuth2 server: the page of the consent, and the token call."""

from html import escape
from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.qics_milestones.errors import RefusedError
from tests.sandbox.qics_milestones.gate import struck
from tests.sandbox.qics_milestones.oauth import DEFAULT_USER, OAuthError
from tests.sandbox.qics_milestones.state import AUTH_PATH, TOKEN_PATH, State

_OWN = {"response_type", "client_id", "redirect_uri"}
_PAGE = """<!doctype html>
<html lang="nl"><meta charset="utf-8"><title>Toegang geven</title>
<h1>Toegang geven aan de koppeling</h1>
<form method="post">
<label>Gebruiker <input name="user" value="{user}"></label>
<button name="answer" value="allow">Toestaan</button>
<button name="answer" value="refuse">Weigeren</button>
</form></html>
"""


def blueprint(state: State) -> Blueprint:
    """Return the routes of the OAuth2 server."""
    routes = Blueprint("oauth", __name__)

    @routes.get(AUTH_PATH)
    def page() -> str:
        _check_consent_call(state)
        return _PAGE.format(user=escape(DEFAULT_USER))

    @routes.post(AUTH_PATH)
    def consent() -> AnyResponse:
        _check_consent_call(state)
        redirect_uri = request.args["redirect_uri"]
        if request.form.get("answer") == "allow":
            user = request.form.get("user", DEFAULT_USER)
            outcome = {"code": state.oauth.authorise(user, redirect_uri)}
        else:
            outcome = {"error": "access_denied"}
        return redirect(_back(redirect_uri, outcome))

    @routes.post(TOKEN_PATH)
    def token() -> Response:
        try:
            answer = jsonify(state.oauth.token(request.form))
        except OAuthError as error:
            answer = jsonify(error.body)
            answer.status_code = error.status
        else:
            # M57: the refresh token is spent, yet the new pair never arrives.
            g.dropped = struck(state, "token-answer-lost") is not None
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes


def _check_consent_call(state: State) -> None:
    args = request.args
    if args.get("response_type") != "code":
        raise RefusedError(400, "response_type must be code.", "response_type")
    if not state.oauth.knows_client(args.get("client_id", ""), args.get("redirect_uri", "")):
        # Nobody is sent to an address that the customer did not register.
        raise RefusedError(400, "client_id or redirect_uri is not registered.", "redirect_uri")


def _back(redirect_uri: str, outcome: dict[str, str]) -> str:
    # M9: extra parameters are kept, so `state` survives.
    extra = {name: value for name, value in request.args.items() if name not in _OWN}
    joint = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{joint}{urlencode({**extra, **outcome})}"
