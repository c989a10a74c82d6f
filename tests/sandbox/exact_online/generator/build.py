"""Fills a world: the set-up, the customers that the link will import, and the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from random import Random

from tests.sandbox.common import company
from tests.sandbox.exact_online.generator.centers import make_centers
from tests.sandbox.exact_online.generator.items import make_items
from tests.sandbox.exact_online.generator.masters import make_conditions, make_masters, make_vat
from tests.sandbox.exact_online.generator.people import make_employees
from tests.sandbox.exact_online.generator.projects import make_projects
from tests.sandbox.exact_online.generator.relations import Relation, draw_relation
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

EXAMPLE_CODES = ("1068", "0000215", "1071")
FIRST_CODE = 2001
ZERO_PADDED_EVERY = 11
INVOICED_ELSEWHERE_EVERY = 23
SHARE_OF_OTHERS = 0.08

# What makes a relation one that the link leaves alone (L7, X78, X79).
OTHERS: tuple[Row, ...] = (
    {"Blocked": True},
    {"EndDate": datetime(2024, 12, 31, tzinfo=UTC)},
    {"Status": "P", "IsSales": False},
    {"Status": "A", "IsSales": False, "IsSupplier": True},
    {"Status": "S", "IsSales": False},
    {"Type": "D"},
    {"StartDate": datetime(2099, 1, 1, tzinfo=UTC)},
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records of each entity the link will create; those it leaves alone come on top."""

    accounts: int = 10
    items: int = 12
    employees: int = 8
    projects: int = 10
    cost_centers: int = 5


def fill(world: World, sizes: Sizes, seed: int) -> None:
    """Fill the world: the set-up first, the relations, and then what hangs on them.

    Raises:
        ValueError: fewer of something than the invoice examples need.
    """
    _check(sizes)
    make_masters(world)
    customers = _make_relations(world, sizes.accounts, Random(seed))
    make_vat(world, company.OTHER_VAT_CODES)
    make_conditions(world, company.OTHER_PAYMENT_CONDITIONS)
    make_centers(world, sizes.cost_centers)
    make_items(world, sizes.items, Random(f"items-{seed}"))
    make_employees(world, sizes.employees, Random(f"employees-{seed}"))
    make_projects(world, sizes.projects, customers, Random(f"projects-{seed}"))


def _check(sizes: Sizes) -> None:
    least = {
        "accounts": len(EXAMPLE_CODES),
        "items": len(company.ARTICLES),
        "employees": 1,
        "projects": len(company.PROJECT_CODES),
        "cost_centers": len(company.COST_CENTERS),
    }
    for name, number in least.items():
        if getattr(sizes, name) < number:
            raise ValueError(f"at least {number} {name} are needed")


def _make_relations(world: World, accounts: int, random: Random) -> list[Row]:
    """Add `accounts` customers and about 8 % other relations; returns the customers."""
    others = max(len(OTHERS), ceil(accounts * SHARE_OF_OTHERS))
    every = max(1, accounts // others)
    codes = _codes()
    customers: list[Row] = []
    for number in range(accounts):
        code = EXAMPLE_CODES[number] if number < len(EXAMPLE_CODES) else next(codes)
        relation = draw_relation(random, number, code)
        _invoice_elsewhere(relation.account, customers)
        customers.append(relation.account)
        _store(world, relation)
        if number % every == 0 and number // every < others:
            _store_other(
                world, draw_relation(random, accounts + number, next(codes)), number // every
            )
    for position in range(ceil(accounts / every), others):
        _store_other(world, draw_relation(random, accounts * 2, next(codes)), position)
    return customers


def _codes() -> Iterator[str]:
    number = FIRST_CODE
    while True:
        yield f"{number:07d}" if number % ZERO_PADDED_EVERY == 0 else str(number)
        number += 1


def _invoice_elsewhere(account: Row, customers: list[Row]) -> None:
    if customers and len(customers) % INVOICED_ELSEWHERE_EVERY == len(EXAMPLE_CODES):
        debtor = customers[len(customers) // 2]
        account["InvoiceAccount"] = debtor["ID"]
        account["InvoiceAccountCode"] = debtor["Code"]
        account["InvoiceAccountName"] = debtor["Name"]


def _store_other(world: World, relation: Relation, position: int) -> None:
    relation.account |= OTHERS[position % len(OTHERS)]
    _store(world, relation)


def _store(world: World, relation: Relation) -> None:
    own: Row = {"Division": world.division}
    world.put("Accounts", relation.account | own)
    for address in relation.addresses:
        world.put("Addresses", address | own)
    for contact in relation.contacts:
        world.put("Contacts", contact | own)
