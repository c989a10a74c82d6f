"""The seven entities of the link: where each lives here, how it writes codes, what is imported.

What is imported is said again here, apart from the link's own mapping, so that the two can differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.sandbox.exact_online.values import Row, account_code, padded

if TYPE_CHECKING:
    from tests.sandbox.exact_online.world import World

CAMPAIGN = 1  # X87


def _right(width: int) -> Callable[[str], str]:
    return lambda text: padded(text, width)


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: its table, the endpoint that names its fields, and its rule for importing."""

    name: str
    table: str
    path: str
    imports: Callable[["World", Row], bool]
    padding: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    def written(self, values: Row) -> Row:
        """Return the values with their codes as Exact keeps them (X72, X73)."""
        pads = {name: pad for name, pad in self.padding.items() if values.get(name)}
        return values | {name: pad(values[name]) for name, pad in pads.items()}


def _is_active(world: "World", row: Row) -> bool:
    """L7: both days count."""
    today: datetime = world.today()
    start, end = row.get("StartDate"), row.get("EndDate")
    return (start is None or start <= today) and (end is None or end >= today)


def _account(world: "World", row: Row) -> bool:
    is_open = not row["Blocked"] and not row.get("IsAnonymised")
    return row["Type"] == "A" and row["Status"] == "C" and is_open and _is_active(world, row)


def _item(world: "World", row: Row) -> bool:
    return bool(row.get("IsSalesItem")) and _is_active(world, row)


def _employee(_: "World", row: Row) -> bool:
    """L 3.6: QicsMilestones keeps numbers only; who has left is imported as inactive."""
    code = row["Code"].strip()
    return bool(code.isascii() and code.isdecimal())


def _project(world: "World", row: Row) -> bool:
    """L15: a project waits for its customer, so it needs one that is imported."""
    customer = world.tables["Accounts"].get(row.get("Account"))
    return row["Type"] != CAMPAIGN and customer is not None and _account(world, customer)


def _vat_code(_: "World", row: Row) -> bool:
    return row["VATTransactionType"] != "P" and not row["IsBlocked"]


def _condition(world: "World", row: Row) -> bool:
    """L 3.2: of instalments the row with the most days speaks for all."""
    rows = [other for other in world.tables["PaymentConditions"] if other["Code"] == row["Code"]]
    return row is max(rows, key=lambda other: (other["PaymentDays"] or 0, other["ID"]))


def _any(_: "World", __: Row) -> bool:
    """L 3.3: a cost centre that has ended is imported as inactive."""
    return True


ENTITIES = {
    entity.name: entity
    for entity in (
        Entity(
            "accounts",
            "Accounts",
            "sync/CRM/Accounts",
            _account,
            {
                "Code": account_code,
                "InvoiceAccountCode": account_code,
                "SalesVATCode": _right(3),
                "Country": _right(3),
                "Language": _right(10),
            },
        ),
        Entity("cost_centers", "Costcenters", "hrm/Costcenters", _any),
        Entity("employees", "Employees", "sync/Payroll/Employees", _employee),
        Entity(
            "items",
            "Items",
            "sync/Logistics/Items",
            _item,
            {"SalesVatCode": _right(3), "Unit": _right(8)},
        ),
        Entity(
            "projects",
            "Projects",
            "sync/Project/Projects",
            _project,
            {"AccountCode": account_code},
        ),
        Entity("vat_codes", "VATCodes", "vat/VATCodes", _vat_code, {"Code": _right(3)}),
        Entity("payment_conditions", "PaymentConditions", "cashflow/PaymentConditions", _condition),
    )
}


def entity(name: str) -> Entity:
    """Return an entity by the name that the link has for it.

    Raises:
        LookupError: there is no such entity.
    """
    if name not in ENTITIES:
        raise LookupError(f"there is no entity {name}; known are: {', '.join(ENTITIES)}")
    return ENTITIES[name]
