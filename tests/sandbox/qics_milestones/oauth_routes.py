"""The token call of QM's OAuth2 server; the pages before it stand in `login`."""

from flask import Blueprint, Response, g, jsonify, request

from tests.sandbox.qics_milestones.gate import struck
from tests.sandbox.qics_milestones.oauth import OAuthError
from tests.sandbox.qics_milestones.state import TOKEN_PATH, State


def blueprint(state: State) -> Blueprint:
    """Return the route of the token call."""
    routes = Blueprint("oauth", __name__)

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
