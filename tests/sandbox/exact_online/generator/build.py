"""Fills a world: the set-up, the customers that the link will import, and the others."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil
from random import Random

from tests.sandbox.exact_online.generator.masters import make_masters, make_projects
from tests.sandbox.exact_online.generator.relations import Relation, draw_relation
from tests.sandbox.exact_online.values import Row, account_code
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


def fill(world: World, accounts: int, seed: int) -> None:
    """Fill the world with `accounts` importable accounts and about 8 % others.

    Raises:
        ValueError: fewer accounts than the invoice examples need.
    """
    if accounts < len(EXAMPLE_CODES):
        raise ValueError(f"at least {len(EXAMPLE_CODES)} accounts are needed")
    random = Random(seed)
    make_masters(world)
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
    make_projects(world)


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


def new_account(world: World, values: Row) -> Row:
    """Add an account of today: an active customer with the next free code, unless told otherwise.

    Raises:
        ValueError: the code is in use (X158).
    """
    with world.lock:
        codes = {row["Code"] for row in world.tables["Accounts"]}
        numbers = [int(code) for code in codes if code.strip().isdecimal()]
        row: Row = {
            "ID": world.new_id(),
            "Code": account_code(str(max(numbers) + 1)),
            "Name": "Nieuwe relatie",
            "Type": "A",
            "Status": "C",
            "Blocked": False,
            "IsSales": True,
            "IsSupplier": False,
            "IsAnonymised": 0,
            "StartDate": world.today(),
            "Country": "NL ",
            "CountryName": "Nederland",
        } | values
        if row["Code"] in codes:
            raise ValueError(f"the code {row['Code'].strip()} is in use")
        return world.add("Accounts", row)
