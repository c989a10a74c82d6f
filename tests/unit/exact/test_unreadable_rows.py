"""A row that a look-up cannot read is neither found nor absent: it is asked again."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from koppeling.core.administration import Administration
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.core.ports import LookupCache
from koppeling.exact.books import ExactBooks, SharedLimiter
from koppeling.exact.client import ExactClient
from koppeling.exact.divisions import ExactDivisions, named_administration
from koppeling.exact.inspection import ExactInspection
from koppeling.pull.ports import LinkedRecords, Page
from koppeling.push.journal import Period

ACME = ConnectionId("acme")
ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = date(2026, 11, 24)
ABSENT = "absent"
HOSTILE: tuple[object, ...] = (
    *(ABSENT, None, "", "twaalf", "NaN", "-Infinity", "1e999999999", Decimal("1E+400")),
    *(True, -7, 10**25, Decimal("0.5"), "/Date(999999999999999999999)/", "24-11-2026"),
    *([], [1, None], {"results": []}, "caf\ud83d", "x" * 1000),
)
ROWS: dict[str, dict[str, Any]] = {
    "salesentry/SalesEntries": {
        "EntryID": ID,
        "EntryNumber": 26700001,
        "Journal": "70",
        "Customer": ID,
        "CustomerName": "Bakker",
        "AmountFC": Decimal("121.00"),
        "Currency": "EUR",
        "EntryDate": "2026-10-31",
        "YourRef": "20260412",
    },
    "documents/Documents": {"ID": ID, "Subject": "Factuur", "Type": 10},
    "documents/DocumentAttachments": {"ID": ID, "FileName": "a.pdf", "FileSize": 1234},
    "crm/Accounts": {"ID": ID, "Code": "1068", "Status": "C", "Blocked": False, "EndDate": None},
    "financial/GLAccounts": {
        "ID": ID,
        "Code": "8000",
        "Type": 110,
        "IsBlocked": False,
        "UseCostcenter": 1,
        "UseCostunit": 0,
    },
    "vat/VATCodes": {
        "ID": ID,
        "Code": "2  ",
        "Description": "Hoog",
        "Type": "E",
        "VATTransactionType": "B",
        "IsBlocked": False,
        "Percentage": Decimal("0.21"),
        "Charged": False,
    },
    "vat/VatPercentages": {
        "VATCodeID": ID,
        "Percentage": Decimal("0.21"),
        "StartDate": "2012-10-01",
        "EndDate": None,
        "Type": 0,
    },
    "project/Projects": {"ID": ID, "Code": "P26009"},
    "financial/Journals": {
        "Code": "70",
        "Type": 20,
        "IsBlocked": False,
        "GLAccount": ID,
        "GLAccountCode": "1300",
    },
    "financial/FinancialPeriods": {"FinYear": 2026, "FinPeriod": 11},
    "system/Divisions": {
        "Code": 987654,
        "Description": "Veldhuis Advies B.V.",
        "Status": 1,
        "BlockingStatus": 0,
        "DivisionMoveDate": None,
    },
}


class Exact:
    """An administration with one row at each endpoint, one of which holds something odd."""

    def __init__(self, endpoint: str = "", field: str = "", value: object = None) -> None:
        self.rows_held = {name: dict(row) for name, row in ROWS.items()}
        self.cached: dict[str, dict[str, Any]] = {}
        if value == ABSENT:
            del self.rows_held[endpoint][field]
        elif endpoint:
            self.rows_held[endpoint][field] = value

    def rows(self, endpoint: str, *_: object) -> list[dict[str, Any]]:
        """Answer a look-up."""
        return [dict(self.rows_held[endpoint])]

    def whole(self, endpoint: str, *_: object) -> list[Page]:
        """Answer with a list."""
        return [Page(self.rows(endpoint), None)]

    def find_by_code(self, *_: object) -> None:
        """Know of no pulled record."""

    def get(self, *key: str) -> dict[str, Any] | None:
        """Return what the cache holds."""
        return self.cached.get(key[2])

    def put(self, *key: Any) -> None:  # noqa: ANN401 - three texts and a row
        """Keep a row."""
        self.cached[key[2]] = key[4]

    def forget(self, *_: object) -> None:
        """Keep it no longer."""


def books(exact: Exact) -> ExactBooks:
    return ExactBooks(
        ACME,
        client=cast("ExactClient", exact),
        records=cast("LinkedRecords", exact),
        cache=cast("LookupCache", exact),
        limiter=cast("SharedLimiter", None),
        logged_in_at=lambda: None,
        now=lambda: NOW,
    )


def inspection(exact: Exact) -> ExactInspection:
    return ExactInspection(cast("ExactClient", exact), Division(987654), {})


def administration(exact: Exact) -> Administration | None:
    way = (cast("ExactClient", exact), "system/Divisions")
    return named_administration(Division(987654), [way])


type Read = Callable[[Exact], object]
READS: Sequence[tuple[str, Read]] = (
    ("salesentry/SalesEntries", lambda exact: books(exact).entries_with_reference("20260412")),
    (
        "salesentry/SalesEntries",
        lambda exact: list(books(exact).entries("70", Period(2026, 10), lines=False)),
    ),
    ("documents/Documents", lambda exact: books(exact).documents_of_entry(ExactId(ID))),
    (
        "documents/DocumentAttachments",
        lambda exact: books(exact).attachments_of_document(ExactId(ID)),
    ),
    ("crm/Accounts", lambda exact: books(exact).find_customer("1068")),
    ("financial/GLAccounts", lambda exact: books(exact).find_gl_account("8000")),
    ("vat/VATCodes", lambda exact: books(exact).find_vat_code("2")),
    ("vat/VatPercentages", lambda exact: books(exact).find_vat_code("2")),
    ("project/Projects", lambda exact: books(exact).find_project("P26009")),
    ("financial/Journals", lambda exact: inspection(exact).journals(("70",))),
    ("financial/FinancialPeriods", lambda exact: inspection(exact).period(DAY)),
    ("vat/VATCodes", lambda exact: inspection(exact).vat_codes(DAY)),
    ("vat/VatPercentages", lambda exact: inspection(exact).vat_codes(DAY)),
    ("system/Divisions", administration),
    (
        "system/Divisions",
        lambda exact: ExactDivisions(
            cast("ExactClient", exact), Division(987654), lambda: NOW
        ).division_facts(),
    ),
)
CASES = [(endpoint, read, field) for endpoint, read in READS for field in ROWS[endpoint]]


@pytest.mark.parametrize(
    ("endpoint", "read", "field"),
    CASES,
    ids=[f"{number} {endpoint} {field}" for number, (endpoint, _, field) in enumerate(CASES)],
)
def test_whatever_a_field_holds_its_row_is_read_or_asked_again(
    endpoint: str, read: Read, field: str
) -> None:
    for value in HOSTILE:
        found: object = None
        with suppress(Retry):
            found = read(Exact(endpoint, field, value))
        assert "'None'" not in repr(found), value


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [
        ("salesentry/SalesEntries", "EntryID"),
        ("salesentry/SalesEntries", "EntryNumber"),
        ("salesentry/SalesEntries", "Customer"),
        ("salesentry/SalesEntries", "AmountFC"),
        ("salesentry/SalesEntries", "EntryDate"),
        ("documents/Documents", "ID"),
        ("documents/DocumentAttachments", "FileSize"),
        ("crm/Accounts", "ID"),
        ("financial/GLAccounts", "Type"),
        ("project/Projects", "ID"),
        ("system/Divisions", "Status"),
    ],
)
@pytest.mark.parametrize("value", [ABSENT, None, ""])
def test_without_what_identifies_it_nothing_is_known_of_a_row(
    endpoint: str, field: str, value: object
) -> None:
    read = next(read for name, read in READS if name == endpoint)

    with pytest.raises(Retry):
        read(Exact(endpoint, field, value))


def test_what_cannot_be_read_is_not_kept_and_what_was_kept_so_is_asked_again() -> None:
    exact = Exact("financial/GLAccounts", "Type", None)
    with pytest.raises(Retry):
        books(exact).find_gl_account("8000")
    assert exact.cached == {}

    mended = Exact()
    mended.cached["gl_account"] = {"ID": ID, "Code": "8000", "Type": None}
    found = books(mended).find_gl_account("8000")

    assert found is not None
    assert found.type == 110
