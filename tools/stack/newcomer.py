"""A company that is yet to be approved: `make up NEW=yes`.

Its QicsMilestones holds 150 customers. Most stand in Exact under the same number, 12 of them under
another one: without a look beforehand those would become customers twice.
"""

from typing import Any

from tests.sandbox.common.company import COMPANY_ID
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.qics_milestones.control import MilestonesControl

CUSTOMERS, UNDER_OTHER_NUMBERS = 150, 12
ACCOUNTS = 170
FIRST_OTHER_NUMBER = 7000
FIRST_REGISTRATION = 81_000_000


def fill(exact_url: str, milestones_url: str) -> None:
    """Put customers in QicsMilestones until there are so many."""
    milestones = MilestonesControl(milestones_url)
    there = {row["CustomerCode"] for row in milestones.records("CustomerCompany")}
    exact = ExactControl(exact_url)
    accounts = exact.importable_accounts()
    new = [each for each in accounts if each["Code"] not in there][: CUSTOMERS - len(there)]
    for number, account in enumerate(new):
        is_other = number < UNDER_OTHER_NUMBERS
        customer = _customer(account)
        if is_other:
            registered = str(FIRST_REGISTRATION + number)
            exact.change_account(account["Code"], ChamberOfCommerce=registered)
            code = str(FIRST_OTHER_NUMBER + number)
            customer |= {"CustomerCode": code, "ChamberOfCommerceNumber": registered}
        milestones.add("CustomerCompany", customer)


def _customer(account: dict[str, Any]) -> dict[str, Any]:
    """Return a customer as somebody typed it, with a city of before the move."""
    return {
        "CompanyId": COMPANY_ID,
        "CustomerId": "0",
        "CustomerCode": account["Code"],
        "Name": account["Name"][:50],
        "IsActive": True,
        "CustomerType": "Customer",
        "VisitAddressCity": "Oude Plaats",
    }
