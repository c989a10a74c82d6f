"""What the link writes, entity by entity: QM takes it, and takes it again after a read."""

from typing import Any

import pytest

from tests.contract.qics_milestones.caller import Caller
from tests.sandbox.qics_milestones.entities import ENTITIES

OWN = {"CompanyId": "1"}
CREATED: dict[str, dict[str, Any]] = {
    "VatCode": {
        "Code": "11",
        "Name": "Btw laag tarief",
        "Percentage": "5.5",
        "ReverseCharge": False,
        "IcpReturn": None,
        "IsDefault": False,
    },
    "PaymentCondition": {**OWN, "Code": "EM", "Name": "Einde maand", "TermsInDays": 30},
    "CostCenter": {**OWN, "Code": "DIR", "Name": "Directie", "IsActive": False},
    "CustomerCompany": {
        **OWN,
        "CustomerCode": "0002002",
        "Name": "'t Hoekje Catering",
        "IsActive": True,
        "CustomerType": "Customer",
        "VatCodeId": "3",
        "PaymentConditionId": "3",
        "InvoiceCustomerCompanyId": "1",
        "ManagerEmployeeCompanyId": "1",
        "VisitAddressCity": "Deventer",
        "InvoiceAddressSameAsVisitAddress": False,
        "InvoiceAddressCity": None,
        "EmailAddressTo": "info@relatie.example",
    },
    "ItemCompany": {
        **OWN,
        "ItemCode": "KM",
        "Name": "Reiskosten",
        "LongDescription": None,
        "IsActive": True,
        "GLAccountRevenue": "8090",
        "VatCodeId": None,
        "ItemType": "Article",
        "AllowTimeEntry": False,
        "WillBeInvoiced": True,
        "AllowPriceModifications": True,
    },
    "EmployeeCompany": {
        **OWN,
        "EmployeeNumber": 12,
        "FirstName": "-",
        "MiddleName": None,
        "LastName": "Hoenderloo-d'Ancona",
        "EmailAddress": "h@veldhuis.example",
        "PhoneNumber": "0570-123456",
        "IsActive": False,
        "NormHoursPerWeek": "40",
    },
    "Project": {
        **OWN,
        "ProjectCode": "P26016",
        "Name": "Onderzoek",
        "LongDescription": "Afgesproken op kantoor",
        "CustomerCompanyId": "1",
        "StartDate": "2026-01-01T00:00:00",
        "EndDate": None,
        "IsActive": True,
        "AllowPlanning": True,
        "HideBudgetsOnTimesheet": False,
        "IsContractReceived": True,
        "IsBudgetMandatoryOnTimeEntry": False,
    },
}
UNREAD = {"Company", "EntityState"}


def test_there_is_an_example_of_every_entity_that_a_pull_writes() -> None:
    assert set(CREATED) == set(ENTITIES) - UNREAD


@pytest.mark.parametrize("entity", CREATED)
def test_what_the_link_creates_is_taken(caller: Caller, entity: str) -> None:
    key = ENTITIES[entity].key
    created = caller.create(entity, {key: "0", **CREATED[entity]})

    assert {name: created[name] for name in CREATED[entity]} == CREATED[entity]


@pytest.mark.parametrize("entity", CREATED)
def test_a_record_is_found_by_company_and_code_and_taken_again_with_another_value(
    caller: Caller, entity: str
) -> None:
    kind = ENTITIES[entity]
    caller.create(entity, CREATED[entity])
    code = CREATED[entity][kind.code]
    wanted = code if isinstance(code, int) else f"'{code}'"
    company = "CompanyId eq 1 and " if "CompanyId" in kind.fields else ""

    (found,) = caller.rows(entity, filter=f"{company}{kind.code} eq {wanted}")
    name = "LastName" if entity == "EmployeeCompany" else "Name"
    answer = caller.call("PUT", f"{entity}({found[kind.key]})", body={**found, name: "Anders"})

    assert answer.status_code == 200
    assert answer.get_json() == {**found, name: "Anders"}
