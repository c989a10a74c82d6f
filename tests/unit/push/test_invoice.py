from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.catalogue import cause
from koppeling.core.errors import Reject
from koppeling.push.invoice import Invoice, InvoiceKind, content_hash
from koppeling.push.invoice_checks import Skip, check_invoice, is_existing, reason_to_skip
from tests.unit.push.world import connection, example, with_line


def invoice(name: str = "invoice", **changes: object) -> Invoice:
    return Invoice.from_document(example(name, **changes))


def checked(document: dict[str, Any]) -> tuple[str, ...]:
    return check_invoice(Invoice.from_document(document))


def one_line(amount: str, vat: str, currency: str = "EUR", kind: str = "invoice") -> dict[str, Any]:
    document = example(currency=currency, kind=kind)
    first = document["lines"][0] | {"amount_excl_vat": amount, "vat_amount": vat}
    incl = str(Decimal(amount) + Decimal(vat))
    totals = {"amount_excl_vat": amount, "vat_amount": vat, "amount_incl_vat": incl}
    return document | {"lines": [first], "totals": totals}


def refusal_of(document: dict[str, Any]) -> Reject:
    with pytest.raises(Reject) as refusal:
        checked(document)
    return refusal.value


def test_a_document_is_read_with_decimals_and_dates() -> None:
    read = invoice()

    assert read.number == "20260412"
    assert read.kind is InvoiceKind.INVOICE
    assert read.title == "Factuur 20260412"
    assert read.invoice_date == date(2026, 10, 31)
    assert read.due_date == date(2026, 11, 30)
    assert read.amount_incl == Decimal("4887.51")
    assert read.lines[3].quantity == Decimal(-1)
    assert read.lines[0].vat_percentage == Decimal(21)
    assert read.pdf
    assert read.pdf.file_name == "20260412.pdf"


def test_what_is_optional_may_be_absent() -> None:
    document = with_line(example(pdf=None, due_date=None), 0, description="Advies")
    del document["invoice_id"]
    del document["lines"][0]["vat_percentage"]
    del document["lines"][0]["item_code"]

    read = Invoice.from_document(document)

    assert (read.pdf, read.due_date, read.invoice_id) == (None, None, None)
    assert (read.lines[0].vat_percentage, read.lines[0].item_code) == (None, None)


def test_a_credit_note_is_called_so() -> None:
    assert invoice("credit").title == "Creditfactuur 20260431"
    assert invoice("credit").is_credit


def test_the_hash_follows_what_is_booked_and_nothing_else() -> None:
    document = example()
    reordered = dict(reversed(list(document.items())))
    without_null = {k: v for k, v in document.items() if k != "original_invoice_number"}
    other_pdf = document | {"pdf": None, "processed_at": "2026-11-03T00:00:00Z"}
    other_amount = with_line(document, 2, amount_excl_vat="71.77")

    assert content_hash(reordered) == content_hash(document)
    assert content_hash(without_null) == content_hash(document)
    assert content_hash(other_pdf) == content_hash(document)
    assert content_hash(other_amount) != content_hash(document)


@pytest.mark.parametrize("name", ["invoice", "credit"])
def test_both_examples_hold(name: str) -> None:
    assert checked(example(name)) == ()


@pytest.mark.parametrize(
    ("changes", "found", "stated"),
    [
        ({"amount_excl_vat": "4039.27"}, "4039.26", "4039.27"),
        ({"vat_amount": "848.24"}, "848.25", "848.24"),
        ({"amount_incl_vat": "4887.50"}, "4887.51", "4887.50"),
    ],
)
def test_totals_that_do_not_add_up_are_refused_with_both_amounts(
    changes: dict[str, str], found: str, stated: str
) -> None:
    document = example()
    document["totals"] |= changes

    refusal = refusal_of(document)

    assert refusal.code == "invoice-totals-mismatch"
    assert refusal.values == {
        "invoice": "20260412",
        "sum": f"EUR {found}",
        "total": f"EUR {stated}",
    }


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            one_line("100.005", "21.00"),
            "Het totaal zonder btw heeft meer cijfers achter de komma dan de valuta kent: EUR",
        ),
        (
            one_line("100", "21.5", "JPY"),
            "Het totaal van de btw heeft meer cijfers achter de komma dan de valuta kent: JPY",
        ),
        (
            with_line(example(), 1, vat_amount="226.801"),
            "Regel 2: het btw-bedrag heeft meer cijfers achter de komma dan de valuta kent: EUR",
        ),
        (with_line(example(), 1, line_number=1), "De regelnummers lopen niet op, of een nummer"),
        (with_line(example(), 0, line_number=9), "De regelnummers lopen niet op, of een nummer"),
        (example(due_date="2026-10-30"), "De vervaldatum ligt vóór de factuurdatum."),
        (one_line("0.00", "1.00", kind="credit"), "Het is een creditfactuur, maar het totaal is"),
        (
            example() | {"pdf": example()["pdf"] | {"key": "other/1.pdf"}},
            "De pdf ligt niet in de map van deze koppeling.",
        ),
    ],
)
def test_what_the_schema_cannot_say_is_told_in_a_sentence(
    document: dict[str, Any], sentence: str
) -> None:
    refusal = refusal_of(document)

    assert refusal.code == "invoice-not-valid"
    assert cause(refusal.code, "nl", refusal.values).startswith(sentence)


@pytest.mark.parametrize(
    "document",
    [
        one_line("100", "21", "JPY"),
        one_line("100.125", "21.005", "KWD"),
        one_line("-100.00", "-21.00"),
        example("credit", due_date="2026-11-01"),
        example(due_date=None),
        example(pdf=None),
    ],
    ids=["yen", "dinar", "settlement below 0", "credit due earlier", "no due date", "no pdf"],
)
def test_what_is_unusual_but_right_passes(document: dict[str, Any]) -> None:
    assert all("quantity" in note for note in checked(document))


def test_a_discount_on_a_line_is_a_note_and_no_refusal() -> None:
    document = with_line(example(), 0, unit_price="120.00")

    assert checked(document) == ("line 1: quantity x price differs from the amount",)


def test_one_cent_of_rounding_on_a_line_is_not_worth_a_note() -> None:
    assert checked(with_line(example(), 2, unit_price="0.22997")) == ()


def test_a_written_off_invoice_is_skipped_by_its_number_or_by_its_lines() -> None:
    nothing = one_line("0.00", "0.00")

    assert reason_to_skip(Invoice.from_document(nothing), connection()) is Skip.WRITTEN_OFF
    written_off = invoice(invoice_number="Afgeboekte factuur: 1234")
    assert reason_to_skip(written_off, connection()) is Skip.WRITTEN_OFF


def test_a_settlement_of_zero_with_lines_is_no_write_off() -> None:
    document = example()
    document["lines"] = [
        document["lines"][1],
        document["lines"][1]
        | {"line_number": 3, "quantity": "-8", "amount_excl_vat": "-1080.00"}
        | {"vat_amount": "-226.80"},
    ]

    assert reason_to_skip(Invoice.from_document(document), connection()) is None


@pytest.mark.parametrize(
    ("settings", "skip"),
    [
        ({}, Skip.BEFORE_START_DATE),
        ({"existing_as_entries": True}, None),
        ({"existing_as_pdfs": True}, None),
    ],
)
def test_an_invoice_from_before_the_start_is_skipped_unless_existing_ones_are_wanted(
    settings: dict[str, bool], skip: Skip | None
) -> None:
    later = connection(start_date=date(2026, 11, 1), **settings)

    assert is_existing(invoice(), later)
    assert reason_to_skip(invoice(), later) is skip


def test_an_invoice_of_the_start_date_itself_is_booked() -> None:
    same_day = connection(start_date=date(2026, 10, 31))

    assert reason_to_skip(invoice(), same_day) is None
