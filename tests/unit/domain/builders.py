"""Rows of Exact and a connection, whole and usual, so that a test names only what it is about."""

from dataclasses import replace
from datetime import date
from typing import Any

from koppeling.domain.connection import Connection
from koppeling.domain.link_fields.accounts import map_account
from koppeling.domain.names import ConnectionId, Division
from koppeling.domain.records import Sources
from koppeling.domain.values import LinkValue, Mapped

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
    found = map_account(sources, a_connection(**connection), today, written or {})
    if found is None:
        raise ValueError("the account has no code")
    return found
