"""A kept record that would stop an invoice is asked for again; any other is not (P3)."""

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.exact.client import ExactClient
from koppeling.exact.lookups import ExactLookups
from koppeling.pull.ports import LinkedRecords
from koppeling.pull.record import Record

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
NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Exact:
    """An administration with one record of each kind, and what the link has kept of it."""

    def __init__(self, kept: dict[str, Any], *, stored: bool) -> None:
        self.asked: list[str] = []
        self.kept: dict[str, Any] | None = kept
        self.stored = stored
        self.link: MilestonesId | None = None
        self.filters: list[str] = []
        self.known = [CUSTOMER]

    def rows(self, endpoint: str, select: tuple[str, ...], where: str) -> list[dict[str, Any]]:
        """Answer as Exact does now."""
        assert select
        assert where
        self.asked.append(endpoint)
        self.filters.append(where)
        rows: dict[str, list[dict[str, Any]]] = {
            "crm/Accounts": [
                row for row in self.known if str(row["ID"]) in where or "Code" in where
            ],
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

    def find_by_code(self, *key: str) -> Record | None:
        """Return the record that a pull stored."""
        assert key[:2] == (ACME, "accounts")
        if not self.stored or self.kept is None:
            return None
        return Record(ExactId("c-1"), {"accounts": {"c-1": self.kept}}, "1068", self.link)


def lookups(kept: dict[str, Any], *, stored: bool = False) -> tuple[ExactLookups, Exact]:
    """Return the look-ups on an administration of which this is kept."""
    exact = Exact(kept, stored=stored)
    client, records = cast("ExactClient", exact), cast("LinkedRecords", exact)
    return ExactLookups(ACME, client, records, exact, now=lambda: NOW), exact


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
    found, exact = lookups({**VAT_CODE, "Periods": [], "ReadOn": "2026-11-24", **changed})

    card = found.find_vat_code("2")

    assert card is not None
    assert (card.type, card.transaction_type, card.blocked) == ("E", "B", False)
    assert exact.asked == asked


def test_a_vat_code_tells_on_which_day_exact_said_so() -> None:
    found, _ = lookups(VAT_CODE)

    card = found.find_vat_code("2")

    assert card is not None
    assert card.read_on == date(2026, 11, 24), "what an earlier release cached is asked for again"


RENUMBERED = {**CUSTOMER, "Code": "2000"}
OTHER = {**CUSTOMER, "ID": "c-2"}


def linked(kept: dict[str, Any], *rows: dict[str, Any]) -> tuple[ExactLookups, Exact]:
    """Return the look-ups where QicsMilestones has the stored relation as 1068."""
    found, exact = lookups(kept, stored=True)
    exact.link, exact.known = MilestonesId("7"), list(rows)
    return found, exact


def test_a_linked_relation_is_meant_although_another_one_has_its_number_in_exact_now() -> None:
    found, exact = linked(RENUMBERED, RENUMBERED, OTHER)

    card = found.find_customer("1068")

    assert card is not None
    assert card.id == "c-1"
    assert exact.asked == []


@pytest.mark.parametrize("anew", [True, False])
def test_a_linked_relation_is_asked_for_by_its_id(*, anew: bool) -> None:
    found, exact = linked(CUSTOMER if anew else {**CUSTOMER, "Blocked": True}, RENUMBERED, OTHER)

    card = found.find_customer("1068", anew=anew)

    assert card is not None
    assert card.id == "c-1"
    assert exact.filters == ["ID eq guid'c-1'"]


def test_only_of_a_linked_relation_that_exact_has_no_more_the_number_decides() -> None:
    found, exact = linked(CUSTOMER, OTHER)

    card = found.find_customer("1068", anew=True)

    assert card is not None
    assert card.id == "c-2"
    assert len(exact.filters) == 2


def test_a_relation_without_a_link_is_asked_for_by_a_number_that_it_lost() -> None:
    found, exact = lookups(RENUMBERED, stored=True)
    exact.known = [OTHER]

    card = found.find_customer("1068")

    assert card is not None
    assert card.id == "c-2"
