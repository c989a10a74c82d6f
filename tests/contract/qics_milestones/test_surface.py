"""The outside of the API: methods, addresses, types of content, `$metadata`, the body of errors."""

from xml.etree import ElementTree as ET

import pytest

from tests.contract.qics_milestones.caller import CUSTOMER, Caller
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.entities import ENTITIES

EDM = "{http://schemas.microsoft.com/ado/2009/11/edm}"


def names_in_metadata(caller: Caller) -> dict[str, set[str]]:
    document = caller.call("GET", "$metadata").get_data()
    types = ET.fromstring(document).iter(f"{EDM}EntityType")  # noqa: S314 - our own server
    return {
        row.attrib["Name"]: {field.attrib["Name"] for field in row.iter(f"{EDM}Property")}
        for row in types
    }


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_patch_and_delete_are_refused_and_recorded_as_violations(
    sandbox: MilestonesSandbox, caller: Caller, method: str
) -> None:
    assert sandbox.violations == []

    response = caller.call(method, "CustomerCompany(1)", body={"Name": "x"})

    assert response.status_code == 405
    assert sandbox.violations == [f"{method} /api/V3/odata/CustomerCompany(1)"]
    assert caller.read("CustomerCompany", "1")["Name"] != "x"


@pytest.mark.parametrize(
    ("method", "resource"), [("PUT", "CustomerCompany"), ("POST", "CustomerCompany(1)")]
)
def test_there_are_four_patterns_and_no_others(caller: Caller, method: str, resource: str) -> None:
    assert caller.call(method, resource, body=CUSTOMER).status_code == 405


@pytest.mark.parametrize(
    "resource", ["Invoice", "customercompany", "CustomerCompany('1')", "CustomerCompany(1)/Name"]
)
def test_an_address_that_does_not_exist_is_not_found(caller: Caller, resource: str) -> None:
    assert caller.call("GET", resource).status_code == 404


def test_a_call_asks_for_json_and_sends_json(caller: Caller) -> None:
    unasked = caller.call("GET", "Company", headers={"Accept": "*/*"})
    as_form = caller.call(
        "POST", "CustomerCompany", body=CUSTOMER, headers={"Content-Type": "text/plain"}
    )
    no_object = caller.call("POST", "CustomerCompany", body=[CUSTOMER])

    assert unasked.status_code == 406
    assert as_form.status_code == 415
    assert no_object.status_code == 400


def test_a_body_that_is_no_json_is_refused(caller: Caller, sandbox: MilestonesSandbox) -> None:
    response = sandbox.app.test_client().post(
        "/api/V3/odata/CustomerCompany",
        data=b'{"Name": ',
        headers={**caller.headers, "Content-Type": "application/json"},
    )

    assert response.status_code == 400


def test_metadata_names_every_entity_and_field(caller: Caller) -> None:
    assert names_in_metadata(caller) == {
        name: set(entity.fields) for name, entity in ENTITIES.items()
    }


def test_metadata_can_leave_a_name_out(sandbox: MilestonesSandbox, caller: Caller) -> None:
    sandbox.switches.turn({"metadata_without": ["CostCenter", "CustomerCompany.EmailAddressTo"]})

    names = names_in_metadata(caller)

    assert "CostCenter" not in names
    assert "EmailAddressTo" not in names["CustomerCompany"]


def test_an_error_has_the_shape_of_odata_with_inner_details(caller: Caller) -> None:
    error = caller.call("POST", "CustomerCompany", body={**CUSTOMER, "Name": None}).get_json()

    assert error["odata.error"]["message"]["value"] == "The field Name is required."
    assert "stacktrace" in error["odata.error"]["innererror"]


def test_an_error_may_have_the_shape_of_a_model_state(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.error_shape = "model-state"

    error = caller.call("POST", "CustomerCompany", body={**CUSTOMER, "Name": None}).get_json()

    message = "The field Name is required."
    assert error == {"Message": message, "ModelState": {"model.Name": [message]}}
