"""The one row of current/Me."""

from decimal import Decimal

from tests.sandbox.common import company
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.users import User
from tests.sandbox.exact_online.values import AMSTERDAM, ZERO_GUID, Row, account_code, slash_date
from tests.sandbox.exact_online.world import World


def me_row(world: World, switches: Switches, user: User) -> Row:
    """Describe the user; CurrentDivision follows the browser, not the link (X3, X186)."""
    if switches.clicked_divisions:
        opened, *later = switches.clicked_divisions
        switches.current_division, switches.clicked_divisions = opened, (*later, opened)
    offset = world.clock.now().astimezone(AMSTERDAM).utcoffset()
    return {
        "UserID": user.id,
        "UserName": user.user_name or user.name,
        "FullName": user.full_name,
        "Email": user.name,
        "CurrentDivision": switches.current_division,
        "AccountingDivision": company.DIVISION,
        "LanguageCode": "nl-NL",
        "Language": "NL",
        "Legislation": 1,
        "ServerTime": slash_date(world.now()),
        "ServerUtcOffset": Decimal(int(offset.total_seconds()) if offset else 0),
        "EmployeeID": ZERO_GUID,  # X75
        "DivisionCustomerCode": account_code("300124"),
        "IsClientUser": False,
        "IsMyFirmPortalUser": user.is_portal or switches.firm_portal_user,
        "IsMyFirmLiteUser": False,
    }


def mark_current(world: World, switches: Switches) -> None:
    """Let the list of divisions tell which one the user opened last, as the browser knows (X3)."""
    table = world.tables["Divisions"]
    for row in list(table):
        table.put(row | {"Current": row["Code"] == switches.current_division})
