"""Control over HTTP: what demo and end-to-end tests can see and move."""

import base64
from hashlib import sha256

import pytest
import requests

from tests.contract.exact_online.conftest import NOON, Caller
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.exact_online.generator.masters import master_id

CENTERS = "hrm/Costcenters?$select=Code"


@pytest.fixture
def control(exact: Caller) -> ExactControl:
    return ExactControl(exact.base_url + "/")


def test_a_sandbox_serves_on_a_port_of_its_own_and_stops_again(sandbox: ExactSandbox) -> None:
    with sandbox.running(port=0) as base_url:
        assert ExactControl(base_url).is_healthy()
    assert not ExactControl(base_url).is_healthy()


def test_a_code_from_the_control_opens_the_api(exact: Caller, control: ExactControl) -> None:
    exact.keep(exact.exchange(control.authorise()))
    assert exact.get(CENTERS).status_code == 200


def test_the_credentials_of_the_app_can_be_asked_for(control: ExactControl) -> None:
    assert control.app() == {
        "client_id": "koppeling-sandbox",
        "client_secret": "Zandbak-geheim-0815",
        "redirect_uri": "https://koppeling.example/callback",
        "redirect_uris": ["https://koppeling.example/callback"],
    }


def test_the_journal_can_be_read_and_cleared_and_holds_no_control_calls(
    exact: Caller, control: ExactControl
) -> None:
    control.clear_journal()
    exact.get(CENTERS)
    assert [call["endpoint"] for call in control.journal()] == ["hrm/Costcenters"]
    control.clear_journal()
    assert control.journal() == []


def test_the_clock_can_be_moved(exact: Caller, control: ExactControl) -> None:
    control.advance(600)
    assert exact.get(CENTERS).status_code == 401
    assert (exact.sandbox.clock.now() - NOON).total_seconds() == 600


def test_faults_can_be_armed_and_taken_away(exact: Caller, control: ExactControl) -> None:
    control.arm("503", endpoint="hrm/", method="GET", times=2)
    assert exact.get(CENTERS).status_code == 503
    control.disarm()
    assert exact.get(CENTERS).status_code == 200


def test_switches_can_be_turned(exact: Caller, control: ExactControl) -> None:
    control.turn(minute_limit=1, missing_rights=["Financial accounting"])
    assert exact.get("vat/VATCodes?$select=Code").status_code == 403
    assert exact.get(CENTERS).status_code == 429


def test_an_account_can_be_changed_and_gets_a_higher_timestamp(
    exact: Caller, control: ExactControl
) -> None:
    before = exact.sandbox.world.account("1068")["Timestamp"]
    control.change_account("1068", Name="Café 't Hoekje", SalesVATCode="2", EndDate="2027-01-01")
    row = exact.sandbox.world.account("1068")
    assert (row["Name"], row["SalesVATCode"]) == ("Café 't Hoekje", "2  ")
    assert row["EndDate"].year == 2027
    assert row["Timestamp"] > before


def test_an_account_can_be_added(exact: Caller, control: ExactControl) -> None:
    before = len(control.importable_accounts())
    codes = {account["Code"] for account in control.importable_accounts()}
    assert {"1068", "0000215", "1071"} <= codes
    added = control.add_account(Name="Nieuw B.V.", Code="9000")
    assert added["Code"] == "9000"
    assert exact.sandbox.world.account("9000")["Name"] == "Nieuw B.V."
    control.add_account(Name="Prospect", Status="P")
    assert len(control.importable_accounts()) == before + 1


def test_what_the_control_does_not_know_is_refused(control: ExactControl) -> None:
    with pytest.raises(ValueError, match="unknown properties: Naam"):
        control.change_account("1068", Naam="X")
    with pytest.raises(ValueError, match="there is no account"):
        control.change_account("nergens", Name="X")
    with pytest.raises(ValueError, match="is in use"):
        control.add_account(Code="1068")
    with pytest.raises(ValueError, match="unknown fault"):
        control.arm("504")
    with pytest.raises(ValueError, match="unknown switch"):
        control.turn(strict=False)
    with pytest.raises(ValueError, match="there is no user"):
        control.authorise("niemand@elders.example")


def test_a_body_that_is_no_object_is_refused(exact: Caller) -> None:
    answer = requests.post(exact.base_url + "/_sandbox/faults", json=[], timeout=5)
    assert answer.status_code == 400


def test_the_books_show_entries_with_lines_documents_and_files(
    exact: Caller, control: ExactControl
) -> None:
    entry = exact.book()
    document = exact.post(
        "documents/Documents",
        {"Subject": "F", "Type": 10, "FinancialTransactionEntryID": entry["EntryID"]},
    ).json()["d"]["ID"]
    content = b"%PDF-1.7"
    body = {
        "Document": document,
        "FileName": "f.pdf",
        "Attachment": base64.b64encode(content).decode(),
    }
    exact.post("documents/DocumentAttachments", body)
    found = control.entries()
    assert len(found) == 1
    shown = {name: found[0][name] for name in found[0] if name.endswith(("_vat", "amount"))}
    assert shown == {"amount_excl_vat": "41.98", "vat_amount": "8.82", "amount_incl_vat": "50.80"}
    assert found[0]["customer_code"] == "1068"
    assert found[0]["entry_number"] == 26700001
    assert found[0]["lines"][0]["gl_account_code"] == "8000"
    assert found[0]["documents"][0]["attachments"] == [
        {"file_name": "f.pdf", "size": len(content), "sha256": sha256(content).hexdigest()}
    ]


def test_the_books_show_what_was_committed_late_when_its_time_has_come(
    exact: Caller, control: ExactControl
) -> None:
    control.arm("late-commit", endpoint="salesentry/", options={"seconds": 30})
    line = exact.line(GLAccount=master_id("gl", "8005"))
    with pytest.raises(requests.ConnectionError):
        exact.post("salesentry/SalesEntries", exact.entry(SalesEntryLines=[line]))
    assert control.entries() == []
    control.advance(30)
    assert [entry["your_ref"] for entry in control.entries()] == ["20260412"]


def test_what_counted_against_the_limits_can_be_forgotten(
    exact: Caller, control: ExactControl
) -> None:
    control.turn(minute_limit=1)
    assert [exact.get(CENTERS).status_code for _ in range(2)] == [200, 429]
    control.clear_limits()
    assert exact.get(CENTERS).status_code == 200
