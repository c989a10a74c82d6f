"""The door of the login pages: requests of the HTTP API."""

from typing import Any

from koppeling import bootstrap
from koppeling.observability import invocation
from koppeling.portal.routes import Portal


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Answer one request of a browser."""
    portal: Portal = bootstrap.wiring().portal
    with invocation(context):
        return portal.answer(event, context)
