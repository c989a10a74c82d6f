"""The tenant with which every test and demo begins."""

import pytest

from tests.sandbox.common.company import ADMINISTRATION, HOLDING, PAYMENT_CONDITIONS, VAT_CODES
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.qics_milestones import MilestonesSandbox, start
from tests.sandbox.qics_milestones.start import COMMON_CUSTOMERS, OWN_CUSTOMERS


def test_the_tenant_has_the_companies_and_the_codes_of_the_shared_books(
    sandbox: MilestonesSandbox,
) -> None:
    world = sandbox.world

    assert [row["Name"] for row in world.records("Company")] == [ADMINISTRATION, HOLDING.name]
    assert world.record("Company", "1")["CompanyId"] == "1"
    assert [row["Code"] for row in world.records("VatCode")] == [row.code for row in VAT_CODES]
    assert [row["TermsInDays"] for row in world.records("PaymentCondition")] == [
        row.days for row in PAYMENT_CONDITIONS
    ]
    assert len(world.records("CostCenter")) == 2


def test_a_percentage_is_no_fraction(sandbox: MilestonesSandbox) -> None:
    percentages = {row["Code"]: row["Percentage"] for row in sandbox.world.records("VatCode")}

    assert (percentages["0"], percentages["1"], percentages["2"]) == ("0", "9", "21")


def test_customers_of_both_systems_carry_values_that_are_no_link_fields(
    sandbox: MilestonesSandbox,
) -> None:
    kept = ("CategoryId", "CostCenterId", "PriceIndex", "InvoiceLayoutId", "SendInvoiceMethod")

    for code in COMMON_CUSTOMERS:
        (customer,) = sandbox.world.find("CustomerCompany", CustomerCode=code)
        assert None not in [customer[name] for name in (*kept, "Remarks", "Attributes")]


@pytest.mark.parametrize(
    ("entity", "by", "code", "kept"),
    [
        ("CostCenter", "Code", start.COMMON_COST_CENTER, ["ResponsibleName"]),
        ("EmployeeCompany", "EmployeeNumber", 3, ["NormHoursPerWeek", "CostPrice"]),
        ("ItemCompany", "ItemCode", "ADVIES", ["ItemGroupId", "SurchargePercentage", "Remarks"]),
        ("Project", "ProjectCode", start.COMMON_PROJECT, ["CostCenterId", "Attributes"]),
        ("VatCode", "Code", start.COMMON_VAT_CODE, ["IsDefault"]),
        ("PaymentCondition", "Code", start.COMMON_PAYMENT_CONDITION, ["TextOnInvoice"]),
    ],
)
def test_of_every_entity_a_record_waits_to_be_adopted(
    sandbox: MilestonesSandbox, entity: str, by: str, code: object, kept: list[str]
) -> None:
    (record,) = sandbox.world.find(entity, **{by: code})

    assert all(record[name] for name in kept)


def test_what_waits_to_be_adopted_stands_in_exact_too() -> None:
    exact = ExactSandbox().world

    assert exact.coded("cost_centers", start.COMMON_COST_CENTER)
    assert exact.coded("employees", str(start.COMMON_EMPLOYEE))
    assert exact.coded("items", start.COMMON_ITEM)
    assert exact.coded("projects", start.COMMON_PROJECT)[0]["AccountCode"].strip() == "1068"


def test_some_customers_exist_here_only(sandbox: MilestonesSandbox) -> None:
    codes = [row["CustomerCode"] for row in sandbox.world.records("CustomerCompany")]

    assert codes == [*COMMON_CUSTOMERS, *OWN_CUSTOMERS]


def test_the_same_seed_gives_the_same_tenant_and_another_seed_another() -> None:
    tenants = [
        (MilestonesSandbox(seed=seed).world.records("CustomerCompany"), seed) for seed in (1, 1, 2)
    ]

    assert tenants[0][0] == tenants[1][0]
    assert tenants[0][0] != tenants[2][0]
