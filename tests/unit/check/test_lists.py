"""The second half of a check: what each list that does not fit becomes in the report."""

from decimal import Decimal

import pytest

from koppeling.check.findings import Finding, Level
from koppeling.check.inspection import Account, CodeInUse, Customer, MilestonesVatCode
from koppeling.check.texts import render
from koppeling.core.csv_table import Table
from koppeling.core.errors import Fatal
from koppeling.core.ids import MilestonesId
from tests.unit.check.fakes import CheckFixture


@pytest.fixture
def fixture() -> CheckFixture:
    return CheckFixture()


def warned(fixture: CheckFixture, item: str) -> Finding:
    (finding,) = fixture.found(item)
    assert finding.level is Level.WARNING
    return finding


def test_customers_that_exact_does_not_know_are_a_table_with_who_they_may_be(
    fixture: CheckFixture,
) -> None:
    fixture.milestones.people += [Customer("9901", "De Linde BV"), Customer("9902", "Intern")]
    fixture.exact.relations.append(Account("1070", "de Linde B.V.", "C"))

    finding = warned(fixture, "customers")

    assert finding.code == "customer-only-in-milestones"
    assert finding.values == {"count": "2"}
    assert finding.table == Table(
        ("number", "name", "likely_number", "likely_name"),
        (("9901", "De Linde BV", "1070", "de Linde B.V."), ("9902", "Intern", "", "")),
    )


def test_a_relation_without_the_status_of_a_customer_is_reported_as_well(
    fixture: CheckFixture,
) -> None:
    fixture.exact.relations = [Account("1068", "A", "P")]

    fine, finding = fixture.found("customers")

    assert fine.level is Level.OK
    assert finding.code == "check-customer-not-customer"
    assert finding.table == Table(("number", "name", "status"), (("1068", "A", "P"),))


def test_a_customer_with_the_number_of_another_relation_is_reported_with_both_names(
    fixture: CheckFixture,
) -> None:
    fixture.exact.relations = [Account("1068", "B", "C")]

    fine, finding = fixture.found("customers")

    assert fine.level is Level.OK
    assert (finding.level, finding.code) == (Level.WARNING, "check-customer-other-name")
    assert finding.table == Table(("number", "name", "name_exact"), (("1068", "A", "B"),))
    assert "andere naam" in render(finding).title


@pytest.mark.parametrize(
    ("item", "entity"), [("customers", "accounts"), ("vat-codes", "vat_codes")]
)
def test_a_list_that_is_empty_is_never_called_fine(
    fixture: CheckFixture, item: str, entity: str
) -> None:
    fixture.milestones.people = []
    fixture.milestones.vat = []

    finding = warned(fixture, item)

    assert finding.code == "milestones-no-rights"
    assert finding.values == {"entity": entity}
    assert "accounts" not in fixture.exact.asked


def test_vat_codes_are_grouped_by_what_is_wrong_with_both_percentages(
    fixture: CheckFixture,
) -> None:
    fixture.milestones.vat = [
        MilestonesVatCode("2", "Hoog", Decimal("6.0"), reverse_charge=False),
        MilestonesVatCode("H", "Hoog", Decimal("21.00"), reverse_charge=False),
    ]

    unknown, other = fixture.found("vat-codes")

    assert (unknown.code, other.code) == ("vat-code-unknown", "vat-percentage-mismatch")
    assert unknown.table is not None
    assert other.table is not None
    assert unknown.table.rows == (("H", "Hoog", "21", "", "vat-code-unknown", "2", "Hoog"),)
    assert other.table.rows == (("2", "Hoog", "6", "21", "vat-percentage-mismatch", "", ""),)


def test_missing_conditions_and_cost_centers_show_how_many_customers_use_them(
    fixture: CheckFixture,
) -> None:
    fixture.exact.conditions = set()
    fixture.exact.centers = {"adv"}

    condition = warned(fixture, "payment-conditions")
    center = warned(fixture, "cost-centers")

    assert condition.code == "payment-condition-unknown"
    assert condition.table == Table(
        ("code", "name", "customers"), (("30", "Binnen 30 dagen", "1"),)
    )
    assert center.code == "cost-center-unknown"
    assert center.table == Table(("code", "name", "customers"), (("ADV", "Advies", "1"),))


def test_a_company_without_cost_centers_costs_no_call_to_exact(fixture: CheckFixture) -> None:
    fixture.milestones.centers = []

    (finding,) = fixture.found("cost-centers")

    assert (finding.level, finding.code) == (Level.OK, "check-none-in-milestones")
    assert not [each for each in fixture.exact.asked if each.startswith("cost_centers")]


def test_a_role_that_may_not_see_a_list_is_reported(fixture: CheckFixture) -> None:
    fixture.milestones.troubles["cost_centers"] = Fatal("milestones-no-rights", entity="CostCenter")

    (finding,) = fixture.found("cost-centers")

    assert (finding.level, finding.code) == (Level.BLOCKING, "milestones-no-rights")
    assert finding.values["entity"] == "cost_centers"


def test_a_condition_that_nobody_uses_is_reported_as_well(fixture: CheckFixture) -> None:
    fixture.milestones.conditions.append(CodeInUse(MilestonesId("12"), "99", "Nooit"))

    finding = warned(fixture, "payment-conditions")

    assert finding.table is not None
    assert finding.table.rows == (("99", "Nooit", "0"),)
