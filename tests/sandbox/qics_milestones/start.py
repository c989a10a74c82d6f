"""The records with which every sandbox starts: what a customer has before the link is switched on.

Customers 1068 and 0000215 stand in both systems, so that adoption can be shown (M28): their names
and addresses here are out of date, and they carry values that are no link fields. Customers 9901
and 9902 stand in QicsMilestones only, and must be left untouched.
"""

from decimal import Decimal
from random import Random
from typing import Any

from tests.sandbox.common.company import ADMINISTRATION, COMPANY_ID, PAYMENT_CONDITIONS, VAT_CODES
from tests.sandbox.common.company import COST_CENTERS as _COST_CENTERS
from tests.sandbox.qics_milestones.values import decimal_text
from tests.sandbox.qics_milestones.world import World

COMMON_CUSTOMERS = ("1068", "0000215")
OWN_CUSTOMERS = ("9901", "9902")

_ICP_RETURNS = {"N": None, "S": "Services", "L": "Goods", "T": "Triangulation"}
_COST_CENTERS_HERE = 2


def fill(world: World, seed: int) -> None:
    """Put the first records in a world; the seed varies what the link never touches."""
    world.add("Company", _company())
    for vat in VAT_CODES:
        world.add(
            "VatCode",
            {
                "Code": vat.code,
                "Name": vat.description,
                "Percentage": decimal_text(vat.fraction * Decimal(100)),
                "IsDefault": vat.code == "2",
                "ReverseCharge": vat.charged,
                "IcpReturn": _ICP_RETURNS[vat.eu],
            },
        )
    for condition in PAYMENT_CONDITIONS:
        row = {"Code": condition.code, "Name": condition.description}
        world.add("PaymentCondition", {**_own(), **row, "TermsInDays": condition.days})
    for code, name in _COST_CENTERS[:_COST_CENTERS_HERE]:
        row = {"Code": code, "Name": name, "ResponsibleName": "Directie"}
        world.add("CostCenter", {**_own(), **row, "IsActive": True})
    world.add("EmployeeCompany", _manager())
    for customer in _customers(Random(seed)):
        world.add("CustomerCompany", customer)


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


def _manager() -> dict[str, Any]:
    name = {"FirstName": "Sanne", "MiddleName": "van", "LastName": "Veldhuis"}
    work = {"EmployeeNumber": 3, "IsActive": True, "NormHoursPerWeek": "36", "CostPrice": "61.5"}
    return {**_own(), **name, **work}


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
