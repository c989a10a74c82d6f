"""Projects: those that invoices name, as many more as asked for, and some left alone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from tests.sandbox.common import company
from tests.sandbox.exact_online.generator.masters import master_id, set_up
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

START = datetime(2026, 1, 1, tzinfo=UTC)
STARTS_ONE_DAY = datetime(2099, 1, 1, tzinfo=UTC)
ENDED = datetime(2026, 6, 30, tzinfo=UTC)
ENDS_ONE_DAY = datetime(2099, 12, 31, tzinfo=UTC)
FIRST_DRAWN = 16
CAMPAIGN = 1
TYPES = {  # X87
    1: "Campagne",
    2: "Vaste prijs",
    3: "Nacalculatie",
    4: "Niet declarabel",
    5: "Vooruitbetaald",
}
SUBJECTS = ("Herinrichting", "Invoering", "Onderzoek", "Begeleiding", "Audit", "Verhuizing")
NOTES = 'Afgesproken op kantoor:\r\n- wekelijks overleg\r\n- "oplevering" vóór de zomer  '
WITHOUT_CUSTOMER, OF_A_CAMPAIGN = "P25901", "P25902"


def make_projects(world: World, count: int, customers: Sequence[Row], random: Random) -> None:
    """Add `count` projects of customers, one without a customer, and one that is a campaign."""
    customer = world.account("1068")
    for code in company.PROJECT_CODES:
        set_up(world, "Projects", _project(code, f"Project {code}", 3, customer))
    for number in range(count - len(company.PROJECT_CODES)):
        set_up(world, "Projects", _drawn(number, random.choice(customers), random))
    set_up(world, "Projects", _project(WITHOUT_CUSTOMER, "Intern: kwaliteit", 4, {}))
    set_up(world, "Projects", _project(OF_A_CAMPAIGN, "Voorjaarsactie", CAMPAIGN, customer))


def _project(code: str, description: str, kind: int, customer: Row) -> Row:
    return {
        "ID": master_id("project", code),
        "Code": code,
        "Description": description,
        "Type": kind,
        "TypeDescription": TYPES[kind],
        "Account": customer.get("ID"),
        "AccountCode": customer.get("Code"),
        "AccountName": customer.get("Name"),
        "StartDate": START,
    }


def _drawn(number: int, customer: Row, random: Random) -> Row:
    subject = f"{random.choice(SUBJECTS)} {customer['Name']}"[:60]
    row = _project(f"P26{FIRST_DRAWN + number:03d}", subject, 2 + number % 4, customer)
    dates: tuple[Row, ...] = (
        {},
        {"EndDate": ENDS_ONE_DAY},
        {"EndDate": ENDED},
        {"StartDate": STARTS_ONE_DAY},
        {"StartDate": None},
    )
    row |= dates[number % len(dates)]
    if number % 3 == 0:
        row["Notes"] = NOTES
    return row
