import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from koppeling.core.connection import EntryNumberSource
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.invoice import Invoice
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.sales_entry import (
    EntryCard,
    EntryReferences,
    GlAccountCard,
    amount_booked,
    compare,
    entry_body,
    ours,
)
from tests.unit.push.world import connection, example, with_line

FIELDS = Path(__file__).parents[2] / "sandbox" / "exact-fields.json"
REFERENCES = EntryReferences(
    customer=ExactId("c-1"),
    gl_accounts={
        code: GlAccountCard(ExactId(f"gl-{code}"), 110) for code in ("8000", "8005", "8020", "8090")
    },
    vat_codes={"1": "1  ", "2": "2  "},
    projects={code: ExactId(f"p-{code}") for code in ("P26009", "P26014", "P26015")},
)


def body_of(document: dict[str, Any], **settings: object) -> dict[str, Any]:
    invoice = Invoice.from_document(document)
    return entry_body(invoice, REFERENCES, connection(**settings))


def item() -> OutboxItem:
    return OutboxItem(
        connection=ConnectionId("acme"),
        number="F26-A",
        state=State.UNKNOWN,
        document_hash="",
        kind="invoice",
        currency="EUR",
        amount_excl=Decimal(100),
        vat_amount=Decimal(21),
        amount_incl=Decimal("121.00"),
        customer=ExactId("c-1"),
        journal="70",
        entry_date=date(2026, 10, 31),
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("20260412", 20260412),
        ("2147483647", 2147483647),
        ("2147483648", None),
        ("0012", None),
        ("0", None),
        ("F26-12", None),
        ("\u0661\u0662", None),
    ],
)
def test_an_entry_gets_the_number_of_its_invoice_only_where_that_was_chosen_and_fits(
    number: str, expected: int | None
) -> None:
    document = example(invoice_number=number)

    assert "EntryNumber" not in body_of(document)
    chosen = body_of(document, entry_number_source=EntryNumberSource.INVOICE)
    assert chosen.get("EntryNumber") == expected


def test_an_invoice_becomes_the_body_that_the_reference_shows() -> None:
    body = body_of(example())

    assert {name: value for name, value in body.items() if name != "SalesEntryLines"} == {
        "Journal": "70",
        "Customer": "c-1",
        "EntryDate": "2026-10-31",
        "DueDate": "2026-11-30",
        "PaymentCondition": "30",
        "YourRef": "20260412",
        "Description": "Werkzaamheden oktober 2026 - PO 4500123987",
        "Currency": "EUR",
    }
    assert body["SalesEntryLines"][0] == {
        "GLAccount": "gl-8000",
        "Description": "Advies fase 2, oktober 2026",
        "AmountFC": Decimal("4887.50"),
        "Quantity": Decimal("42.5"),
        "VATCode": "2  ",
        "VATAmountFC": Decimal("1026.38"),
        "CostCenter": "ADV",
        "Project": "p-P26014",
    }
    assert len(body["SalesEntryLines"]) == 4


def test_every_name_in_a_body_is_one_that_exact_takes() -> None:
    fields = json.loads(FIELDS.read_text(encoding="utf-8"))
    entry = fields["salesentry/SalesEntries"]["properties"]
    line = fields["salesentry/SalesEntryLines"]["properties"]
    document = with_line(example("credit", currency="USD"), 0, description="a" * 61)

    body = body_of(document)

    assert all(entry[name]["writable"] for name in body)
    assert all(line[name]["writable"] for row in body["SalesEntryLines"] for name in row)
    assert {"Rate", "DueDate", "PaymentCondition"} <= set(body)
    assert {"Notes", "CostUnit", "Project"} <= set(body["SalesEntryLines"][0])


def test_a_credit_note_has_negative_amounts_and_its_own_journal_when_there_is_one() -> None:
    assert body_of(example("credit"))["Journal"] == "70"
    body = body_of(example("credit"), credit_journal="71")

    assert body["Journal"] == "71"
    assert body["SalesEntryLines"][1]["AmountFC"] == Decimal("-45.00")
    assert body["SalesEntryLines"][1]["Quantity"] == Decimal(-3)
    assert body_of(example(), credit_journal="71")["Journal"] == "70"


def test_what_the_invoice_leaves_open_is_left_out() -> None:
    document = with_line(
        example(due_date=None, payment_condition_code=None), 0, cost_center_code=None
    )
    document = with_line(document, 0, project_code=None)

    body = body_of(document)

    assert not {"DueDate", "PaymentCondition", "Rate"} & set(body)
    assert not {"CostCenter", "CostUnit", "Project"} & set(body["SalesEntryLines"][0])


def test_a_foreign_currency_brings_its_rate() -> None:
    body = body_of(example(currency="USD", exchange_rate="0.9134"))

    assert body["Currency"] == "USD"
    assert body["Rate"] == Decimal("0.9134")


@pytest.mark.parametrize(
    ("description", "reference", "expected"),
    [
        (None, None, "Factuur 20260412"),
        (None, "PO 1", "Factuur 20260412 - PO 1"),
        ("  Werk   in mei ", None, "Werk in mei"),
        ("a" * 55, "12", "a" * 55 + " - 12"),
        ("a" * 55, "123", "a" * 55),
        ("a" * 61, "1", "a" * 60),
    ],
)
def test_the_description_takes_the_reference_along_only_when_it_fits(
    description: str | None, reference: str | None, expected: str
) -> None:
    body = body_of(example(description=description, reference=reference))

    assert body["Description"] == expected


def test_a_long_line_is_cut_and_kept_whole_in_its_notes() -> None:
    lines = body_of(with_line(example(), 0, description="é" * 70))["SalesEntryLines"]

    assert lines[0]["Description"] == "é" * 60
    assert lines[0]["Notes"] == "é" * 70
    assert "Notes" not in lines[1]


def test_a_line_of_nothing_but_spaces_has_an_empty_description() -> None:
    assert (
        body_of(with_line(example(), 0, description="  "))["SalesEntryLines"][0]["Description"]
        == ""
    )


def test_a_dimension_that_the_account_does_not_take_is_left_out() -> None:
    closed = GlAccountCard(ExactId("gl-8000"), 110, use_cost_center=2, use_cost_unit=2)
    references = EntryReferences(
        REFERENCES.customer,
        {**REFERENCES.gl_accounts, "8000": closed},
        REFERENCES.vat_codes,
        REFERENCES.projects,
    )

    body = entry_body(Invoice.from_document(example("credit")), references, connection())

    assert not {"CostCenter", "CostUnit"} & set(body["SalesEntryLines"][0])
    assert {"CostCenter", "CostUnit"} <= set(body["SalesEntryLines"][1])


def answer(**changes: object) -> dict[str, Any]:
    row = {
        "Customer": "C-1",
        "Journal": "70",
        "AmountFC": Decimal("4887.51"),
        "VATAmountFC": Decimal("848.25"),
        "YourRef": "20260412",
    }
    return row | changes


@pytest.mark.parametrize(
    ("row", "differences"),
    [
        (answer(), ()),
        (answer(AmountFC=Decimal("4887.5100000000002")), ()),
        (answer(AmountFC="4887.51"), ()),
        (answer(AmountFC=Decimal("4887.52")), ("AmountFC",)),
        (answer(AmountFC="veel"), ("AmountFC",)),
        (answer(VATAmountFC=None), ("VATAmountFC",)),
        (answer(Customer="c-2", Journal="71"), ("Customer", "Journal")),
        (answer(YourRef="20260413"), ("YourRef",)),
        (answer(SalesEntryLines={"results": [{}] * 4}), ()),
        (answer(SalesEntryLines={"results": [{}] * 3}), ("SalesEntryLines",)),
        (answer(SalesEntryLines={"results": [{}] * 3, "__next": "https://more"}), ()),
        (answer(SalesEntryLines=[{}]), ("SalesEntryLines",)),
        ({}, ("Customer", "Journal", "AmountFC", "VATAmountFC", "YourRef")),
    ],
)
def test_the_answer_is_compared_with_the_invoice_to_the_cent(
    row: dict[str, Any], differences: tuple[str, ...]
) -> None:
    invoice = Invoice.from_document(example())

    assert compare(invoice, row, REFERENCES, connection()) == differences


def test_the_amount_that_exact_booked_is_read_when_it_is_there() -> None:
    assert amount_booked({"AmountFC": Decimal("50.80")}) == Decimal("50.80")
    assert amount_booked({}) is None


@pytest.mark.parametrize(
    ("changes", "is_ours"),
    [
        ({}, True),
        ({"customer": ExactId("C-1"), "journal": "70 "}, True),
        ({"customer": ExactId("c-2")}, False),
        ({"journal": "71"}, False),
        ({"entry_date": date(2026, 11, 1)}, False),
        ({"amount_incl": Decimal("121.01")}, False),
        ({"currency": "USD"}, False),
        ({"your_ref": "f26-a"}, False),
        ({"your_ref": "F26-A "}, False),
    ],
)
def test_an_entry_is_ours_by_reference_customer_journal_date_currency_and_amount(
    changes: dict[str, Any], *, is_ours: bool
) -> None:
    usual: dict[str, Any] = {
        "id": ExactId("e-1"),
        "number": "1",
        "your_ref": "F26-A",
        "currency": "EUR",
        "customer": ExactId("c-1"),
        "journal": "70",
        "entry_date": date(2026, 10, 31),
        "amount_incl": Decimal("121.00"),
    }

    assert ours(EntryCard(**(usual | changes)), item()) is is_ours


def test_the_vat_of_a_line_goes_along_also_when_it_is_nothing() -> None:  # X110
    document = with_line(example(), 0, vat_amount="0.00")

    line = body_of(document)["SalesEntryLines"][0]

    assert line["VATAmountFC"] == Decimal("0.00")
