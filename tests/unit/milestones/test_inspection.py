"""What the readiness check reads of a company: its own rows, the active ones, typed or not."""

from decimal import Decimal
from typing import Any

from koppeling.check.inspection import CodeInUse, Customer, MilestonesVatCode
from koppeling.core.administration import Company
from koppeling.core.ids import MilestonesId
from koppeling.milestones.inspection import MilestonesInspection
from koppeling.milestones.transport import Answer, Transport
from koppeling.pull.entities.registry import ENTITIES

BASE = "https://milestones.example"


class Tenant(Transport):
    """Answers a list with its rows from where it is asked for."""

    def __init__(self, **lists: list[dict[str, Any]]) -> None:
        self.root = f"{BASE}/api/V3/odata/"
        self.lists = lists
        self.asked: list[str] = []

    def call(self, method: str, url: str, entity: str, *_: Any) -> Answer:  # noqa: ANN401 - unused
        """Return the rows of a list."""
        assert method == "GET"
        assert url.startswith(f"{BASE}/api/V3/odata/{entity}?")
        self.asked.append(entity)
        skip = int(url.rpartition("$skip=")[2])
        return Answer({"value": self.lists[entity][skip:]}, None)


def inspection(**lists: list[dict[str, Any]]) -> MilestonesInspection:
    return MilestonesInspection(
        Tenant(**lists),
        company_id="1",
        targets={name: entity.target for name, entity in ENTITIES.items()},
        code_lists=("payment_conditions", "cost_centers"),
    )


def test_companies_are_all_that_the_user_sees() -> None:
    seen = inspection(Company=[{"CompanyId": "1", "Name": "A"}, {"CompanyId": 2, "Name": "B"}])

    assert seen.companies() == [Company("1", "A"), Company("2", "B")]


def test_customers_are_the_active_ones_of_this_company_by_trimmed_number() -> None:
    own = {"CompanyId": "1", "IsActive": True}
    seen = inspection(
        CustomerCompany=[
            {**own, "CustomerCode": " 0000215", "Name": "A", "PaymentConditionId": "7"},
            {**own, "CustomerCode": "1068", "Name": "B", "CostCenterId": 9, "CompanyId": 1},
            {**own, "CustomerCode": "1069", "Name": "C", "IsActive": False},
            {**own, "CustomerCode": "1070", "Name": "D", "CompanyId": "2"},
            {**own, "CustomerCode": None, "Name": "E"},
        ]
    )

    assert seen.customers() == [
        Customer("0000215", "A", {"payment_conditions": MilestonesId("7")}),
        Customer("1068", "B", {"cost_centers": MilestonesId("9")}),
    ]


def test_vat_codes_are_shared_by_all_companies_and_their_percentages_are_text_or_number() -> None:
    seen = inspection(
        VatCode=[
            {"Code": "2", "Name": "Hoog", "Percentage": "21", "ReverseCharge": None},
            {"Code": "5", "Name": "Verlegd", "Percentage": 0, "ReverseCharge": True},
            {"Code": "X", "Name": "Stuk", "Percentage": "veel"},
            {"Code": "Y", "Name": "Leeg", "Percentage": None},
        ]
    )

    assert seen.vat_codes() == [
        MilestonesVatCode("2", "Hoog", Decimal(21), reverse_charge=False),
        MilestonesVatCode("5", "Verlegd", Decimal(0), reverse_charge=True),
        MilestonesVatCode("X", "Stuk", None, reverse_charge=False),
        MilestonesVatCode("Y", "Leeg", None, reverse_charge=False),
    ]


def test_conditions_and_cost_centers_are_those_of_this_company() -> None:
    seen = inspection(
        PaymentCondition=[
            {"PaymentConditionId": "7", "CompanyId": "1", "Code": "30", "Name": "Binnen 30"},
            {"PaymentConditionId": "8", "CompanyId": "2", "Code": "14", "Name": "Binnen 14"},
        ],
        CostCenter=[
            {"CostCenterId": "3", "CompanyId": "1", "Code": "ADV", "Name": "Advies"},
            {"CostCenterId": "4", "CompanyId": "1", "Code": "OLD", "IsActive": False},
        ],
    )

    assert seen.codes("payment_conditions") == [CodeInUse(MilestonesId("7"), "30", "Binnen 30")]
    assert seen.codes("cost_centers") == [CodeInUse(MilestonesId("3"), "ADV", "Advies")]
