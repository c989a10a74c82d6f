"""X32: what an endpoint holds, and the right it asks for, in the words of an administrator."""

import pytest

from koppeling.core.exact_rights import entity_of, right_of


@pytest.mark.parametrize(
    ("endpoint", "entity", "right"),
    [
        ("sync/CRM/Accounts", "accounts", "Relaties bekijken"),
        ("crm/Contacts", "accounts", "Relaties bekijken"),
        ("documents/DocumentAttachments", "documents", "Documenten aanmaken en bijwerken"),
        ("financial/FinancialPeriods", "periods", "Periodes beheren"),
        ("system/Divisions", "system/Divisions", "Bekijken administratie gegevens"),
    ],
)
def test_a_refused_endpoint_is_told_by_what_it_holds_and_the_right_it_asks(
    endpoint: str, entity: str, right: str
) -> None:
    assert (entity_of(endpoint), right_of(entity_of(endpoint))) == (entity, right)
