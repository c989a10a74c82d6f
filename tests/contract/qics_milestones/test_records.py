"""Writing records: what QM takes, what it cuts, what it refuses, and what a PUT empties."""

from typing import Any

import pytest

from tests.contract.qics_milestones.caller import CUSTOMER, Caller
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.entities import ENTITIES

PROJECT: dict[str, Any] = {
    "CompanyId": "1",
    "ProjectCode": "P26014",
    "CustomerCompanyId": "1",
    "StartDate": "2026-06-25T00:00:00",
    "IsActive": True,
    "AllowPlanning": True,
    "HideBudgetsOnTimesheet": False,
    "IsContractReceived": True,
    "IsBudgetMandatoryOnTimeEntry": False,
}
EMPLOYEE: dict[str, Any] = {
    "CompanyId": "1",
    "EmployeeNumber": 12,
    "FirstName": "Bo",
    "LastName": "Smit",
    "IsActive": True,
    "NormHoursPerWeek": "40",
}
ITEM: dict[str, Any] = {
    "CompanyId": "1",
    "ItemCode": "ADVIES",
    "Name": "Advies",
    "IsActive": True,
    "ItemType": "Time",
    "WillBeInvoiced": True,
    "AllowTimeEntry": True,
    "AllowPriceModifications": True,
}
VAT: dict[str, Any] = {"Code": "8", "Name": "Nieuw", "Percentage": "5.5", "IsDefault": False}
STATE: dict[str, Any] = {
    "CompanyId": "1",
    "EntityId": "48213",
    "EntityType": "Invoice",
    "DataSource": "Exact Online",
    "DataSourceDate": "2026-11-02T08:00:00+00:00",
    "IsError": False,
}
SAMPLES: dict[str, dict[str, Any]] = {
    "CustomerCompany": CUSTOMER,
    "CostCenter": {"CompanyId": "1", "Code": "ALG", "Name": "Algemeen", "IsActive": True},
    "EmployeeCompany": EMPLOYEE,
    "ItemCompany": ITEM,
    "Project": PROJECT,
    "VatCode": VAT,
    "PaymentCondition": {"CompanyId": "1", "Code": "45", "Name": "45 dagen", "TermsInDays": 45},
    "EntityState": STATE,
    "Company": {"Name": "Veldhuis Training B.V.", "Code": "TRAINING", "CurrencyId": "1"},
}


def refused(caller: Caller, entity: str, body: dict[str, Any]) -> int:
    return caller.call("POST", entity, body=body).status_code


def test_there_is_a_sample_of_every_entity() -> None:
    assert set(SAMPLES) == set(ENTITIES)


@pytest.mark.parametrize("entity", SAMPLES)
def test_every_entity_is_listed_read_created_and_replaced(caller: Caller, entity: str) -> None:
    created = caller.create(entity, SAMPLES[entity])
    key = created[ENTITIES[entity].key]

    replaced = caller.call("PUT", f"{entity}({key})", body=created)

    assert replaced.status_code == 200
    assert caller.read(entity, key) == replaced.get_json() == created
    assert created in caller.rows(entity)


@pytest.mark.parametrize("key", ["0", 0, None])
def test_a_post_sends_key_0_or_none_and_gets_the_created_object_with_its_key(
    caller: Caller, key: object
) -> None:
    response = caller.call("POST", "CustomerCompany", body={**CUSTOMER, "CustomerCompanyId": key})
    created = response.get_json()

    assert response.status_code == 201
    assert response.headers["Location"].endswith(f"({created['CustomerCompanyId']})")
    assert caller.read("CustomerCompany", created["CustomerCompanyId"])["Name"] == CUSTOMER["Name"]


def test_a_post_cannot_choose_its_key(caller: Caller) -> None:
    assert refused(caller, "CustomerCompany", {**CUSTOMER, "CustomerCompanyId": "77"}) == 400


def test_the_master_of_a_customer_is_made_by_the_server(caller: Caller) -> None:
    assert int(caller.create("CustomerCompany", CUSTOMER)["CustomerId"]) > 0


def test_whole_numbers_and_decimals_leave_as_text_and_smaller_ones_bare(caller: Caller) -> None:
    vat = caller.rows("VatCode", filter="Code eq '2'")[0]
    condition = caller.rows("PaymentCondition", filter="Code eq '30'")[0]

    assert (vat["VatCodeId"], vat["Percentage"], vat["IsDefault"]) == ("3", "21", True)
    assert (condition["CompanyId"], condition["TermsInDays"]) == ("1", 30)


@pytest.mark.parametrize(
    ("sent", "stored"), [("5.50", "5.5"), (21, "21"), ("0.0", "0"), ("100", "100"), ("1E+1", "10")]
)
def test_decimals_are_read_as_text_or_integers(caller: Caller, sent: object, stored: str) -> None:
    assert caller.create("VatCode", {**VAT, "Percentage": sent})["Percentage"] == stored


@pytest.mark.parametrize("sent", [5.5, True, "vijf", "NaN", "Infinity"])
def test_decimals_that_came_through_a_float_are_refused(caller: Caller, sent: object) -> None:
    assert refused(caller, "VatCode", {**VAT, "Percentage": sent}) == 400


@pytest.mark.parametrize("sent", ["1", 1])
def test_references_are_read_as_text_or_integers(caller: Caller, sent: object) -> None:
    assert caller.create("CustomerCompany", {**CUSTOMER, "CompanyId": sent})["CompanyId"] == "1"


@pytest.mark.parametrize("sent", [1.0, True, "1.0", "een", str(2**63)])
def test_references_of_another_type_are_refused(caller: Caller, sent: object) -> None:
    assert refused(caller, "CustomerCompany", {**CUSTOMER, "CompanyId": sent}) == 400


@pytest.mark.parametrize("sent", ["3a", 3.0, "3.0", True, 2**31])
def test_an_employee_number_that_is_no_integer_is_refused(caller: Caller, sent: object) -> None:
    assert refused(caller, "EmployeeCompany", {**EMPLOYEE, "EmployeeNumber": sent}) == 400


@pytest.mark.parametrize("field", ["IsActive", "Name", "CustomerType", "EmailAddressTo"])
def test_a_value_of_another_type_is_refused(caller: Caller, field: str) -> None:
    assert refused(caller, "CustomerCompany", {**CUSTOMER, field: 7}) == 400


def test_an_enum_takes_its_names_only(caller: Caller) -> None:
    assert refused(caller, "VatCode", {**VAT, "IcpReturn": "S"}) == 400
    assert caller.create("VatCode", {**VAT, "IcpReturn": "Services"})["IcpReturn"] == "Services"


@pytest.mark.parametrize("sent", ["2026-06-25", "2026-06-25T00:00:00Z", "2026-02-30T00:00:00"])
def test_a_day_is_a_date_time_without_zone(caller: Caller, sent: str) -> None:
    assert caller.create("Project", PROJECT)["StartDate"] == "2026-06-25T00:00:00"
    assert refused(caller, "Project", {**PROJECT, "StartDate": sent}) == 400


def test_a_stamp_is_a_moment_in_utc(caller: Caller) -> None:
    local = caller.create("EntityState", {**STATE, "DataSourceDate": "2026-11-02T09:00:00+01:00"})

    assert local["DataSourceDate"] == "2026-11-02T08:00:00+00:00"
    for sent in ("2026-11-02T08:00:00", "gisteren", 5):
        assert refused(caller, "EntityState", {**STATE, "DataSourceDate": sent}) == 400


def test_a_put_empties_what_it_leaves_out(caller: Caller) -> None:
    before = caller.read("CustomerCompany", "1")
    least = {**CUSTOMER, "CustomerCompanyId": "1", "CustomerCode": "1068"}

    caller.call("PUT", "CustomerCompany(1)", body=least)

    after = caller.read("CustomerCompany", "1")
    assert before["Remarks"] is not None
    assert after == {**dict.fromkeys(before), **least}


@pytest.mark.parametrize(
    ("entity", "field"),
    [
        (name, field.name)
        for name, row in ENTITIES.items()
        for field in row.fields.values()
        if field.required
    ],
)
def test_a_put_without_a_required_field_is_refused(caller: Caller, entity: str, field: str) -> None:
    created = caller.create(entity, SAMPLES[entity])
    key = created[ENTITIES[entity].key]

    without = {name: value for name, value in created.items() if name != field}

    assert caller.call("PUT", f"{entity}({key})", body=without).status_code == 400
    assert caller.call("PUT", f"{entity}({key})", body={**created, field: None}).status_code == 400
    assert caller.read(entity, key) == created


def test_a_required_text_may_not_be_empty(caller: Caller) -> None:
    assert refused(caller, "CustomerCompany", {**CUSTOMER, "Name": ""}) == 400


def test_fields_unknown_to_the_link_come_back_as_they_were_sent(caller: Caller) -> None:
    record = caller.read("CustomerCompany", "1")
    assert record["Attributes"]

    caller.call("PUT", "CustomerCompany(1)", body={**record, "Name": "Nieuwe naam"})

    assert caller.read("CustomerCompany", "1") == {**record, "Name": "Nieuwe naam"}


def test_a_put_names_the_key_of_its_address(caller: Caller) -> None:
    record = caller.read("CustomerCompany", "1")

    assert caller.call("PUT", "CustomerCompany(2)", body=record).status_code == 400


def test_a_key_that_does_not_exist_is_not_found(caller: Caller) -> None:
    assert caller.call("GET", "CustomerCompany(999)").status_code == 404
    assert caller.call("PUT", "CustomerCompany(999)", body=CUSTOMER).status_code == 404


def test_a_property_that_does_not_exist_is_refused_but_annotations_are_not(caller: Caller) -> None:
    assert refused(caller, "CustomerCompany", {**CUSTOMER, "Naam": "x"}) == 400
    assert refused(caller, "CustomerCompany", {**CUSTOMER, "odata.metadata": "x"}) == 201


def test_a_customer_name_is_cut_at_50_characters(caller: Caller) -> None:
    created = caller.create("CustomerCompany", {**CUSTOMER, "Name": "é" * 51})

    assert created["Name"] == "é" * 50


def test_a_tenant_may_refuse_a_long_name(sandbox: MilestonesSandbox, caller: Caller) -> None:
    sandbox.switches.long_name = "refuse"

    assert refused(caller, "CustomerCompany", {**CUSTOMER, "Name": "é" * 51}) == 400
    assert refused(caller, "CustomerCompany", {**CUSTOMER, "Name": "é" * 50}) == 201


def test_a_project_without_customer_is_refused(caller: Caller) -> None:
    assert refused(caller, "Project", {**PROJECT, "CustomerCompanyId": None}) == 400


@pytest.mark.parametrize(
    ("entity", "field"),
    [
        (name, field.name)
        for name, row in ENTITIES.items()
        for field in row.fields.values()
        if field.refers_to
    ],
)
def test_a_reference_to_nothing_is_refused(caller: Caller, entity: str, field: str) -> None:
    for nothing in ("999", "0"):
        assert refused(caller, entity, {**SAMPLES[entity], field: nothing}) == 400


def test_a_code_may_occur_twice_unless_the_tenant_forbids_it(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    first = caller.create("CustomerCompany", CUSTOMER)
    second = caller.create("CustomerCompany", CUSTOMER)
    assert first["CustomerCompanyId"] != second["CustomerCompanyId"]

    sandbox.switches.unique_codes = True

    assert refused(caller, "CustomerCompany", CUSTOMER) == 409
    taken = {**second, "CustomerCode": "1068"}
    key = second["CustomerCompanyId"]
    assert caller.call("PUT", f"CustomerCompany({key})", body=taken).status_code == 409
    free = {**second, "CustomerCode": "2002"}
    assert caller.call("PUT", f"CustomerCompany({key})", body=free).status_code == 200


def test_a_tenant_may_answer_a_put_without_a_body(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.put_answers_body = False
    record = caller.read("CustomerCompany", "1")

    response = caller.call("PUT", "CustomerCompany(1)", body=record)

    assert (response.status_code, response.get_data()) == (204, b"")


def test_where_there_is_an_etag_a_put_must_carry_the_present_one(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    assert "ETag" not in caller.call("GET", "CustomerCompany(1)").headers
    sandbox.switches.etag = True
    answer = caller.call("GET", "CustomerCompany(1)")
    record, match = answer.get_json(), {"If-Match": answer.headers["ETag"]}

    without = caller.call("PUT", "CustomerCompany(1)", body=record)
    present = caller.call("PUT", "CustomerCompany(1)", body=record, headers=match)
    outdated = caller.call("PUT", "CustomerCompany(1)", body=record, headers=match)

    assert [without.status_code, present.status_code, outdated.status_code] == [412, 200, 412]
