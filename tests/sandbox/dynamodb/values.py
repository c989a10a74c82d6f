"""Items and values as the wire has them, how they compare, and how DynamoDB refuses."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

type Value = dict[str, Any]
type Item = dict[str, Value]


class Refusal(Exception):  # noqa: N818 - what DynamoDB answers, which is not always an error
    """DynamoDB answers with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression is about: an item, and what its placeholders stand for."""

    item: Item
    names: Mapping[str, str]
    values: Mapping[str, Value]


def pair(left: Value | None, right: Value | None) -> tuple[Any, Any] | None:
    """Return two values to compare; None when one is not there, or they are not of a kind."""
    if left is None or right is None or left.keys() != right.keys():
        return None
    return _comparable(left), _comparable(right)


def total(left: Value, right: Value) -> Value:
    """Add two numbers."""
    if left.keys() != {"N"} or right.keys() != {"N"}:
        raise NotImplementedError(f"{left} and {right}: only numbers are added")
    return {"N": str(Decimal(left["N"]) + Decimal(right["N"]))}


def _comparable(value: Value) -> Any:  # noqa: ANN401 - bytes or a number
    """Return something that sorts as DynamoDB sorts a value: texts by their bytes."""
    match value:
        case {"S": text}:
            return str(text).encode()
        case {"N": number}:
            return Decimal(number)
        case {"B": encoded}:
            return b64decode(encoded)
    raise NotImplementedError(f"a value such as {value}")
