"""The faults this sandbox can be armed with, and what each does to an answer."""

import json
from collections.abc import Callable
from decimal import Decimal

from flask import Response

from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online import answers

KINDS = frozenset(
    {
        "no-answer",
        "slow",
        "answer-lost",
        "late-commit",
        "500",
        "503",
        "429-minute",
        "429-day",
        "maintenance",
        "object-moved",
        "408",
        "half-json",
        "other-answer",
        "foreign-next",
        "repeated-next",
        "token-answer-lost",
        "token-empty",
        "token-gateway",
    }
)

# Answers that come instead of any work (X6, X43, X133, X135, X191).
INSTEAD: dict[str, Callable[[], Response]] = {
    "500": answers.server_error,
    "503": lambda: answers.bare(503),
    "408": lambda: answers.bare(408),
    "maintenance": answers.maintenance,
    "object-moved": answers.object_moved,
}
# Good answers made bad; a next link that leads astray is X50.
SPOILING = ("half-json", "foreign-next", "repeated-next")


class DroppedError(Exception):
    """The connection breaks without an answer; `kind` is the fault that did it."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def other_answer(fault: Fault) -> Response:
    """Return any answer in the place of the true one, carried out or not (X165).

    Options: `status`; `text` in the envelope of X132, or `body` with its `content_type`; `reason`
    for the header of that name.
    """
    options = fault.options
    status = int(options.get("status", 500))
    if "text" in options:
        response = answers.refusal(str(options["text"]), status)
    else:
        kind = str(options.get("content_type", answers.HTML))
        response = Response(str(options.get("body", "")), status, content_type=kind)
    if "reason" in options:
        response.headers["Reason"] = str(options["reason"])
    return response


def spoil(fault: Fault, response: Response, url: str) -> Response:
    """Return a good answer made bad."""
    if fault.kind == "half-json":
        return _half(response, lying=bool(fault.options.get("lying")))
    body = json.loads(response.get_data(as_text=True), parse_float=Decimal)
    found = body.get("d")
    if isinstance(found, dict) and "results" in found:
        foreign = str(fault.options.get("host", "https://elders.example"))
        link = str(found.get("__next") or url)
        _, _, rest = link.partition("/api/")
        found["__next"] = f"{foreign}/api/{rest}" if fault.kind == "foreign-next" else url
        return answers.data(body, response.status_code)
    return response


def _half(response: Response, *, lying: bool) -> Response:
    """Cut the body; when lying, the header still promises all of it."""
    whole = response.get_data()
    cut = Response(whole[: len(whole) // 2], response.status_code, content_type=answers.JSON)
    if lying:
        cut.headers["Content-Length"] = str(len(whole))
    return cut
