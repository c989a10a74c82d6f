"""R10: whatever the moment of a crash, the next runs leave the same behind as without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from koppeling.core.clock import Deadline
from koppeling.core.ids import ConnectionId
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.effects import CrashError, process

PLENTY = Deadline(lambda: 100_000)
LEASE_SECONDS = 181
TICKS_AFTER = 2
PARTS = 4
NEW_VAT_CODE = {"Code": "9", "Name": "Nieuw", "Percentage": "9", "IsDefault": False}


@contextmanager
def troubled_house() -> Iterator[Environment]:
    """One customer is refused, one lacks its VAT code, one is adopted, one refers to another."""
    with environment(accounts=3) as built:
        world = built.milestones.world
        world.change("CustomerCompany", key_of(built, "9901"), {"CustomerCode": "3001"})
        world.change("CustomerCompany", key_of(built, "9902"), {"CustomerCode": "3001"})
        built.exact.change_account("1071", InvoiceAccountCode="3002")
        built.exact.add_account(Code="3001", Name="Staat er dubbel")
        built.exact.add_account(Code="3002", Name="Zonder btw-code", SalesVATCode="9")
        yield built


def key_of(built: Environment, code: str) -> str:
    """Return the key of a customer."""
    return str(built.customer(code)["CustomerCompanyId"])


def run(built: Environment, last: int | None) -> bool:
    """Let a fresh process run; tells whether it died."""
    try:
        process(built, last).pulls.run(built.connection.id, PLENTY)
    except CrashError:
        return True
    return False


def left_behind(built: Environment) -> dict[str, Any]:
    """Return everything that a crash might have changed."""
    stores = built.wiring.stores.pull_stores
    own: ConnectionId = built.connection.id
    rows = built.exact.world.tables["Accounts"]
    records = stores.records.get_many(own, "accounts", [row["ID"] for row in rows])
    parked = stores.retries.all(own, "accounts")
    return {
        "customers": truth.customers(built),
        "problems": truth.problems(built),
        "parked": {(held.exact_id, held.code, held.is_complete, held.waits_for) for held in parked},
        "records": {
            key: (record.sources, record.code, record.fingerprint, record.milestones_id is None)
            for key, record in records.items()
        },
    }


def settle(built: Environment) -> None:
    """Let the lease of a dead process end, and some ticks pass."""
    built.clock.advance(LEASE_SECONDS)
    for _ in range(TICKS_AFTER):
        built.next_tick()


def change_everything(built: Environment) -> None:
    """Rename one, mend the refused one, break another, and give the missing VAT code."""
    world = built.milestones.world
    world.change("CustomerCompany", "3", {"CustomerCode": "9901"})
    world.add("VatCode", NEW_VAT_CODE)
    built.exact.change_account("1071", Code="1072")
    built.exact.change_account("1068", Code="9901", City="Zwolle")
    built.exact.change_account("0000215", City="Zwolle")
    built.exact.add_account(Code="3003", Name="Nieuw", SalesVATCode="8")
    built.exact.add_account(Code="3004", Name="Ook nieuw", InvoiceAccountCode="3003")


def story(built: Environment, last: int | None) -> bool:
    """Load, let a tick pass, change things, and let the process of the next tick die or not."""
    built.pull()
    change_everything(built)
    built.clock.advance(3600)
    return run(built, last)


# In parts, which several processes run at a time
@pytest.mark.parametrize("first", range(1, PARTS + 1))
def test_a_crash_after_any_effect_leaves_the_same_behind_as_none(first: int) -> None:
    with troubled_house() as built:
        assert not story(built, None)
        settle(built)
        unharmed = left_behind(built)

    for last in count(first, PARTS):
        with troubled_house() as built:
            died = story(built, last)
            settle(built)

            assert left_behind(built) == unharmed, f"after effect {last}"
            assert truth.doubles(built) == []
            assert truth.forbidden(built) == []
        if not died:
            break

    assert last > 20
