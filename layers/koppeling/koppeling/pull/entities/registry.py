"""The registry: one row per entity that travels from Exact to QicsMilestones.

Adding an entity is adding a row here and its mapping in `link_fields`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from koppeling.core.connection import Connection
from koppeling.pull.entities import (
    accounts,
    cost_centers,
    employees,
    items,
    payment_conditions,
    projects,
    vat_codes,
)
from koppeling.pull.link_values import LinkValue, Mapped
from koppeling.pull.record import Sources


class FeedKind(StrEnum):
    """How a feed is read: what changed since a Timestamp, or the whole list each time (X95)."""

    SYNC = "sync"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Feed:
    """An endpoint of Exact. The value of `owner` tells to which record a row belongs."""

    name: str
    endpoint: str
    select: frozenset[str]
    owner: str = "ID"
    kind: FeedKind = FeedKind.SYNC


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: where it is read, how it is mapped, where it is written.

    Feeds are read in this order; the one that makes a record comes last, so that on a first load
    everything that belongs to it is known already. `interval_minutes` is that of its schedule.
    """

    name: str
    feeds: tuple[Feed, ...]
    target: str
    key: str
    interval_minutes: int
    map: Callable[[Sources, Connection, date, Mapping[str, LinkValue]], Mapped | None]

    @property
    def singular(self) -> str:
        """Return the word that the catalogue knows for one of its records."""
        return self.name.removesuffix("s")


VAT_CODES = Entity(
    name="vat_codes",
    feeds=(Feed("vat_codes", "vat/VATCodes", vat_codes.SOURCES, kind=FeedKind.LIST),),
    target="VatCode",
    key="Code",
    interval_minutes=15,
    map=vat_codes.map_vat_code,
)
PAYMENT_CONDITIONS = Entity(
    name="payment_conditions",
    feeds=(
        # X84: the rows of one code, its instalments, are one record
        Feed(
            "payment_conditions",
            "cashflow/PaymentConditions",
            payment_conditions.SOURCES,
            owner="Code",
            kind=FeedKind.LIST,
        ),
    ),
    target="PaymentCondition",
    key="Code",
    interval_minutes=15,
    map=payment_conditions.map_payment_condition,
)
COST_CENTERS = Entity(
    name="cost_centers",
    feeds=(Feed("cost_centers", "hrm/Costcenters", cost_centers.SOURCES, kind=FeedKind.LIST),),
    target="CostCenter",
    key="Code",
    interval_minutes=15,
    map=cost_centers.map_cost_center,
)
ACCOUNTS = Entity(
    name="accounts",
    feeds=(
        Feed("contacts", "sync/CRM/Contacts", accounts.CONTACT_SOURCES, owner="Account"),
        Feed("addresses", "sync/CRM/Addresses", accounts.ADDRESS_SOURCES, owner="Account"),
        Feed("accounts", "sync/CRM/Accounts", accounts.ACCOUNT_SOURCES),
    ),
    target="CustomerCompany",
    key="CustomerCode",
    interval_minutes=15,
    map=accounts.map_account,
)
ITEMS = Entity(
    name="items",
    feeds=(Feed("items", "sync/Logistics/Items", items.SOURCES),),
    target="ItemCompany",
    key="ItemCode",
    interval_minutes=15,
    map=items.map_item,
)
EMPLOYEES = Entity(
    name="employees",
    feeds=(Feed("employees", "sync/Payroll/Employees", employees.SOURCES),),
    target="EmployeeCompany",
    key="EmployeeNumber",
    interval_minutes=240,
    map=employees.map_employee,
)
PROJECTS = Entity(
    name="projects",
    feeds=(Feed("projects", "sync/Project/Projects", projects.SOURCES),),
    target="Project",
    key="ProjectCode",
    interval_minutes=240,
    map=projects.map_project,
)

# L12: in the order of a first load, so that what is referred to is there before
ENTITIES: Mapping[str, Entity] = {
    entity.name: entity
    for entity in (
        *(VAT_CODES, PAYMENT_CONDITIONS, COST_CENTERS),
        ACCOUNTS,
        *(ITEMS, EMPLOYEES, PROJECTS),
    )
}
