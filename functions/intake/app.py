"""Lambda handler of the HTTPS API for invoices: requests of the HTTP API."""

from typing import Any

from koppeling import bootstrap
from koppeling.bootstrap.observability import invocation
from koppeling.intake.routes import IntakeRoutes


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Answer one request of a program."""
    routes: IntakeRoutes = bootstrap.wiring(context).intake_routes
    with invocation(context):
        return routes.answer(event)
