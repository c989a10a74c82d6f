"""The web application: thin routes around the API, the login and the control of the sandbox."""

from typing import TYPE_CHECKING

from flask import Flask, Response, request

from tests.sandbox.common.app import SandboxApp
from tests.sandbox.common.pages import style_sheet
from tests.sandbox.common.server import drop_connection
from tests.sandbox.exact_online.api import Api, Outcome
from tests.sandbox.exact_online.calls import incoming
from tests.sandbox.exact_online.control_routes import control_routes
from tests.sandbox.exact_online.login import login_routes

if TYPE_CHECKING:
    from tests.sandbox.exact_online.sandbox import ExactSandbox

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build_app(sandbox: "ExactSandbox", api: Api) -> Flask:
    """Build the application of one sandbox."""
    app = SandboxApp("exact_online")
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a dropped connection must not become a 500

    def token() -> Response:
        return _sent(api.token(incoming(request)))

    def call(path: str) -> Response:  # noqa: ARG001 - the whole path is read from the request
        return _sent(api.call(incoming(request)))

    app.add_url_rule("/api/oauth2/token", view_func=token, methods=METHODS)
    app.add_url_rule("/api/v1/<path:path>", view_func=call, methods=METHODS)
    app.register_blueprint(login_routes(sandbox))
    app.register_blueprint(style_sheet())
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
