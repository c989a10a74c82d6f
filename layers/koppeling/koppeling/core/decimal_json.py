"""JSON whose numbers keep their digits: read as `Decimal`, written unchanged, never a float."""

import json
import re
from decimal import Decimal
from secrets import token_hex
from typing import Any, NoReturn

# Of a number that cannot be read: enough for a person to find it
LONGEST_SHOWN = 60


class Unreadable(list[str]):
    """The text of a number that cannot be read, in a list so that it can be stored."""


def loads(content: bytes | str) -> Any:  # noqa: ANN401 - the JSON edge
    """Read JSON.

    Raises:
        ValueError: this is no JSON, or it is cut off.
    """
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_refuse)
    except (ArithmeticError, RecursionError) as error:
        raise ValueError("no JSON that can be read") from error


def loads_as_sent(content: bytes | str) -> Any:  # noqa: ANN401 - the JSON edge
    """Read JSON although a value in it is none: NaN, a number without end, a bare line break.

    Such a number becomes `Unreadable`, which no field may hold. So it concerns its own row only.

    Raises:
        ValueError: this is no JSON, or it is cut off.
    """
    try:
        return loads(content)
    except ValueError:
        pass
    try:
        return json.loads(
            content,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_unreadable,
            strict=False,
        )
    except RecursionError as error:
        raise ValueError("JSON that is nested too deep") from error


def dumps(body: object) -> bytes:
    """Write JSON; a Decimal becomes a number with the same digits.

    Raises:
        TypeError: the body holds a value that JSON cannot represent.
        ValueError: the body holds NaN or an infinite number.
    """
    # The encoder gets numbers as text with a random mark, which no other text can contain
    mark = token_hex(8)

    def marked(value: object) -> str:
        if not isinstance(value, Decimal):
            raise TypeError(f"JSON cannot hold {type(value).__name__}")
        if not value.is_finite():
            _refuse(str(value))
        return f"{mark}{value:f}"

    text = json.dumps(body, default=marked, allow_nan=False)
    return re.sub(rf'"{mark}(-?[0-9.]+)"', r"\1", text).encode()


def as_text(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value with its Decimals as text, for readers that turn JSON numbers into floats."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {name: as_text(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(held) for held in value]
    return value


def _number(text: str) -> int | Decimal | Unreadable:
    """Return a number, or what stands for one that is too long to be read."""
    try:
        return int(text) if text.lstrip("-").isdecimal() else Decimal(text)
    except (ArithmeticError, ValueError):
        return _unreadable(text)


def _unreadable(text: str) -> Unreadable:
    return Unreadable([text[:LONGEST_SHOWN]])


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"JSON has no {constant}")
