"""The description of the API that it serves itself: OpenAPI 3.1, made by `tools.docs.api`."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "openapi.json"


@cache
def published() -> str:
    """Return the description as it is committed."""
    return (files("koppeling.intake") / FILE).read_text(encoding="utf-8")


@cache
def description(base: str) -> dict[str, Any]:
    """Return the description with the address at which this API answers."""
    found: dict[str, Any] = json.loads(published())
    return {**found, "servers": [{"url": base}]}
