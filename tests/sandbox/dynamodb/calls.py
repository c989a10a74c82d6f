"""Lets every DynamoDB client of this process call tables in memory, while they stand."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.handlers import BUILTIN_HANDLERS, REGISTER_LAST

from tests.sandbox.dynamodb.service import Service
from tests.sandbox.dynamodb.values import Refusal

_OK, _REFUSED = 200, 400
_standing: list[Service] = []


@dataclass(frozen=True, slots=True)
class Status:
    """As much of an HTTP answer as a client looks at."""

    status_code: int


@contextmanager
def in_memory(service: Service) -> Iterator[None]:
    """Let these tables answer while the block runs."""
    _standing.append(service)
    try:
        yield
    finally:
        _standing.remove(service)


def standing() -> Service:
    """Return the tables that answer at the moment."""
    return _standing[-1]


def _answer(
    model: Any,  # noqa: ANN401 - botocore makes its models at run time
    params: Mapping[str, Any],
    **_: object,
) -> tuple[Status, Mapping[str, Any]] | None:
    """Answer before a call is signed and sent; None leaves it to the wire, or to moto."""
    if not _standing:
        return None
    try:
        answer = _standing[-1].answer(model.name, json.loads(params["body"]))
    except Refusal as refusal:
        error = {"Code": refusal.code, "Message": str(refusal)}
        return Status(_REFUSED), {"Error": error, "ResponseMetadata": {}}
    return Status(_OK), _decoded(answer)


def _decoded(answer: Any) -> Any:  # noqa: ANN401 - JSON
    """Return an answer as a client reads it: bytes are bytes."""
    if isinstance(answer, dict):
        if answer.keys() == {"B"}:
            return {"B": b64decode(answer["B"])}
        return {name: _decoded(value) for name, value in answer.items()}
    return [_decoded(each) for each in answer] if isinstance(answer, list) else answer


# Every client that is made from now on asks here, after whoever watches it has had its turn
BUILTIN_HANDLERS.append(("before-call.dynamodb", _answer, REGISTER_LAST))
