"""Lambda handler of the login pages: requests of the HTTP API."""

from typing import Any

from koppeling import bootstrap
from koppeling.auth.pages.routes import LoginRoutes
from koppeling.bootstrap.observability import invocation


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Answer one request of a browser."""
    routes: LoginRoutes = bootstrap.wiring(context).login_routes
    with invocation(context):
        return routes.answer(event, context)
