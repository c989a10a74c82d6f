"""Cost centres: those that invoices use, and as many more as asked for."""

from datetime import UTC, datetime

from tests.sandbox.common import company
from tests.sandbox.exact_online.generator.masters import master_id, set_up
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

ENDED = datetime(2025, 12, 31, tzinfo=UTC)
ENDS_ONE_DAY = datetime(2099, 12, 31, tzinfo=UTC)
EVERY = 7  # of so many drawn cost centres one has ended and one will end


def make_centers(world: World, count: int) -> None:
    """Add cost centres until there are `count`; what has ended shows by its EndDate only (X96)."""
    for number in range(len(company.COST_CENTERS), count):
        row = _center(number - len(company.COST_CENTERS))
        set_up(world, "Costcenters", row | {"ID": master_id("Costcenters", row["Code"])})


def _center(number: int) -> Row:
    named = company.OTHER_COST_CENTERS
    if number < len(named):
        code, description = named[number]
        row = {"Code": code, "Description": description}
        return row | ({"EndDate": ENDED} if number == len(named) - 1 else {})
    row = {"Code": f"KP{number:03d}", "Description": f"Team {number}"}
    end = {1: ENDED, 2: ENDS_ONE_DAY}.get(number % EVERY)
    return row | ({"EndDate": end} if end else {})
