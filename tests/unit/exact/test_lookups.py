"""A kept record that would stop an invoice is asked for again; any other is not (P3)."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.exact.client import ExactClient
from koppeling.exact.lookups import ExactLookups
from koppeling.pull.ports import LinkedRecords

ACME = ConnectionId("acme")
CUSTOMER = {"ID": "c-1", "Code": "1068", "Status": "C", "Blocked": False, "EndDate": None}
GL_ACCOUNT = {"ID": "gl-1", "Code": "8000", "Type": 110, "IsBlocked": False}
VAT_CODE = {
    "ID": "vat-1",
    "Code": "2  ",
    "Type": "E",
    "VATTransactionType": "B",
    "IsBlocked": False,
    "Percentage": "0.21",
}
ENDED = "2026-12-31"


class Exact:
    """An administration with one record of each kind, and what the link has kept of it."""

    def __init__(self, kept: dict[str, Any], *, stored: bool) -> None:
        self.asked: list[str] = []
        self.kept: dict[str, Any] | None = kept
        self.stored = stored

    def rows(self, endpoint: str, select: tuple[str, ...], where: str) -> list[dict[str, Any]]:
        """Answer as Exact does now."""
        assert select
        assert where
        self.asked.append(endpoint)
        rows: dict[str, list[dict[str, Any]]] = {
            "crm/Accounts": [CUSTOMER],
            "financial/GLAccounts": [GL_ACCOUNT],
            "vat/VATCodes": [VAT_CODE],
            "vat/VatPercentages": [],
        }
        return rows[endpoint]

    def get(self, *key: str) -> dict[str, Any] | None:
        """Return what the cache holds."""
        assert key[:2] == (ACME, "exact")
        return None if self.stored else self.kept

    def put(self, *key: object) -> None:
        """Keep what was found."""
        assert key

    def forget(self, *key: str) -> None:
        """Keep it no longer."""
        assert key[:2] == (ACME, "exact")
        self.kept = None

    def find_by_code(self, *key: str) -> SimpleNamespace | None:
        """Return the record that a pull stored."""
        assert key[:2] == (ACME, "accounts")
        return SimpleNamespace(sources={"accounts": {"c-1": self.kept}}) if self.stored else None


def lookups(kept: dict[str, Any], *, stored: bool = False) -> tuple[ExactLookups, Exact]:
    """Return the look-ups on an administration of which this is kept."""
    exact = Exact(kept, stored=stored)
    client, records = cast("ExactClient", exact), cast("LinkedRecords", exact)
    return ExactLookups(ACME, client, records, exact), exact


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({}, []),
        ({"Blocked": True}, ["crm/Accounts"]),
        ({"EndDate": ENDED}, ["crm/Accounts"]),
        ({"Status": "S"}, ["crm/Accounts"]),
    ],
    ids=str,
)
def test_a_stored_customer_that_takes_no_entries_is_asked_for_again(
    changed: dict[str, Any], asked: list[str]
) -> None:
    found, exact = lookups({**CUSTOMER, **changed}, stored=True)

    card = found.find_customer("1068")

    assert card is not None
    assert (card.status, card.blocked, card.end_date) == ("C", False, None)
    assert exact.asked == asked


@pytest.mark.parametrize(
    ("changed", "asked"), [({}, []), ({"IsBlocked": True}, ["financial/GLAccounts"])], ids=str
)
def test_a_cached_gl_account_that_is_blocked_is_asked_for_again(
    changed: dict[str, Any], asked: list[str]
) -> None:
    found, exact = lookups({**GL_ACCOUNT, **changed})

    card = found.find_gl_account("8000")

    assert card is not None
    assert not card.blocked
    assert exact.asked == asked


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({}, []),
        ({"IsBlocked": True}, ["vat/VATCodes", "vat/VatPercentages"]),
        ({"Type": "I"}, ["vat/VATCodes", "vat/VatPercentages"]),
        ({"VATTransactionType": "P"}, ["vat/VATCodes", "vat/VatPercentages"]),
    ],
    ids=str,
)
def test_a_cached_vat_code_that_is_not_for_sales_is_asked_for_again(
    changed: dict[str, Any], asked: list[str]
) -> None:
    found, exact = lookups({**VAT_CODE, "Periods": [], **changed})

    card = found.find_vat_code("2")

    assert card is not None
    assert (card.type, card.transaction_type, card.blocked) == ("E", "B", False)
    assert exact.asked == asked
