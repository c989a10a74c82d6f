"""Single calls of a client of Exact, and what came of them."""

from decimal import Decimal
from typing import Any

from koppeling.core.errors import Consequence
from tests.unit.exact.wire import Answer, Limiter, Wire, client_of

ACCOUNTS = "crm/Accounts"
ENTRIES = "salesentry/SalesEntries"
BODY = {"AmountFC": Decimal("0.10"), "YourRef": "20260412"}


def read(*answers: Answer) -> tuple[list[dict[str, Any]], Wire, Limiter]:
    """Look up relations, and return what came of it."""
    wire, limiter = Wire(*answers), Limiter()
    return client_of(wire, limiter).rows(ACCOUNTS, ("ID",), "Code eq '1'"), wire, limiter


def post(*answers: Answer) -> tuple[str, Wire, Limiter]:
    """Post an entry, and return what came of it."""
    wire, limiter = Wire(*answers), Limiter()
    made = client_of(wire, limiter).create(ENTRIES, BODY, lambda row: str(row["EntryID"]))
    return made, wire, limiter


def failed(*answers: Answer, writes: bool = False) -> tuple[Consequence, Limiter]:
    """Return what a call that goes wrong means, and who was told."""
    wire, limiter = Wire(*answers), Limiter()
    client = client_of(wire, limiter)
    try:
        if writes:
            client.create(ENTRIES, BODY, lambda row: row["EntryID"])
        else:
            client.rows(ACCOUNTS, ("ID",), "Code eq '1'")
    except Consequence as meant:
        return meant, limiter
    raise LookupError("the call went well")
