"""Rights in Exact: what the parts of the link call, and how the right is named (X32, X33)."""

from collections.abc import Iterator
from dataclasses import dataclass

from koppeling.core.connection import Connection

READ, CREATE = "GET", "POST"
_RELATIONS = "Relaties bekijken"
_MASTER_DATA = "Financiële stamgegevens bekijken"
_ENTRIES = "Boekingen importeren en Verkoopboekingen invoeren, bewerken en verwijderen"
_DOCUMENTS = "Documenten aanmaken en bijwerken"
# Exact publishes no names for the rights on items, employees and projects; these are assumed (X32)
_RIGHTS = {
    "accounts": _RELATIONS,
    "cost_centers": _MASTER_DATA,
    "vat_codes": _MASTER_DATA,
    "payment_conditions": _MASTER_DATA,
    "gl_accounts": _MASTER_DATA,
    "journals": _MASTER_DATA,
    "periods": "Periodes beheren",
    "sales_entries": _ENTRIES,
    "documents": _DOCUMENTS,
    "items": "Artikelen bekijken",
    "employees": "Medewerkers bekijken",
    "projects": "Projecten bekijken",
}


@dataclass(frozen=True, slots=True)
class Needed:
    """A call that a part of the link makes."""

    entity: str
    endpoint: str
    action: str = READ


# What the push cannot do without, whatever is switched on
_PUSH = (
    Needed("accounts", "crm/Accounts"),
    Needed("vat_codes", "vat/VATCodes"),
    Needed("gl_accounts", "financial/GLAccounts"),
    Needed("journals", "financial/Journals"),
    Needed("periods", "financial/FinancialPeriods"),
    Needed("sales_entries", "salesentry/SalesEntries"),
    Needed("sales_entries", "salesentry/SalesEntries", CREATE),
)
_PDFS = (
    Needed("documents", "documents/Documents"),
    Needed("documents", "documents/Documents", CREATE),
    Needed("documents", "documents/DocumentAttachments", CREATE),
)
_PULLS = (
    Needed("accounts", "crm/Contacts"),
    Needed("accounts", "crm/Addresses"),
    Needed("cost_centers", "hrm/Costcenters"),
    Needed("payment_conditions", "cashflow/PaymentConditions"),
    Needed("items", "logistics/Items"),
    Needed("employees", "payroll/Employees"),
    Needed("projects", "project/Projects"),
)


def needed_by(connection: Connection) -> Iterator[Needed]:
    """Yield the calls that a connection makes: of the push, and of what is switched on."""
    yield from _PUSH
    if connection.with_pdfs or connection.existing_as_pdfs:
        yield from _PDFS
    yield from (needed for needed in _PULLS if connection.setting(needed.entity).enabled)


_RECORDS = {
    "accounts": "accounts",
    "contacts": "accounts",
    "addresses": "accounts",
    "costcenters": "cost_centers",
    "costunits": "cost_centers",
    "employees": "employees",
    "items": "items",
    "projects": "projects",
    "vatcodes": "vat_codes",
    "vatpercentages": "vat_codes",
    "paymentconditions": "payment_conditions",
    "glaccounts": "gl_accounts",
    "journals": "journals",
    "financialperiods": "periods",
    "salesentries": "sales_entries",
    "documents": "documents",
    "documentattachments": "documents",
}


def entity_of(endpoint: str) -> str:
    """Return what people call the records of an endpoint, as far as we have a word for it."""
    return _RECORDS.get(endpoint.rpartition("/")[2].lower(), endpoint)


def right_of(entity: str) -> str:
    """Return the name of a right as a Dutch administrator of Exact sees it (X32)."""
    return _RIGHTS.get(entity, "Bekijken administratie gegevens")
