"""The page docs/api.md, made from the description of the HTTPS API."""

from collections.abc import Iterable, Mapping
from typing import Any

from koppeling.intake.addresses import ADDRESSES, Address
from koppeling.intake.problem import STATUS, ApiTrouble, body_of
from koppeling.push.schema import published
from tools.docs.api import BODIES, DESCRIPTION, name_of, problem_of, responses_of
from tools.docs.api_schemas import schemas
from tools.docs.api_words import DESCRIPTIONS, INTRODUCTION
from tools.paths import ROOT


def page() -> str:
    """Return the page about the API."""
    parts = [_PAGE_HEAD, INTRODUCTION, "## Calls\n"]
    parts += [_told(address) for address in ADDRESSES]
    parts += ["## Problems\n", _table(("status", "problem", "what helps"), _problem_rows())]
    parts += [
        "## States of an invoice\n",
        schemas()["InvoiceState"]["properties"]["state"]["description"],
    ]
    return "\n".join(parts) + "\n"


def _told(address: Address) -> str:
    summary, told = DESCRIPTIONS[address.operation]
    rows = [(f"{status}", what["description"]) for status, what in _answers_of(address)]
    body = BODIES.get(address.operation, "")
    sent = f"\n\nBody: {_BODY_WORDS[body]}" if body else ""
    answers = _table(("answer", "means"), rows)
    return f"### {address.method} {address.path}\n\n{summary}. {told}{sent}\n\n{answers}"


def _answers_of(address: Address) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for status, answer in responses_of(address.operation).items():
        name = answer.get("$ref", "").rpartition("/")[2]
        trouble = next((each for each in ApiTrouble if name_of(each) == name), None)
        yield status, answer if trouble is None else problem_of(trouble)


def _problem_rows() -> Iterable[tuple[str, str, str]]:
    for trouble in sorted(ApiTrouble, key=lambda each: STATUS[each]):
        body = body_of(trouble, (), "en", "")
        yield str(STATUS[trouble].value), f"`{body['type']}`", body["detail"]


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [columns, ("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


_BODY_WORDS = {
    "Invoice": "the document of the [contract](factuurcontract.md), as JSON.",
    "PdfAnnounced": '`{"sha256": "…", "size_bytes": 84213}`.',
}
_PAGE_HEAD = f"""\
# The HTTPS API for invoices

For who builds a program that hands in invoices. This page is made from
[openapi.json](../{DESCRIPTION.relative_to(ROOT)}), the description by OpenAPI 3.1 that the API
serves itself at `/v1/openapi.json`; the document is that of [the contract](factuurcontract.md)
(schema version {published()["properties"]["schema_version"]["const"]}). The address of the API is
the output `ConnectUrl` of the stack. A key comes from `koppeling keys create`.
"""
