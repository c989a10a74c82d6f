"""What a readiness check looks at, and how a test changes it: journals, percentages, periods."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.exact_online.generator.masters import master_id

JOURNAL = (
    "financial/Journals?$select=Code,Description,Type,IsBlocked,Currency,GLAccount,GLAccountCode,"
    "GLAccountDescription,GLAccountType&$filter=Code eq '70'"
)


@pytest.fixture
def control(exact: Caller) -> ExactControl:
    return ExactControl(exact.base_url)


def years(exact: Caller) -> list[int]:
    path = "financial/FinancialPeriods?$select=FinYear,FinPeriod,StartDate,EndDate"
    found = exact.data(path)["results"]
    return sorted({row["FinYear"] for row in found})


def test_a_journal_tells_its_account_with_code_name_and_type(exact: Caller) -> None:
    (row,) = exact.data(JOURNAL)["results"]
    del row["__metadata"]
    assert row == {
        "Code": "70",
        "Description": "Verkoopboek",
        "Type": 20,
        "IsBlocked": False,
        "Currency": "EUR",
        "GLAccount": master_id("gl", "1300"),
        "GLAccountCode": "1300",
        "GLAccountDescription": "Debiteuren",
        "GLAccountType": 20,
    }


def test_a_bookkeeper_gives_a_journal_another_account_by_its_code(
    exact: Caller, control: ExactControl
) -> None:
    control.set_up("journals", "70", GLAccountCode="4000", IsBlocked=True)
    (row,) = exact.data(JOURNAL)["results"]
    assert (row["GLAccount"], row["GLAccountType"]) == (master_id("gl", "4000"), 90)
    assert (row["GLAccountDescription"], row["IsBlocked"]) == ("Lonen en salarissen", True)


def test_a_bookkeeper_blocks_a_ledger_account_and_ends_a_percentage(
    exact: Caller, control: ExactControl
) -> None:
    control.set_up("gl_accounts", "1300", IsBlocked=True)
    control.set_up("vat_percentages", "2", Percentage="0.25", EndDate="2026-12-31")
    ledger = exact.data("financial/GLAccounts?$select=IsBlocked&$filter=Code eq '1300'")
    assert [row["IsBlocked"] for row in ledger["results"]] == [True]
    path = "vat/VatPercentages?$select=VATCodeID,Percentage,StartDate,EndDate,Type"
    found = {row["VATCodeID"]: row for row in exact.data(path)["results"]}
    changed = found[master_id("vat", "2")]
    assert (changed["Percentage"], changed["EndDate"]) == (Decimal("0.25"), "/Date(1798675200000)/")
    assert found[master_id("vat", "1")]["EndDate"] is None


def test_the_account_of_a_relation_can_differ_from_that_of_the_journal(
    exact: Caller, control: ExactControl
) -> None:
    control.change_account("1068", GLAR=master_id("gl", "4000"))
    (row,) = exact.data("crm/Accounts?$select=GLAR&$filter=trim(Code) eq '1068'")["results"]
    assert row["GLAR"] == master_id("gl", "4000")


def test_last_year_this_year_and_next_year_have_their_twelve_periods(exact: Caller) -> None:
    assert {2025, 2026, 2027} <= set(years(exact))
    path = "financial/FinancialPeriods?$select=FinPeriod&$filter=FinYear eq 2026"
    assert len(exact.data(path)["results"]) == 12


def test_a_year_can_be_missing_and_be_made(exact: Caller, control: ExactControl) -> None:
    control.remove_year(2026)
    assert 2026 not in years(exact)
    assert exact.refused().startswith("Onbekend: Boekjaar")
    control.add_year(2026)
    assert 2026 in years(exact)
    assert exact.book()["EntryNumber"] == 26700001


def test_a_closed_period_still_exists_and_refuses_entries_until_it_is_opened(
    exact: Caller, control: ExactControl
) -> None:
    control.close_period(2026, 10)
    path = "financial/FinancialPeriods?$select=ID&$filter=FinYear eq 2026 and FinPeriod eq 10"
    assert len(exact.data(path)["results"]) == 1
    assert exact.refused() == "Periode is afgesloten: 2026-10"
    control.close_period(2026, 10, closed=False)
    exact.book()


def test_a_mistake_of_a_test_in_the_set_up_is_told(control: ExactControl) -> None:
    mistakes: tuple[Callable[[], None], ...] = (
        lambda: control.set_up("dagboeken", "70", IsBlocked=True),
        lambda: control.set_up("journals", "99", IsBlocked=True),
        lambda: control.set_up("journals", "70", Geblokkeerd=True),
        lambda: control.set_up("journals", "70", GLAccountCode="9999"),
        lambda: control.set_up("vat_percentages", "99", Percentage=0),
        lambda: control.close_period(2099, 1),
        lambda: control.remove_year(2099),
        lambda: control.add_year(2026),
    )
    for mistake in mistakes:
        with pytest.raises(ValueError, match="the sandbox refused"):
            mistake()
