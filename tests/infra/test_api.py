"""The description of the HTTPS API: what the code answers, right by OpenAPI, and never less.

`python -m tools.docs.pages` writes the description anew. `python -m tests.infra.test_api` takes an
addition into what was promised; it refuses what would break a program.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from koppeling.intake.addresses import ADDRESSES
from koppeling.intake.openapi import description as served
from koppeling.intake.openapi import published
from koppeling.intake.problem import STATUS, ApiTrouble
from tools.docs import api, api_page
from tools.docs.api_changes import breaking
from tools.paths import ROOT

PROMISED = Path(__file__).with_name("api.promised.json")
HAND_IN = "/v1/connections/{connection}/invoices/{number}"


def promised() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PROMISED.read_text())
    return found


def test_the_description_and_its_page_are_what_the_code_says_now() -> None:
    assert published() == api.text()
    assert (ROOT / "docs" / "api.md").read_text() == api_page.page()


def test_the_description_is_right_by_openapi() -> None:
    validate(api.description())


def test_every_address_is_described_with_an_id_of_its_own() -> None:
    paths = api.description()["paths"]
    described = {(method.upper(), path) for path, found in paths.items() for method in found}
    ids = [one["operationId"] for found in paths.values() for one in found.values()]

    assert described == {(each.method, each.path) for each in ADDRESSES}
    assert len(ids) == len(set(ids))


def test_every_trouble_of_an_operation_is_one_of_its_answers() -> None:
    for found in api.description()["paths"].values():
        for one in found.values():
            assert {"500", "503"} <= one["responses"].keys()
            if one.get("security") != []:
                assert {"401", "404", "429"} <= one["responses"].keys()
    assert len(set(STATUS.values())) == len(ApiTrouble)


def test_it_is_served_with_the_address_at_which_it_is_served() -> None:
    assert served("https://koppeling.example/x")["servers"] == [
        {"url": "https://koppeling.example/x"}
    ]


def test_nothing_that_was_promised_is_broken() -> None:
    assert breaking(promised(), api.description()) == []


def test_what_was_promised_is_the_whole_description() -> None:
    """An addition is promised as well, from the moment it is served."""
    assert breaking(api.description(), promised()) == []


def changed(*path: str, to: object = None) -> dict[str, Any]:
    """Return the description with one place changed, or without it."""
    whole = deepcopy(api.description())
    held: Any = whole
    for name in path[:-1]:
        held = held[name]
    if to is None:
        del held[path[-1]]
    else:
        held[path[-1]] = to
    return whole


SCHEMAS = ("components", "schemas")


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (changed("paths", HAND_IN, "put"), "PUT"),
        (changed("paths", HAND_IN, "put", "responses", "202"), "202: gone"),
        (changed("paths", HAND_IN, "put", "operationId", to="x"), "operationId"),
        (changed(*SCHEMAS, "HandedIn", "properties", "address"), "address: gone"),
        (changed(*SCHEMAS, "HandedIn", "required", to=[]), "not always there"),
        (changed(*SCHEMAS, "InvoiceState", "properties", "state", "enum", to=["x"]), "enum"),
        (changed(*SCHEMAS, "Invoice", "properties", "currency", "pattern", to="x"), "pattern"),
        (changed(*SCHEMAS, "PdfAnnounced", "properties", "size_bytes", "maximum", to=9), "maximum"),
        (changed("components", "parameters", "since", "required", to=True), "wanted now"),
        (changed("components", "responses", "TooFast", "headers"), "Retry-After: gone"),
    ],
)
def test_a_change_that_breaks_a_program_is_told(after: dict[str, Any], told: str) -> None:
    assert any(told in each for each in breaking(api.description(), after))


@pytest.mark.parametrize(
    "after",
    [
        changed("info", "description", to="other words"),
        changed(*SCHEMAS, "HandedIn", "properties", "more", to={"type": "string"}),
        changed(*SCHEMAS, "PdfAnnounced", "required", to=["sha256"]),
        changed(*SCHEMAS, "PdfAnnounced", "properties", "size_bytes", "maximum", to=20_000_000),
        changed("paths", "/v1/more", to={"get": {"responses": {}}}),
    ],
)
def test_an_addition_breaks_nothing(after: dict[str, Any]) -> None:
    assert breaking(api.description(), after) == []


def main() -> None:
    """Promise what is described now.

    Raises:
        SystemExit: that would break a program.
    """
    broken = breaking(promised(), api.description()) if PROMISED.exists() else []
    if broken:
        raise SystemExit("\n".join(broken))
    PROMISED.write_text(api.text())


if __name__ == "__main__":
    main()
