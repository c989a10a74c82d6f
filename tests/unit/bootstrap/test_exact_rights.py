"""X32, X33: what all parts of the link call in Exact together, and the right to each of it."""

import pytest

from koppeling.bootstrap.clients import exact_rights
from koppeling.core.connection import EntitySetting
from koppeling.core.exact_rights import CREATE
from koppeling.pull.entities.registry import ENTITIES
from tests.unit.pull.builders import a_connection

RIGHTS = exact_rights(ENTITIES)
OFF = dict.fromkeys(ENTITIES, EntitySetting(enabled=False))
BOOKING = ["crm/Accounts", "vat/VATCodes", "financial/GLAccounts", "financial/Journals"]
BOOKING += ["financial/FinancialPeriods", "salesentry/SalesEntries", "salesentry/SalesEntries"]
PDFS = ["documents/Documents", "documents/Documents", "documents/DocumentAttachments"]


@pytest.mark.parametrize(
    ("endpoint", "entity", "right"),
    [
        ("sync/CRM/Accounts", "accounts", "Relaties bekijken"),
        ("crm/Contacts", "accounts", "Relaties bekijken"),
        ("hrm/Costcenters", "cost_centers", "Financiële stamgegevens bekijken"),
        ("vat/VatPercentages", "vat_codes", "Financiële stamgegevens bekijken"),
        ("cashflow/PaymentConditions", "payment_conditions", "Financiële stamgegevens bekijken"),
        ("sync/Logistics/Items", "items", "Artikelen bekijken"),
        ("sync/Payroll/Employees", "employees", "Medewerkers bekijken"),
        ("project/Projects", "projects", "Projecten bekijken"),
        ("financial/FinancialPeriods", "periods", "Periodes beheren"),
        ("documents/DocumentAttachments", "documents", "Documenten aanmaken en bijwerken"),
        ("system/Divisions", "system/Divisions", "Bekijken administratie gegevens"),
    ],
)
def test_a_refused_endpoint_is_told_by_what_it_holds_and_the_right_it_asks(
    endpoint: str, entity: str, right: str
) -> None:
    assert (RIGHTS.entity_of(endpoint), RIGHTS.right_of(entity)) == (entity, right)


def test_a_connection_that_only_books_needs_the_rights_of_booking() -> None:
    needed = RIGHTS.needed_by(a_connection(entities=OFF, with_pdfs=False))

    assert [call.endpoint for call in needed] == BOOKING


def test_pdfs_need_their_own_rights_also_those_of_existing_invoices() -> None:
    connection = a_connection(entities=OFF, with_pdfs=False, existing_as_pdfs=True)

    assert [call.endpoint for call in RIGHTS.needed_by(connection)] == [*BOOKING, *PDFS]


def test_entities_need_the_rights_to_what_they_read_beyond_that() -> None:
    pulled = [call.endpoint for call in RIGHTS.needed_by(a_connection())][len(BOOKING + PDFS) :]

    assert pulled == [
        *("cashflow/PaymentConditions", "hrm/Costcenters", "crm/Contacts", "crm/Addresses"),
        *("logistics/Items", "payroll/Employees", "project/Projects"),
    ]


def test_the_rights_to_write_are_those_of_entries_and_documents() -> None:
    needed = RIGHTS.needed_by(a_connection())

    assert {call.entity for call in needed if call.action == CREATE} == {
        "sales_entries",
        "documents",
    }
