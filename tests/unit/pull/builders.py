"""Rows of Exact and a connection, whole and usual, so that a test names only what it is about."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, Division
from koppeling.pull.entities.accounts import map_account
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.link_values import LinkValue, Mapped
from koppeling.pull.record import Sources

TODAY = date(2026, 11, 24)
ACCOUNT, CONTACT, ADDRESS = "account-1", "contact-1", "address-1"

_CONNECTION = Connection(
    id=ConnectionId("veldhuis-advies-01"),
    exact_host="start.exactonline.nl",
    exact_user="koppeling@veldhuis.example",
    division=Division(987654),
    administration_name="Veldhuis Advies B.V.",
    milestones_user="koppeling@veldhuis.example",
    company_id="1",
    sales_journal="70",
    debtor_gl_account="1300",
    start_date=date(2026, 1, 1),
)


def a_connection(**changes: Any) -> Connection:  # noqa: ANN401 - fields of any kind
    """Return the usual connection with changes."""
    return replace(_CONNECTION, **changes)


def an_account(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return a customer as Exact sends it: codes padded, most fields empty."""
    usual = {
        "ID": ACCOUNT,
        "Timestamp": 10,
        "Code": "              1068",
        "Name": "Bakkerij 't Hoekje",
        "Type": "A",
        "Status": "C",
        "Blocked": False,
        "StartDate": "2020-01-01",
        "EndDate": None,
        "IsAnonymised": 0,
    }
    return usual | changes


def an_address(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return an invoice address of the usual account."""
    usual = {"ID": ADDRESS, "Timestamp": 11, "Account": ACCOUNT, "Type": 3, "Main": True}
    return usual | changes


def a_contact(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return a contact of the usual account."""
    usual = {"ID": CONTACT, "Timestamp": 12, "Account": ACCOUNT, "FullName": "Anouk de Wit"}
    return usual | changes


def rows_of(
    account: dict[str, Any] | None, *belonging: dict[str, Any]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the rows of one record by feed; an address is told from a contact by its Type."""
    sources: dict[str, dict[str, dict[str, Any]]] = {"addresses": {}, "contacts": {}}
    if account is not None:
        sources["accounts"] = {account["ID"]: account}
    for row in belonging:
        sources["addresses" if "Type" in row else "contacts"][row["ID"]] = row
    return sources


def mapped(
    account: dict[str, Any],
    *belonging: dict[str, Any],
    today: date = TODAY,
    written: dict[str, LinkValue] | None = None,
    **connection: Any,  # noqa: ANN401 - fields of a connection
) -> Mapped:
    """Return what an account with what belongs to it means for QicsMilestones."""
    sources: Sources = rows_of(account, *belonging)
    found = map_account(sources, MappingContext(a_connection(**connection), today, written or {}))
    if found is None:
        raise ValueError("the account has no code")
    return found


def a_vat_code(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return the high tariff on sales as Exact sends it: the code padded, a fraction (X73, X77)."""
    usual = {
        "ID": "vat-code-1",
        "Code": "2  ",
        "Description": "BTW hoog tarief, exclusief",
        "Percentage": Decimal("0.21"),
        "Type": "E",
        "VATTransactionType": "B",
        "Charged": False,
        "EUSalesListing": "N",
        "IsBlocked": False,
    }
    return usual | changes


def a_payment_condition(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return a condition of 30 days as Exact sends it."""
    usual = {
        "ID": "payment-condition-1",
        "Code": "30",
        "Description": "30 dagen",
        "PaymentDays": 30,
        "PaymentEndOfMonths": 0,
    }
    return usual | changes


def a_cost_center(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return a cost centre as Exact sends it."""
    usual = {"ID": "cost-center-1", "Code": "ADV", "Description": "Advies", "EndDate": None}
    return usual | changes


def an_item(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return an item for hours as Exact sends it."""
    usual = {
        "ID": "item-1",
        "Timestamp": 20,
        "Code": "UUR-SR",
        "Description": "Uren senior adviseur",
        "ExtraDescription": None,
        "IsSalesItem": True,
        "IsTime": 1,
        "StartDate": "2020-01-01",
        "EndDate": None,
        "GLRevenueCode": "8000",
        "SalesVatCode": "2  ",
    }
    return usual | changes


def an_employee(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return an employee as Exact sends one to a user without rights on private data."""
    usual = {
        "ID": "employee-1",
        "Timestamp": 30,
        "Code": "12",
        "EmployeeHID": 512,
        "FirstName": "Sanne",
        "MiddleName": "van der",
        "LastName": "Veldhuis",
        "Initials": "S.M.",
        "BusinessEmail": "sanne@veldhuis.example",
        "BusinessPhone": "030 123 45 67",
        "BusinessMobile": "06 12 34 56 78",
        "IsActive": True,
        "EndDate": None,
    }
    return usual | changes


def a_project(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Exact
    """Return a project on time and material as Exact sends it: its customer's code padded."""
    usual = {
        "ID": "project-1",
        "Timestamp": 40,
        "Code": "P2026-014",
        "Description": "Migratie boekhouding",
        "Notes": None,
        "Type": 3,
        "AccountCode": "              1068",
        "StartDate": "2026-02-01",
        "EndDate": None,
    }
    return usual | changes


USUAL_ROWS = {
    "vat_codes": a_vat_code,
    "payment_conditions": a_payment_condition,
    "cost_centers": a_cost_center,
    "items": an_item,
    "employees": an_employee,
    "projects": a_project,
}


def mapped_as(
    entity: str,
    *rows: Mapping[str, Any],
    today: date = TODAY,
    **connection: Any,  # noqa: ANN401 - fields of a connection
) -> Mapped:
    """Return what rows of the one feed of an entity mean for QicsMilestones."""
    sources: Sources = {entity: {row["ID"]: row for row in rows}}
    found = ENTITIES[entity].map(sources, MappingContext(a_connection(**connection), today))
    if found is None:
        raise ValueError("the record has no code")
    return found


class RowThatRemembers(Mapping[str, Any]):
    """A row that remembers which of its fields were read."""

    def __init__(self, row: Mapping[str, Any], read: set[str]) -> None:
        self._row = row
        self._read = read

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - fields of Exact
        self._read.add(name)
        return self._row[name]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("a mapping names the fields it reads")

    def __len__(self) -> int:
        return len(self._row)
