"""What a problem says of its invoice: every value that is known, and no other."""

from dataclasses import replace
from decimal import Decimal

import pytest

from koppeling.push.invoice import Invoice
from koppeling.push.invoice_texts import values_of
from koppeling.push.outbox import OutboxItem
from tests.unit.push.items import outbox_item
from tests.unit.push.world import connection, example

KNOWN = {
    "invoice": "20260412",
    "debtor": "1068",
    "journal": "70",
    "currency": "EUR",
    "date": "2026-02-03",
    "period": "2026-02",
    "year": "2026",
    "amount_invoice": "EUR 1234.50",
    "account_journal": "1300",
    "division": "987654",
    "exact_user": "koppeling@veldhuis.example",
}


def an_invoice() -> Invoice:
    """Return an invoice of two lines with codes of their own, and a third with those of the first.

    Its second line has no code that it may lack.
    """
    example_invoice = Invoice.from_document(example())
    first = replace(
        example_invoice.lines[0],
        vat_code="2",
        gl_account_code="8000",
        item_code="UUR-SR",
        cost_center_code="ADV",
        cost_unit_code="K1",
        project_code="P1",
    )
    second = replace(
        first,
        vat_code="3",
        gl_account_code="8010",
        item_code="UUR-JR",
        cost_center_code=None,
        cost_unit_code="K2",
        project_code=None,
    )
    return replace(
        example_invoice,
        number="20260412",
        debtor_code="1068",
        currency="EUR",
        invoice_date=example_invoice.invoice_date.replace(year=2026, month=2, day=3),
        amount_incl=Decimal("1234.5"),
        payment_condition_code="30",
        lines=(first, second, first),
    )


def told(
    about: str, /, invoice: Invoice | None = None, item: OutboxItem | None = None, **said: str
) -> dict[str, str]:
    setting = connection(
        sales_journal="70",
        debtor_gl_account="1300",
        exact_user="koppeling@veldhuis.example",
        division=987654,
    )
    return values_of(invoice or an_invoice(), setting, item or outbox_item(), about, said)


def test_a_problem_names_its_invoice_by_all_that_is_known_and_leaves_the_rest_out() -> None:
    assert told("exact-rejected") == KNOWN


@pytest.mark.parametrize(
    ("code", "candidates"),
    [
        ("vat-code-unknown", "2, 3"),
        ("gl-account-unknown", "8000, 8010"),
        ("cost-center-unknown", "ADV, K1, K2"),
    ],
)
def test_a_code_that_may_be_innocent_is_named_as_one_of_several(code: str, candidates: str) -> None:
    values = told(code)

    assert values["candidates"] == candidates
    assert not values.keys() & {"code", "line", "item"}


@pytest.mark.parametrize(
    ("code", "named"),
    [("project-unknown", "P1"), ("debtor-unknown", "1068"), ("payment-condition-unknown", "30")],
)
def test_the_only_code_that_it_can_be_is_named(code: str, named: str) -> None:
    assert told(code)["code"] == named
    assert "candidates" not in told(code)


def test_a_code_that_the_refusal_names_is_told_with_its_lines_and_their_items() -> None:
    first, second, third = an_invoice().lines
    invoice = replace(an_invoice(), lines=(first, replace(second, number=5), third))

    values = told("gl-account-unknown", invoice, code="8000")

    assert (values["code"], values["item"]) == ("8000", "UUR-SR")
    assert values["line"] == f"{first.number}"
    assert told("gl-account-unknown", invoice, code="8010")["line"] == "5"
    assert told("cost-center-unknown", invoice, kind="cost_unit", code="K2")["line"] == "5"
    assert told("cost-center-unknown", invoice, kind="cost_center")["code"] == "ADV"


def test_a_refusal_about_one_line_keeps_to_that_line() -> None:
    values = told("cost-center-required", kind="cost_center", code="8000", line="3")

    assert (values["line"], values["code"]) == ("3", "8000")


def test_an_invoice_without_such_a_code_names_none() -> None:
    bare = an_invoice()
    lines = tuple(replace(line, item_code=None, project_code=None) for line in bare.lines)
    bare = replace(bare, payment_condition_code=None, lines=lines)

    assert "code" not in told("payment-condition-unknown", bare)
    assert "code" not in told("project-unknown", bare)
    assert "item" not in told("project-unknown", bare)


def test_a_booked_invoice_tells_its_entry_and_what_differs() -> None:
    item = replace(
        outbox_item(),
        entry_number="26700001",
        differences=("AmountFC", "YourRef"),
        booked_amount=Decimal(1234),
        currency="JPY",
    )

    assert told("entry-differs", item=item) == {
        **KNOWN,
        "entry_number": "26700001",
        "field": "AmountFC, YourRef",
        "amount_entry": "JPY 1234",
    }


def test_an_entry_of_nothing_is_an_amount_as_well() -> None:
    item = replace(outbox_item(), booked_amount=Decimal(0))

    assert told("entry-differs", item=item)["amount_entry"] == "EUR 0.00"
