"""Lambda handler of the webhook of Exact: requests of the HTTP API."""

from typing import Any

from koppeling import bootstrap
from koppeling.bootstrap.observability import invocation


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Answer one request of Exact."""
    desk = bootstrap.wiring(context).webhook_desk
    with invocation(context):
        return desk.answer(event)
