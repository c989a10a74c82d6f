"""JSON whose numbers keep their digits: read as `Decimal`, written as they are, never a float."""

import json
import re
from decimal import Decimal
from typing import Any

# Numbers pass the encoder as marked text; no text that the link carries holds this character (L4).
_MARK = "\x00"
_MARKED = re.compile(r'"\\u0000(-?[0-9.]+)\\u0000"')


def loads(content: bytes | str) -> Any:  # noqa: ANN401 - the JSON edge
    """Read JSON.

    Raises:
        ValueError: it is no JSON, or breaks off.
    """
    return json.loads(content, parse_float=Decimal)


def dumps(body: object) -> bytes:
    """Write JSON; a Decimal becomes a number with the same digits.

    Raises:
        TypeError: the body holds something that JSON does not know.
    """
    return _MARKED.sub(r"\1", json.dumps(body, default=_marked)).encode()


def _marked(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"JSON cannot hold {type(value).__name__}")
    return f"{_MARK}{value:f}{_MARK}"
