"""Lambda handler of the bookkeeper's pages: requests of the HTTP API."""

from typing import Any

from koppeling import bootstrap
from koppeling.bootstrap.observability import invocation
from koppeling.portal.pages.routes import PortalRoutes


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Answer one request of a browser."""
    routes: PortalRoutes = bootstrap.wiring(context).portal_routes
    with invocation(context):
        return routes.answer(event, context)
