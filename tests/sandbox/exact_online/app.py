"""The web application: thin routes around the API, the login and the control of the sandbox."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask, Response, request

from tests.sandbox.common.server import drop_connection
from tests.sandbox.exact_online import answers
from tests.sandbox.exact_online.api import Api, Outcome
from tests.sandbox.exact_online.calls import incoming
from tests.sandbox.exact_online.control_routes import control_routes

if TYPE_CHECKING:
    from tests.sandbox.exact_online.sandbox import ExactSandbox

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build_app(sandbox: "ExactSandbox", api: Api) -> Flask:
    """Build the application of one sandbox."""
    app = Flask("exact_online")
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a dropped connection must not become a 500

    def login() -> Response:
        return login_page(sandbox, request.args.to_dict())

    def token() -> Response:
        return _sent(api.token(incoming(request)))

    def call(path: str) -> Response:  # noqa: ARG001 - the whole path is read from the request
        return _sent(api.call(incoming(request)))

    app.add_url_rule("/api/oauth2/auth", view_func=login, methods=["GET"])
    app.add_url_rule("/api/oauth2/token", view_func=token, methods=METHODS)
    app.add_url_rule("/api/v1/<path:path>", view_func=call, methods=METHODS)
    app.register_blueprint(control_routes(sandbox), url_prefix="/_sandbox")
    return app


def _sent(outcome: Outcome) -> Response:
    """Hand the answer to the server, or break the connection and write nothing.

    Raises:
        ConnectionAbortedError: so that the server does not try to write on a broken wire.
    """
    if outcome.dropped:
        drop_connection(request.environ)
        raise ConnectionAbortedError(outcome.fault)
    return outcome.response


def login_page(sandbox: "ExactSandbox", query: dict[str, str]) -> Response:
    """Log in whom `login` names and send the browser back with a code (X8 to X10, X29).

    `deny=1` is the user who says no.
    """
    client_id, _, redirect_uri = sandbox.app_credentials
    known = (query.get("client_id"), query.get("redirect_uri"), query.get("response_type"))
    if known != (client_id, redirect_uri, "code"):
        return answers.bare(400)
    user = query.get("login", "")
    back = {"state": query["state"]} if "state" in query else {}
    if query.get("deny"):
        back["error"] = "access_denied"
    elif user in sandbox.world.users:
        back["code"] = sandbox.authorise(user)
    else:
        return answers.bare(401)
    return Response(status=302, headers={"Location": f"{redirect_uri}?{urlencode(back)}"})
