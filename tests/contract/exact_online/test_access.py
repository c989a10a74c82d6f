"""Who may call what: X1 to X6, X30, X31, X39, X111 (methods) and X136."""

import pytest
import requests

from tests.contract.exact_online.conftest import TIMEOUT, Caller
from tests.sandbox.common import company
from tests.sandbox.exact_online.users import OUTSIDER

CENTERS = "hrm/Costcenters?$select=Code"


def test_an_answer_without_the_json_accept_header_is_atom(exact: Caller) -> None:
    answer = exact.get(CENTERS, Accept="*/*")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")


def test_plain_xml_is_refused(exact: Caller) -> None:
    assert exact.get(CENTERS, Accept="application/xml").status_code == 406


@pytest.mark.parametrize("token", ["", "never-issued"])
def test_a_call_without_a_valid_token_is_401_without_a_body(exact: Caller, token: str) -> None:
    exact.access_token = token
    answer = exact.get(CENTERS)
    assert (answer.status_code, answer.text) == (401, "")


def test_a_user_without_the_division_gets_404_without_an_envelope(stranger: Caller) -> None:
    stranger.connect(OUTSIDER)
    answer = stranger.get(CENTERS)
    assert (answer.status_code, answer.text) == (404, "")


def test_another_division_than_the_granted_one_is_404(exact: Caller) -> None:
    assert exact.get(f"/{company.DIVISION + 1}/{CENTERS}").status_code == 404


def test_a_right_that_was_not_granted_is_403_without_an_envelope(exact: Caller) -> None:
    exact.sandbox.switches.missing_rights = ("Financial costcenters",)
    answer = exact.get(CENTERS)
    assert (answer.status_code, answer.text) == (403, "")
    assert exact.get("vat/VATCodes?$select=Code").status_code == 200


def test_an_unknown_endpoint_is_404(exact: Caller) -> None:
    assert exact.get("crm/Relaties?$select=ID").status_code == 404


def test_only_me_is_found_without_a_division(exact: Caller) -> None:
    assert exact.get("/current/Me?$select=UserID").status_code == 200
    assert exact.get(f"/current/{CENTERS}").status_code == 404


def test_me_answers_with_a_list_of_one_row(exact: Caller) -> None:
    rows = exact.data("/current/Me")["results"]
    assert len(rows) == 1
    assert rows[0]["CurrentDivision"] == company.DIVISION
    assert rows[0]["ServerUtcOffset"] == 3600
    assert rows[0]["EmployeeID"] == "00000000-0000-0000-0000-000000000000"


def test_the_current_division_of_me_can_change_during_a_run(exact: Caller) -> None:
    exact.sandbox.switches.current_division = 123
    assert exact.data("/current/Me?$select=CurrentDivision")["results"][0]["CurrentDivision"] == 123


def test_me_counts_for_no_limit_and_carries_no_limit_headers(exact: Caller) -> None:
    for _ in range(61):
        answer = exact.get("/current/Me?$select=UserID")
        assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("X-RateLimit")]


def test_the_divisions_list_holds_code_number_and_state(exact: Caller) -> None:
    path = "system/Divisions?$select=Code,Hid,Description,Status,BlockingStatus"
    row = exact.data(path)["results"][0]
    assert row["Code"] == company.DIVISION
    assert row["Hid"] == company.HID
    assert row["Description"] == company.ADMINISTRATION
    assert (row["Status"], row["BlockingStatus"]) == (1, 0)


def test_every_list_of_divisions_names_the_administration(exact: Caller) -> None:
    own = (company.DIVISION, company.ADMINISTRATION)
    for path in ("system/Divisions", "system/AllDivisions", "hrm/Divisions"):
        rows = exact.data(f"{path}?$select=Code,Description")["results"]
        assert own in [(row["Code"], row["Description"]) for row in rows]
        others = [row["Code"] for row in rows if row["Code"] != company.DIVISION]
        assert bool(others) is (path == "system/AllDivisions")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_changing_and_deleting_are_405_and_stand_in_the_journal(exact: Caller, method: str) -> None:
    customer = exact.sandbox.world.account("1068")["ID"]
    answer = exact.send(method, f"crm/Accounts(guid'{customer}')", {"Name": "X"})
    assert answer.status_code == 405
    last = exact.sandbox.journal.calls()[-1]
    assert (last.method, last.endpoint, last.status) == (method, "crm/Accounts", 405)
    assert exact.sandbox.world.account("1068")["Name"] != "X"


@pytest.mark.parametrize("path", ["crm/Accounts", "salesentry/SalesEntryLines", "vat/VATCodes"])
def test_the_link_writes_three_things_and_no_master_data(exact: Caller, path: str) -> None:
    assert exact.post(path, {"Name": "X"}).status_code == 405


def test_a_post_that_is_not_json_is_415(exact: Caller) -> None:
    answer = requests.post(
        exact.url("salesentry/SalesEntries"),
        data="{}",
        headers=exact.headers
        | {"Authorization": f"Bearer {exact.access_token}", "Content-Type": "text/plain"},
        timeout=TIMEOUT,
    )
    assert answer.status_code == 415


def test_the_journal_keeps_every_call_in_order(exact: Caller) -> None:
    exact.sandbox.journal.clear()
    exact.get(CENTERS)
    exact.get("vat/VATCodes?$select=Code")
    calls = exact.sandbox.journal.calls()
    assert [call.endpoint for call in calls] == ["hrm/Costcenters", "vat/VATCodes"]
    assert calls[0].path == f"/api/v1/{company.DIVISION}/hrm/Costcenters"
    assert calls[0].query == "$select=Code"
    assert calls[0].at == "2026-11-24T11:00:05+00:00"
