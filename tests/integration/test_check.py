"""The readiness check against both strict sandboxes: what it finds, and what it costs."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from koppeling.check.findings import Level, report_of
from koppeling.core.ids import ConnectionId
from tests.environment import Environment, environment
from tests.integration.checking import agree, check, not_ok
from tests.sandbox.common import company

# Divisions, seventeen rights, journals, periods, one page of accounts, percentages, VAT codes,
# payment conditions and cost centres: one call each
CALLS = 25


@pytest.fixture
def home() -> Iterator[Environment]:
    with environment(accounts=10) as built:
        yield built


def test_a_company_whose_systems_agree_is_ready(home: Environment) -> None:
    agree(home)

    report = check(home)

    assert [f for f in report.findings if f.level is not Level.OK] == []
    assert len(report.findings) == 10


def test_the_check_of_a_small_company_costs_twenty_five_calls(home: Environment) -> None:
    report = check(home)

    assert report.calls == home.calls() == CALLS


def test_nothing_is_written_in_either_system_and_no_problem_is_opened(home: Environment) -> None:
    check(home)

    calls = [*home.exact.journal.calls(), *home.milestones.journal.calls()]
    assert {call.method for call in calls} == {"GET"}
    assert {call.status for call in calls} == {200}
    assert home.problems() == []
    assert home.milestones.violations == []


def test_a_report_travels_as_json(home: Environment) -> None:
    report = check(home)

    assert report_of(json.loads(json.dumps(asdict(report)))) == report


def test_customers_that_stand_in_milestones_only_come_with_who_they_may_be(
    home: Environment,
) -> None:
    home.exact.add_account(Code="3001", Name="PROEFKLANT, zonder boekhouding B.V.")

    finding = not_ok(home)["customers customer-only-in-milestones"]

    assert finding.values == {"count": "2"}
    assert finding.table is not None
    assert finding.table.rows == (
        ("9901", "Proefklant zonder boekhouding", "3001", "PROEFKLANT, zonder boekhouding B.V."),
        ("9902", "Intern project Veldhuis", "", ""),
    )


def test_customers_that_would_be_overwritten_by_another_name_are_reported(
    home: Environment,
) -> None:
    finding = not_ok(home)["customers check-customer-other-name"]

    assert finding.table is not None
    assert {row[0]: row[1] for row in finding.table.rows} == {
        "0000215": "Stichting Café Zuiderzee",
        "1068": "Bakkerij 't Hoekje (oude naam)",
    }
    for number, _, name in finding.table.rows:
        assert name == home.exact.world.account(number)["Name"]


def test_relations_are_read_by_the_thousand_and_never_from_the_crud_pages() -> None:
    with environment(accounts=2_100) as home:
        report = check(home)

        assert home.calls("sync/CRM/Accounts") == 3
        assert home.calls("crm/") == 0
        assert report.calls == CALLS + 2


def test_vat_codes_that_do_not_fit_are_reported_with_the_likely_one(home: Environment) -> None:
    agree(home)
    home.exact.change("vat_codes", "4", Type="I")
    world = home.milestones.world
    usual = {"Name": "Hoog", "IsDefault": False, "ReverseCharge": False}
    world.add("VatCode", {**usual, "Code": "H", "Percentage": "21"})
    (low,) = world.find("VatCode", Code="1")
    world.change("VatCode", low["VatCodeId"], {"Percentage": "6"})

    found = not_ok(home)

    rows = {each.code: each.table.rows[0] for each in found.values() if each.table}
    assert rows["vat-code-unknown"][0] == "H"
    assert rows["vat-code-unknown"][5] == "2"
    assert rows["vat-percentage-mismatch"][2:4] == ("6", "9")
    assert rows["vat-code-inclusive"][5:] == ("2", "Btw hoog tarief, exclusief")


def test_conditions_and_cost_centers_that_exact_does_not_have_are_reported(
    home: Environment,
) -> None:
    agree(home)
    own = {"CompanyId": company.COMPANY_ID, "Name": "Anders"}
    home.milestones.world.add("PaymentCondition", {**own, "Code": "45", "TermsInDays": 45})
    home.milestones.world.add("CostCenter", {**own, "Code": "OUD", "IsActive": True})
    home.milestones.world.add("CostCenter", {**own, "Code": "WEG", "IsActive": False})

    found = not_ok(home)

    assert sorted(found) == [
        "cost-centers cost-center-unknown",
        "payment-conditions payment-condition-unknown",
    ]
    rows = [each.table.rows for each in found.values() if each.table]
    assert rows == [(("45", "Anders", "0"),), (("OUD", "Anders", "0"),)]


def test_a_connection_that_does_not_exist_is_reported(home: Environment) -> None:
    report = home.wiring.checks.run(ConnectionId("acme"))

    assert [finding.code for finding in report.findings] == ["check-connection-unknown"]
