"""Booking a sales entry: X106 to X121, X188 and X189."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.exact_online.generator.masters import master_id

PATH = "salesentry/SalesEntries"


def lines_of(exact: Caller, entry: dict[str, Any]) -> list[dict[str, Any]]:
    select = "ID,LineNumber,AmountFC,VATCode,VATAmountFC,VATPercentage,Description,CostCenter"
    path = f"salesentry/SalesEntryLines?$select={select}&$filter=EntryID eq "
    found: list[dict[str, Any]] = exact.data(path + f"guid'{entry['EntryID']}'")["results"]
    return sorted(found, key=lambda line: int(line["LineNumber"]))


def test_the_header_holds_the_sum_including_vat_and_the_lines_exclude_it(exact: Caller) -> None:
    entry = exact.book()
    assert (entry["AmountFC"], entry["VATAmountFC"]) == (Decimal("50.80"), Decimal("8.82"))
    line = lines_of(exact, entry)[0]
    assert (line["AmountFC"], line["VATAmountFC"]) == (Decimal("41.98"), Decimal("8.82"))
    assert line["VATPercentage"] == Decimal("0.21")


def test_the_invoice_of_the_contract_is_booked_to_the_cent(exact: Caller) -> None:
    parts = ((4887.50, 1026.38), (1080, 226.80), (71.76, 15.07), (-2000, -420))
    lines = [exact.line(AmountFC=amount, VATAmountFC=vat) for amount, vat in parts]
    entry = exact.book(SalesEntryLines=lines)
    assert (entry["AmountFC"], entry["VATAmountFC"]) == (Decimal("4887.51"), Decimal("848.25"))


@pytest.mark.parametrize("sent", ["8.80", "0", "-1.00"])
def test_a_vat_amount_that_is_sent_wins_even_when_it_is_zero(exact: Caller, sent: str) -> None:
    entry = exact.book(SalesEntryLines=[exact.line(VATAmountFC=float(sent))])
    assert entry["VATAmountFC"] == Decimal(sent)


def test_vat_is_computed_and_rounded_per_line(exact: Caller) -> None:
    entry = exact.book(SalesEntryLines=[exact.line(AmountFC=0.12) for _ in range(3)])
    assert entry["VATAmountFC"] == Decimal("0.09")


def test_a_line_without_a_vat_code_gets_the_code_of_its_account(exact: Caller) -> None:
    entry = exact.book(SalesEntryLines=[exact.line(VATCode=None)])
    assert lines_of(exact, entry)[0]["VATCode"] == "2  "


def test_a_code_that_includes_vat_makes_the_amount_include_it(exact: Caller) -> None:
    entry = exact.book(SalesEntryLines=[exact.line(VATCode="4  ", AmountFC=121)])
    assert (entry["AmountFC"], entry["VATAmountFC"]) == (121, 21)


def test_reverse_charge_has_no_vat(exact: Caller) -> None:
    assert exact.book(SalesEntryLines=[exact.line(VATCode="5  ")])["VATAmountFC"] == 0


def test_a_typing_error_in_a_property_books_a_wrong_entry_without_a_word(exact: Caller) -> None:
    entry = exact.book(SalesEntryLines=[exact.line(AmountFC=None, AmountDC=41.98)], YourReff="X")
    assert entry["AmountFC"] == 0


def test_read_only_and_unused_properties_are_ignored(exact: Caller) -> None:
    entry = exact.book(
        AmountFC=1, Type=21, Status=50, InvoiceNumber=5, VATAmountFC=7, CustomerName="X"
    )
    assert (entry["AmountFC"], entry["Type"], entry["Status"]) == (Decimal("50.80"), 20, 20)
    assert entry["InvoiceNumber"] == entry["EntryNumber"]
    assert entry["CustomerName"] != "X"


def test_an_id_of_the_caller_is_ignored(exact: Caller) -> None:
    own = "6c3e1a52-9d0b-4b7e-8c11-2f6a5d90e471"
    entry = exact.book(EntryID=own, SalesEntryLines=[exact.line(ID=own, EntryID=own)])
    assert entry["EntryID"] != own
    assert lines_of(exact, entry)[0]["ID"] != own


def test_numbers_are_year_journal_and_the_next_free_sequence(exact: Caller) -> None:
    numbers = [exact.book()["EntryNumber"] for _ in range(2)]
    assert numbers == [26700001, 26700002]
    assert exact.book(EntryDate="2025-03-01")["EntryNumber"] == 25700001
    credit = exact.line(AmountFC=-1)
    assert exact.book(Journal="71", SalesEntryLines=[credit])["EntryNumber"] == 26710001


def test_an_own_entry_number_is_kept_and_the_sequence_goes_on_after_it(exact: Caller) -> None:
    assert exact.book(EntryNumber=26700031)["EntryNumber"] == 26700031
    assert exact.book()["EntryNumber"] == 26700032


def test_a_negative_total_is_a_credit_note(exact: Caller) -> None:
    entry = exact.book(SalesEntryLines=[exact.line(AmountFC=-660, VATAmountFC=-138.60)])
    assert entry["Type"] == 21
    assert entry["AmountFC"] == Decimal("-798.60")


def test_the_due_date_follows_from_the_condition_unless_it_is_sent(exact: Caller) -> None:
    derived = exact.book()["DueDate"]
    assert derived == exact.book(PaymentCondition=None, DueDate="2026-11-30")["DueDate"]
    assert derived != exact.book(DueDate="2026-12-24")["DueDate"]


def test_without_a_condition_that_of_the_customer_is_used(exact: Caller) -> None:
    exact.sandbox.change_account("1068", PaymentConditionSales="14")
    entry = exact.book(PaymentCondition=None)
    assert entry["PaymentConditionDescription"] == "Binnen 14 dagen"


def test_the_period_follows_from_the_entry_date(exact: Caller) -> None:
    entry = exact.book(EntryDate="2026-02-28", ReportingYear=2020, ReportingPeriod=1)
    assert (entry["ReportingYear"], entry["ReportingPeriod"]) == (2026, 2)


def test_descriptions_are_cut_at_60_and_notes_are_kept(exact: Caller) -> None:
    long = "Werkzaamheden " * 10
    line = exact.line(Description=long, Notes=long)
    entry = exact.book(Description=long, SalesEntryLines=[line])
    assert entry["Description"] == long[:60]
    assert lines_of(exact, entry)[0]["Description"] == long[:60]


def test_the_same_reference_can_be_booked_twice_since_exact_does_not_keep_it_unique(
    exact: Caller,
) -> None:
    exact.book(YourRef="20260412")
    exact.book(YourRef="20260412")
    path = f"{PATH}?$select=EntryID&$filter=YourRef eq '20260412'"
    assert len(exact.data(path)["results"]) == 2


def test_the_answer_has_its_lines_deferred_to_an_address_that_works(exact: Caller) -> None:
    lines = exact.book()["SalesEntryLines"]["__deferred"]["uri"]
    assert len(exact.data(lines + "?$select=ID")["results"]) == 1


def test_an_entry_can_be_read_with_its_lines_expanded(exact: Caller) -> None:
    exact.book()
    path = f"{PATH}?$select=EntryID&$expand=SalesEntryLines&$filter=YourRef eq '20260412'"
    lines = exact.data(path)["results"][0]["SalesEntryLines"]["results"]
    assert lines[0]["GLAccount"] == master_id("gl", "8000")


def test_a_switch_makes_entries_refuse_to_show_their_lines(exact: Caller) -> None:
    exact.book()
    exact.sandbox.switches.expands = False
    path = f"{PATH}?$select=EntryID&$expand=SalesEntryLines&$filter=YourRef eq '20260412'"
    assert exact.get(path).status_code == 400


@pytest.mark.parametrize("prefer", ["", "return=minimal"])
def test_without_asking_for_it_the_answer_holds_the_key_and_nothing_else(
    exact: Caller, prefer: str
) -> None:
    answer = exact.send("POST", PATH, exact.entry(), Prefer=prefer)
    assert answer.status_code == 201
    entry = answer.json()["d"]
    filled = {name for name, value in entry.items() if value is not None}
    assert filled == {"__metadata", "EntryID", "SalesEntryLines"}


@pytest.mark.parametrize("body", [[], "x", 5, None])
def test_a_body_that_is_no_object_is_400(exact: Caller, body: object) -> None:
    answer = exact.post(PATH, [body] if body is None else body)
    expected = (
        "Error processing request stream. The request should be a valid top-level resource object."
    )
    assert (answer.status_code, exact.message(answer)) == (400, expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Customer", "1068"),
        ("Journal", 70),
        ("EntryDate", "31-10-2026"),
        ("SalesEntryLines", "geen"),
        ("EntryNumber", "26.5"),
    ],
)
def test_a_value_of_another_type_is_400_and_names_the_property(
    exact: Caller, name: str, value: object
) -> None:
    answer = exact.post(PATH, exact.entry(**{name: value}))
    assert answer.status_code == 400
    assert f"for property '{name}'" in exact.message(answer)


def test_each_write_moves_the_timestamp_of_what_it_writes(exact: Caller) -> None:
    first, second = exact.book(), exact.book()
    table = exact.sandbox.world.tables["SalesEntries"]
    rows = [table.get(entry["EntryID"]) for entry in (first, second)]
    assert rows[0] is not None
    assert rows[1] is not None
    assert rows[0]["Timestamp"] < rows[1]["Timestamp"]
