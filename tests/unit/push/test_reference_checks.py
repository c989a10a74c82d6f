from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from koppeling.core.errors import Reject
from koppeling.core.ids import ExactId
from koppeling.push.invoice import Invoice
from koppeling.push.reference_checks import check_customer, not_revenue, resolve
from koppeling.push.sales_entry import (
    CustomerCard,
    EntryReferences,
    GlAccountCard,
    VatCodeCard,
    VatPeriod,
)
from tests.unit.push.world import example, with_line

TODAY = date(2026, 11, 3)
CUSTOMER = CustomerCard(ExactId("c-1"), "1068", "C")
ACCOUNT = GlAccountCard(ExactId("gl"), 110)
VAT = VatCodeCard("2  ", percentage=Decimal("21.00"))
INVOICE = Invoice.from_document(example())


def resolved(
    invoice: Invoice = INVOICE,
    account: GlAccountCard | None = ACCOUNT,
    vat: VatCodeCard | None = VAT,
    projects: Mapping[str, ExactId | None] | None = None,
) -> EntryReferences:
    accounts = {line.gl_account_code: account for line in invoice.lines}
    vat_codes = {line.vat_code: vat for line in invoice.lines}
    known = {"P26014": ExactId("p-14"), "P26015": ExactId("p-15")} | dict(projects or {})
    return resolve(invoice, CUSTOMER.id, accounts, vat_codes, known)


def refused(
    invoice: Invoice = INVOICE,
    account: GlAccountCard | None = ACCOUNT,
    vat: VatCodeCard | None = VAT,
    projects: Mapping[str, ExactId | None] | None = None,
) -> Reject:
    with pytest.raises(Reject) as refusal:
        resolved(invoice, account, vat, projects)
    return refusal.value


@pytest.mark.parametrize("end_date", [None, TODAY, date(2027, 1, 1)])
def test_a_customer_that_has_not_ended_is_booked_on(end_date: date | None) -> None:
    assert check_customer(replace(CUSTOMER, end_date=end_date), INVOICE, TODAY) == "c-1"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (None, "debtor-not-found"),
        (replace(CUSTOMER, status="P"), "debtor-not-customer"),
        (replace(CUSTOMER, blocked=True), "debtor-blocked"),
        (replace(CUSTOMER, end_date=date(2026, 11, 2)), "debtor-blocked"),
    ],
)
def test_a_debtor_that_cannot_be_booked_on_is_refused_by_its_code(
    card: CustomerCard | None, code: str
) -> None:
    with pytest.raises(Reject) as refusal:
        check_customer(card, INVOICE, TODAY)

    assert refusal.value.code == code
    assert refusal.value.values["code"] == "1068"


def test_each_code_of_the_invoice_is_translated() -> None:
    references = resolved()

    assert set(references.gl_accounts) == {"8000", "8005", "8090"}
    assert references.vat_codes == {"2": "2  "}
    assert references.projects == {"P26014": "p-14", "P26015": "p-15"}


def test_a_line_without_a_project_needs_none() -> None:
    document = with_line(example(), 1, project_code=None)

    assert set(resolved(Invoice.from_document(document)).projects) == {"P26014"}


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (None, "gl-account-unknown"),
        (replace(ACCOUNT, blocked=True), "gl-account-wrong-type"),
        (replace(ACCOUNT, use_cost_unit=1), "cost-center-required"),
    ],
)
def test_an_account_that_cannot_take_the_line_is_refused(
    account: GlAccountCard | None, code: str
) -> None:
    refusal = refused(account=account)

    assert refusal.code == code
    assert refusal.values["code"] == "8000"
    assert refusal.values["item"] == "ADVIES"
    assert refusal.values["line"] == "1"


def test_a_mandatory_cost_centre_must_stand_on_every_line_of_the_account() -> None:
    account = replace(ACCOUNT, use_cost_center=1)
    document = with_line(example(), 3, cost_center_code=None, item_code=None)

    refusal = refused(Invoice.from_document(document), account)

    assert refusal.code == "cost-center-required"
    assert refusal.values["line"] == "4"
    assert refusal.values["kind"] == "cost_center"
    assert refusal.values["item"] == ""


def test_an_account_that_is_no_revenue_account_is_a_note() -> None:
    references = resolved(account=replace(ACCOUNT, type=90))

    assert not_revenue(resolved()) == []
    assert not_revenue(references)[0] == "G/L account 8000 is of type 90"


@pytest.mark.parametrize(
    ("vat", "code"),
    [
        (None, "vat-code-unknown"),
        (replace(VAT, blocked=True), "vat-code-unknown"),
        (replace(VAT, transaction_type="P"), "vat-code-unknown"),
        (replace(VAT, type="I"), "vat-code-inclusive"),
        (replace(VAT, percentage=Decimal("9.00")), "vat-percentage-mismatch"),
    ],
)
def test_a_vat_code_that_would_book_a_wrong_amount_is_refused(
    vat: VatCodeCard | None, code: str
) -> None:
    refusal = refused(vat=vat)

    assert refusal.code == code
    assert refusal.values["code"] == "2"


LOW = VatPeriod(Decimal(19), date(2001, 1, 1), date(2012, 9, 30))
NOW = VatPeriod(Decimal(21), date(2012, 10, 1), date(2026, 11, 30))
NEXT = VatPeriod(Decimal(22), date(2026, 12, 1), None)
DATED = replace(VAT, percentage=Decimal(22), periods=(LOW, NOW, NEXT))


@pytest.mark.parametrize(
    ("day", "stated", "code"),
    [
        ("2026-11-28", "21", ""),
        ("2026-11-30", "21", ""),
        ("2026-12-01", "22", ""),
        ("2012-10-01", "21", ""),
        ("2026-11-30", "22", "vat-percentage-other-period"),
        ("2026-12-01", "21", "vat-percentage-other-period"),
        ("2026-12-01", "9", "vat-percentage-mismatch"),
        ("2000-12-31", "19", "vat-percentage-invalid"),
    ],
)
def test_the_percentage_is_that_of_the_invoice_date(day: str, stated: str, code: str) -> None:
    document = example(invoice_date=day, due_date=None)
    for line in document["lines"]:
        line["vat_percentage"] = stated
    invoice = Invoice.from_document(document)

    if code:
        assert refused(invoice, vat=DATED).code == code
    else:
        assert resolved(invoice, vat=DATED).vat_codes == {"2": "2  "}


def test_a_percentage_of_another_period_is_told_with_that_of_the_invoice_date() -> None:
    refusal = refused(Invoice.from_document(example(invoice_date="2026-12-01")), vat=DATED)

    assert (refusal.values["pct_qm"], refusal.values["pct_exact"]) == ("21", "22")


def test_of_two_periods_of_a_day_the_later_one_holds() -> None:
    corrected = replace(DATED, periods=(LOW, replace(NOW, end=None), NEXT))

    refusal = refused(Invoice.from_document(example(invoice_date="2026-12-01")), vat=corrected)

    assert refusal.values["pct_exact"] == "22"


@pytest.mark.parametrize(
    ("periods", "day", "stated", "code"),
    [
        ((NOW, VatPeriod(Decimal(6), NOW.start, None)), "2026-11-30", "6", ""),
        ((NOW, VatPeriod(Decimal(6), NOW.start, None)), "2026-11-30", "21", ""),
        ((NOW, VatPeriod(Decimal(6), NOW.start, None)), "2026-11-30", "9", "mismatch"),
        ((VatPeriod(Decimal(21), None, None), LOW), "2010-01-01", "19", ""),
        ((VatPeriod(Decimal(21), None, None), LOW), "2012-10-01", "21", ""),
        ((NOW,), "2026-12-01", "21", "invalid"),
        ((NOW, replace(NEXT, start=date(2027, 1, 1))), "2026-12-15", "21", "invalid"),
        ((replace(NOW, end=date(2012, 9, 1)), NEXT), "2012-10-01", "21", "invalid"),
        ((), "2026-12-01", "22", ""),
        (None, "2026-12-01", "22", ""),
    ],
    ids=[
        *("one of two that began together", "the other one", "neither of them"),
        *("within one without dates", "after the inner one ended"),
        *("ended, and none follows", "a gap", "ends before it begins", "no dates", "not read"),
    ],
)
def test_percentages_that_overlap_or_lack_a_date_refuse_only_what_cannot_be_meant(
    periods: tuple[VatPeriod, ...] | None, day: str, stated: str, code: str
) -> None:
    document = example(invoice_date=day, due_date=None)
    for line in document["lines"]:
        line["vat_percentage"] = stated
    invoice, vat = Invoice.from_document(document), replace(DATED, periods=periods)

    if code:
        assert refused(invoice, vat=vat).code == f"vat-percentage-{code}"
    else:
        assert resolved(invoice, vat=vat).vat_codes == {"2": "2  "}


def test_two_percentages_that_differ_are_both_shown_without_needless_zeros() -> None:
    values = refused(vat=replace(VAT, percentage=Decimal("5.50"))).values

    assert (values["pct_qm"], values["pct_exact"]) == ("21", "5.5")


@pytest.mark.parametrize("percentage", [None, Decimal("21.0")])
def test_a_percentage_that_is_equal_or_not_known_passes(percentage: Decimal | None) -> None:
    assert resolved(vat=replace(VAT, percentage=percentage)).vat_codes == {"2": "2  "}


def test_an_invoice_that_states_no_percentage_is_not_compared() -> None:
    document = example()
    for line in document["lines"]:
        line["vat_percentage"] = None

    references = resolved(Invoice.from_document(document), vat=replace(VAT, percentage=Decimal(9)))

    assert references.vat_codes == {"2": "2  "}


def test_an_unknown_project_is_refused_by_its_code() -> None:
    refusal = refused(projects={"P26015": None})

    assert refusal.code == "project-unknown"
    assert refusal.values["code"] == "P26015"
