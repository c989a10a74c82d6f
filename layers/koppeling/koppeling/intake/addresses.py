"""The addresses of the API: which there are, and which of them a request asks for.

A number of an invoice may hold slashes. A program encodes them, and the API of AWS decodes them
before we see the path, so the number is all that follows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from urllib.parse import quote, unquote

_PLACE = re.compile(r"{(\w+)}")
# What a place in an address may hold; the number of an invoice may hold slashes
_HOLDS = {"connection": "[^/]+", "number": ".+"}


class Operation(StrEnum):
    """What a program may ask for."""

    DESCRIBE = "describe"
    HAND_IN = "hand-in"
    UPLOAD_PDF = "upload-pdf"
    SHOW_INVOICE = "show-invoice"
    LIST_INVOICES = "list-invoices"
    SHOW_STATUS = "show-status"
    VALIDATE = "validate"


@dataclass(frozen=True, slots=True)
class Address:
    """An operation with its method and its path."""

    operation: Operation
    method: str
    path: str


_INVOICES = "/v1/connections/{connection}/invoices"
# A more particular one first
ADDRESSES = (
    Address(Operation.DESCRIBE, "GET", "/v1/openapi.json"),
    Address(Operation.UPLOAD_PDF, "POST", f"{_INVOICES}/{{number}}/pdf"),
    Address(Operation.HAND_IN, "PUT", f"{_INVOICES}/{{number}}"),
    Address(Operation.SHOW_INVOICE, "GET", f"{_INVOICES}/{{number}}"),
    Address(Operation.LIST_INVOICES, "GET", _INVOICES),
    Address(Operation.SHOW_STATUS, "GET", "/v1/connections/{connection}/status"),
    Address(Operation.VALIDATE, "POST", "/v1/connections/{connection}/validate"),
)


@dataclass(frozen=True, slots=True)
class ApiCall:
    """What a request asks for, with what its address names."""

    operation: Operation
    connection: str = ""
    number: str = ""


def asked_for(method: str, path: str) -> ApiCall | list[str]:
    """Return what a request asks for, or the methods that its path has instead."""
    matches = [
        (each, found)
        for each in ADDRESSES
        if (found := _pattern(each.path).fullmatch(path)) is not None
    ]
    for each, found in matches:
        if each.method == method:
            return ApiCall(each.operation, **_named(found.groupdict()))
    return sorted({each.method for each, _ in matches})


def address_of(connection: str, number: str) -> str:
    """Return the path of an invoice."""
    return _INVOICES.replace("{connection}", connection) + f"/{quote(number, safe='')}"


def _named(places: Mapping[str, str]) -> dict[str, str]:
    return {name: unquote(value) for name, value in places.items()}


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(
        _PLACE.sub(lambda place: f"(?P<{place[1]}>{_HOLDS[place[1]]})", path), re.DOTALL
    )
