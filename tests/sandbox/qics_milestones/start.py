"""The records with which every sandbox starts: what a customer has before the link is switched on.

Of every entity something stands in both systems, so that adoption can be shown (M28): customers
1068 and 0000215, cost centre TRN, employee 3, item ADVIES and project P26014 are out of date here,
and carry values that are no link fields; the VAT codes and payment conditions agree already.
Customers 9901 and 9902 stand in QicsMilestones only, and must be left untouched.
"""

from decimal import Decimal
from random import Random
from typing import Any

from tests.sandbox.common.company import (
    ADMINISTRATION,
    COMPANY_ID,
    HOLDING,
    PAYMENT_CONDITIONS,
    VAT_CODES,
)
from tests.sandbox.common.company import COST_CENTERS as _COST_CENTERS
from tests.sandbox.qics_milestones.values import decimal_text
from tests.sandbox.qics_milestones.world import World

COMMON_CUSTOMERS = ("1068", "0000215")
OWN_CUSTOMERS = ("9901", "9902")
COMMON_COST_CENTER, COMMON_EMPLOYEE = "TRN", 3
COMMON_ITEM, COMMON_PROJECT = "ADVIES", "P26014"
COMMON_VAT_CODE, COMMON_PAYMENT_CONDITION = "2", "30"

_ICP_RETURNS = {"N": None, "S": "Services", "L": "Goods", "T": "Triangulation"}
_COST_CENTERS_HERE = 2


def fill(world: World, seed: int) -> None:
    """Put the first records in a world; the seed varies what the link never touches."""
    world.add("Company", _company())
    world.add("Company", _other_company())
    _add_lists(world)
    world.add("EmployeeCompany", _manager())
    for customer in _customers(Random(seed)):
        world.add("CustomerCompany", customer)
    world.add("ItemCompany", _item())
    world.add("Project", _project())


def _add_lists(world: World) -> None:
    for vat in VAT_CODES:
        world.add(
            "VatCode",
            {
                "Code": vat.code,
                "Name": vat.description,
                "Percentage": decimal_text(vat.fraction * Decimal(100)),
                "IsDefault": vat.code == COMMON_VAT_CODE,
                "ReverseCharge": vat.charged,
                "IcpReturn": _ICP_RETURNS[vat.eu],
                "TextOnInvoice": "Btw verlegd naar afnemer" if vat.charged else None,
            },
        )
    for condition in PAYMENT_CONDITIONS:
        own = {"TextOnInvoice": f"Wij verzoeken u te betalen: {condition.description.lower()}."}
        row = {"Code": condition.code, "Name": condition.description, "TermsInDays": condition.days}
        world.add("PaymentCondition", {**_own(), **row, **own})
    for code, name in _COST_CENTERS[:_COST_CENTERS_HERE]:
        is_old = code == COMMON_COST_CENTER
        row = {"Code": code, "Name": f"{name} (oud)" if is_old else name, "IsActive": not is_old}
        world.add("CostCenter", {**_own(), **row, "ResponsibleName": "Directie"})


def _own() -> dict[str, Any]:
    return {"CompanyId": COMPANY_ID}


def _company() -> dict[str, Any]:
    return {
        "Name": ADMINISTRATION,
        "Code": "VELDHUIS",
        "CurrencyId": "1",
        "InvoiceNumberPrefix": "2026",
        "InvoiceNumberLength": 4,
        "InvoiceNumberCounter": "412",
        "VatAmountSumMode": "PerLine",
        "DefaultInvoiceSendMethod": "Email",
        "VisitAddressCity": "Deventer",
    }


def _other_company() -> dict[str, Any]:
    names = {"Name": HOLDING.name, "Code": "HOLDING", "CurrencyId": "1"}
    numbers = {"InvoiceNumberPrefix": "H", "InvoiceNumberLength": 5, "InvoiceNumberCounter": "17"}
    return {**names, **numbers, "VatAmountSumMode": "OverSum", "DefaultInvoiceSendMethod": "Post"}


def _manager() -> dict[str, Any]:
    name = {"FirstName": "S.", "LastName": "Veldhuis", "PhoneNumber": "0570-000000"}
    work = {"EmployeeNumber": COMMON_EMPLOYEE, "IsActive": True}
    return {**_own(), **name, **work, "NormHoursPerWeek": "36", "CostPrice": "61.5"}


def _item() -> dict[str, Any]:
    links = {"Name": "Adviesuren (oud)", "IsActive": True, "GLAccountRevenue": "8099"}
    choices = {
        "ItemType": "Time",
        "WillBeInvoiced": True,
        "AllowTimeEntry": True,
        "AllowPriceModifications": False,
    }
    kept = {"ItemGroupId": "4", "SurchargePercentage": "2.5", "Remarks": "Tarief jaarlijks herzien"}
    return {**_own(), "ItemCode": COMMON_ITEM, **links, **choices, **kept}


def _project() -> dict[str, Any]:
    links = {"Name": "Project zonder naam", "StartDate": "2025-12-01T00:00:00", "IsActive": True}
    choices = {
        "AllowPlanning": True,
        "HideBudgetsOnTimesheet": True,
        "IsContractReceived": False,
        "IsBudgetMandatoryOnTimeEntry": True,
    }
    kept = {"CostCenterId": "2", "Attributes": [{"Name": "Fase", "Value": "Uitvoering"}]}
    code = {"ProjectCode": COMMON_PROJECT, "CustomerCompanyId": "1"}
    return {**_own(), **code, **links, **choices, **kept}


def _customers(random: Random) -> list[dict[str, Any]]:
    adopted = {
        "CostCenterId": "1",
        "ManagerEmployeeCompanyId": "1",
        "SendInvoiceMethod": "Post",
        "Remarks": "Belt liever dan dat ze mailt; niet op maandag.",
        "IsRemarkShownOnTimesheet": True,
    }
    people: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("1068", "Bakkerij 't Hoekje (oude naam)", "Deventer", adopted),
        ("0000215", "Stichting Café Zuiderzee", "Enkhuizen", adopted),
        ("9901", "Proefklant zonder boekhouding", "Zutphen", {}),
        ("9902", "Intern project Veldhuis", "Deventer", {"CustomerType": "Internal"}),
    )
    return [_customer(code, name, city, random) | extra for code, name, city, extra in people]


def _customer(code: str, name: str, city: str, random: Random) -> dict[str, Any]:
    return {
        **_own(),
        "CustomerCode": code,
        "Name": name,
        "IsActive": True,
        "CustomerType": "Customer",
        "CategoryId": str(random.randint(1, 9)),
        "VisitAddressCity": city,
        "VisitAddressCountryCode": "NL",
        "InvoiceAddressSameAsVisitAddress": True,
        "PriceIndex": f"1.{random.randint(1, 9)}",
        "InvoiceLayoutId": str(random.randint(1, 4)),
        "ExternalReference": f"CRM-{random.randint(10_000, 99_999)}",
        "CreditLimit": str(random.randint(2, 50) * 500),
        "Attributes": [{"Name": "Branche", "Value": random.choice(("Zorg", "Bouw", "Horeca"))}],
    }
