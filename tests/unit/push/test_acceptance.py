"""What an invoice must pass before it goes into the inbox: the checks of the booking, at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from koppeling.push.acceptance import NotAccepted, accept, same_content
from koppeling.push.invoice_checks import Skip
from tests.sandbox.connecting import company_connection
from tests.sandbox.invoices import build_invoice
from tests.unit.intake_program import in_bytes

CONNECTION = company_connection()
DOCUMENT = build_invoice("20260412").document


def found(document: Mapping[str, Any], number: str = "20260412") -> list[tuple[str, str, str]]:
    """Return the code, the reason and the place of everything that is wrong."""
    with pytest.raises(NotAccepted) as refused:
        accept(in_bytes(document), CONNECTION, number)
    return [
        (each.error.code, each.error.values.get("reason", ""), each.pointer)
        for each in refused.value.refused
    ]


def with_line(place: int, **fields: object) -> dict[str, Any]:
    lines = [dict(line) for line in DOCUMENT["lines"]]
    lines[place] |= fields
    return {**DOCUMENT, "lines": lines}


def test_a_right_document_passes() -> None:
    accepted = accept(in_bytes(DOCUMENT), CONNECTION, "20260412")

    assert (accepted.invoice.number, accepted.skip) == ("20260412", None)


@pytest.mark.parametrize(
    ("document", "reason", "pointer"),
    [
        ({**DOCUMENT, "currency": "euro"}, "pattern", "/currency"),
        ({name: DOCUMENT[name] for name in DOCUMENT if name != "totals"}, "missing", "/totals"),
        ({**DOCUMENT, "surprise": 1}, "unknown", "/surprise"),
        (with_line(1, vat_code=""), "empty", "/lines/1/vat_code"),
        (with_line(2, amount_excl_vat="1.005"), "decimals", "/lines/2/amount_excl_vat"),
        ({**DOCUMENT, "due_date": "2020-01-01"}, "due", "/due_date"),
        ({**DOCUMENT, "currency": "USD", "exchange_rate": None}, "rate", "/exchange_rate"),
        ({**DOCUMENT, "connection_id": "another-01"}, "foreign-address", "/connection_id"),
        ({**DOCUMENT, "invoice_number": "20260413"}, "other-number", "/invoice_number"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    document: Mapping[str, Any], reason: str, pointer: str
) -> None:
    assert ("invoice-not-valid", reason, pointer) in found(document)


def test_more_than_one_thing_is_told_at_a_time() -> None:
    totals = {**DOCUMENT["totals"], "amount_incl_vat": "1.00"}
    told = found({**DOCUMENT, "totals": totals, "due_date": "2020-01-01"})

    assert told == [
        ("invoice-totals-mismatch", "", "/totals"),
        ("invoice-not-valid", "due", "/due_date"),
    ]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"<xml/>"])
def test_what_is_no_json_is_told_apart(content: bytes) -> None:
    with pytest.raises(NotAccepted) as refused:
        accept(content, CONNECTION)

    assert refused.value.is_unreadable


def test_an_invoice_that_becomes_no_entry_passes_whatever_its_amounts_are() -> None:
    connection = replace(CONNECTION, start_date=date(2027, 1, 1))
    document = {**DOCUMENT, "due_date": "2020-01-01"}

    assert accept(in_bytes(document), connection).skip is Skip.BEFORE_START_DATE


def test_the_same_content_may_be_written_in_another_way_and_at_another_moment() -> None:
    one = in_bytes(DOCUMENT)
    turned = in_bytes(dict(reversed(DOCUMENT.items())) | {"processed_at": "2026-11-03T00:00:00Z"})

    assert same_content(one, b"\xef\xbb\xbf" + turned)
    assert not same_content(one, in_bytes({**DOCUMENT, "pdf": None}))
    assert not same_content(one, b"[")
