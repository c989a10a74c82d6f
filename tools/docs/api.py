"""The description of the HTTPS API (OpenAPI 3.1), and the page docs/api.md about it.

Both follow from the addresses that the code answers, the contract of the document, and the words
below; a test holds what is committed against them.
"""

import json
from collections.abc import Iterable
from typing import Any

from koppeling.intake.addresses import ADDRESSES, Address, Operation
from koppeling.intake.http import JSON, PROBLEM
from koppeling.intake.problem import STATUS, ApiTrouble, body_of
from tools.docs.api_schemas import schemas
from tools.docs.api_words import (
    ANSWERS,
    DESCRIPTIONS,
    HEADERS,
    HEADERS_OF,
    INTRODUCTION,
    PARAMETERS,
)
from tools.docs.errors import EXAMPLES
from tools.paths import ROOT

DESCRIPTION = ROOT / "layers/koppeling/koppeling/intake/openapi.json"
# A part of it that a program may rely on never goes
VERSION = "1.0.0"

BODIES = {
    Operation.HAND_IN: "Invoice",
    Operation.VALIDATE: "Invoice",
    Operation.UPLOAD_PDF: "PdfAnnounced",
}
_OF_EVERY_KEY = (
    ApiTrouble.NO_KEY,
    ApiTrouble.NOT_FOUND,
    ApiTrouble.TOO_FAST,
    ApiTrouble.FAILURE,
    ApiTrouble.BUSY,
)
_OF_A_BODY = (
    ApiTrouble.NO_JSON,
    ApiTrouble.TOO_LARGE,
    ApiTrouble.NO_JSON_TYPE,
    ApiTrouble.NOT_VALID,
)
_OF_A_DOCUMENT = (ApiTrouble.CHANGED,)


def description() -> dict[str, Any]:
    """Return the description."""
    paths: dict[str, dict[str, Any]] = {}
    for address in ADDRESSES:
        paths.setdefault(address.path, {})[address.method.lower()] = _operation(address)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Koppeling: invoices",
            "version": VERSION,
            "summary": "Hand in processed invoices, which are booked in Exact Online.",
            "description": INTRODUCTION,
            "contact": {"name": "Qics"},
            "license": {"name": "Proprietary", "identifier": "LicenseRef-Qics"},
        },
        "servers": [{"url": "https://koppeling.example"}],
        "security": [{"key": []}],
        "tags": [{"name": "invoices", "description": "What becomes of invoices."}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The key of a connection: `kop_<connection>_…`.",
                }
            },
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": {name_of(trouble): problem_of(trouble) for trouble in ApiTrouble},
            "schemas": schemas(),
        },
    }


def text() -> str:
    """Return the description as it is committed."""
    return json.dumps(description(), indent=1, ensure_ascii=False) + "\n"


def _operation(address: Address) -> dict[str, Any]:
    summary, told = DESCRIPTIONS[address.operation]
    wanted: dict[str, Any] = {
        "operationId": _camel(address.operation),
        "tags": ["invoices"],
        "summary": summary,
        "description": told,
    }
    if address.operation is Operation.DESCRIBE:
        wanted["security"] = []
    if parameters := list(_parameters(address)):
        wanted["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    if body := BODIES.get(address.operation):
        wanted["requestBody"] = {"required": True, "content": {JSON: _content(body)}}
    return {**wanted, "responses": responses_of(address.operation)}


def _parameters(address: Address) -> Iterable[str]:
    yield from (name for name in ("connection", "number") if f"{{{name}}}" in address.path)
    if address.operation is Operation.LIST_INVOICES:
        yield from ("state", "since", "cursor")
    if address.operation is not Operation.DESCRIBE:
        yield "language"


def _content(shape: str) -> dict[str, Any]:
    found: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{shape}"}}
    if shape == "Invoice":
        example = json.loads((EXAMPLES / "invoice.json").read_text())
        return {**found, "examples": {"invoice": {"value": example}}}
    return found


def responses_of(operation: Operation) -> dict[str, Any]:
    """Return the answers of an operation by their status."""
    found: dict[str, Any] = {}
    for status, (shape, told) in ANSWERS[operation].items():
        content = _content(shape) if shape else {"schema": {"type": "object"}}
        found[str(status.value)] = {"description": told, "content": {JSON: content}}
        if operation is Operation.HAND_IN:
            location = {"$ref": "#/components/headers/Location"}
            found[str(status.value)]["headers"] = {"Location": location}
    for trouble in sorted(_troubles(operation), key=lambda each: STATUS[each]):
        reference = f"#/components/responses/{name_of(trouble)}"
        found[str(STATUS[trouble].value)] = {"$ref": reference}
    return found


def _troubles(operation: Operation) -> Iterable[ApiTrouble]:
    if operation is Operation.DESCRIBE:
        return (ApiTrouble.FAILURE, ApiTrouble.BUSY)
    found = [*_OF_EVERY_KEY]
    if operation in BODIES:
        found += _OF_A_BODY
    if BODIES.get(operation) == "Invoice":
        found += _OF_A_DOCUMENT
    if operation is Operation.LIST_INVOICES:
        found.append(ApiTrouble.NOT_VALID)
    return found


def problem_of(trouble: ApiTrouble) -> dict[str, Any]:
    """Return the answer that tells a trouble, with an example."""
    body = body_of(trouble, (), "en", "JKJaXmPLvHcESHA=")
    schema = {"$ref": "#/components/schemas/Problem"}
    held: dict[str, Any] = {
        "description": body["title"],
        "content": {PROBLEM: {"schema": schema, "examples": {"problem": {"value": body}}}},
    }
    if headers := HEADERS_OF.get(trouble):
        held["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return held


def name_of(trouble: ApiTrouble) -> str:
    """Return what the description calls the answer of a trouble."""
    return "".join(word.title() for word in trouble.split("-"))


def _camel(operation: Operation) -> str:
    first, *others = operation.split("-")
    return first + "".join(word.title() for word in others)
