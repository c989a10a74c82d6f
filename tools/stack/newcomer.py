"""A company that is yet to be approved: `make up NEW=yes`.

Its QicsMilestones holds 150 customers. Most stand in Exact under the same number, 12 of them under
another one: without a look beforehand those would become customers twice.
"""

from typing import Any

from tests.sandbox.common.company import COMPANY_ID
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.stack.deployed import Stack

CUSTOMERS, UNDER_OTHER_NUMBERS = 150, 12
ACCOUNTS = 200
FIRST_OTHER_NUMBER = 7000


def fill(stack: Stack) -> None:
    """Put customers in QicsMilestones until there are so many."""
    milestones = MilestonesControl(stack.milestones_url)
    there = {row["CustomerCode"] for row in milestones.records("CustomerCompany")}
    accounts = ExactControl(stack.exact_url).importable_accounts()
    new = [each for each in accounts if each["Code"] not in there][: CUSTOMERS - len(there)]
    for number, account in enumerate(new):
        is_other = number < UNDER_OTHER_NUMBERS
        code = str(FIRST_OTHER_NUMBER + number) if is_other else account["Code"]
        milestones.add("CustomerCompany", _customer(account, code))


def _customer(account: dict[str, Any], code: str) -> dict[str, Any]:
    """Return a customer as somebody typed it: the city of some is an old one."""
    is_old = code.endswith("0")
    return {
        "CompanyId": COMPANY_ID,
        "CustomerId": "0",
        "CustomerCode": code,
        "Name": account["Name"][:50],
        "IsActive": True,
        "CustomerType": "Customer",
        "VisitAddressCity": "Oude Plaats" if is_old else account["City"],
        "VatNumber": account.get("VATNumber") or "",
        "ChamberOfCommerceNumber": account.get("ChamberOfCommerce") or "",
    }
