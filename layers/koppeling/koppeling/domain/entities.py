"""The registry: one row per entity that travels from Exact to QicsMilestones.

Adding an entity is adding a row here and its mapping in `link_fields`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from koppeling.domain.connection import Connection
from koppeling.domain.link_fields import accounts
from koppeling.domain.records import Sources
from koppeling.domain.values import LinkValue, Mapped


class Kind(StrEnum):
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
    kind: Kind = Kind.SYNC


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

ENTITIES: Mapping[str, Entity] = {entity.name: entity for entity in (ACCOUNTS,)}
