"""The typed client of `/_sandbox/`, through which tests outside this process watch and steer."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from tests.contract.qics_milestones.caller import CUSTOMER, Caller
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.control import MilestonesControl


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[MilestonesSandbox, MilestonesControl]]:
    sandbox = MilestonesSandbox(seed=1)
    with sandbox.running() as base_url:
        control = MilestonesControl(base_url)
        yield sandbox, control
        control.close()


Served = tuple[MilestonesSandbox, MilestonesControl]


def test_control_moves_the_clock(served: Served) -> None:
    sandbox, control = served

    control.freeze(datetime(2026, 11, 2, 8, 0, tzinfo=UTC))
    control.advance(90)

    assert control.health() == {"status": "ok", "now": "2026-11-02T08:01:30+00:00"}
    control.release()
    assert sandbox.clock.now() != datetime(2026, 11, 2, 8, 1, 30, tzinfo=UTC)


def test_control_reads_and_clears_the_journal_without_standing_in_it(served: Served) -> None:
    sandbox, control = served
    control.clear_journal()

    Caller(sandbox).call("DELETE", "CustomerCompany(1)")

    assert [call.endpoint for call in control.journal()] == ["token", "CustomerCompany(key)"]
    assert control.violations() == ["DELETE /api/V3/odata/CustomerCompany(1)"]
    control.clear_journal()
    assert control.journal() == []


def test_control_arms_and_disarms_faults(served: Served) -> None:
    sandbox, control = served
    caller = Caller(sandbox)

    control.arm("503", endpoint="Company", times=2)

    assert caller.call("GET", "Company").status_code == 503
    control.disarm()
    assert caller.call("GET", "Company").status_code == 200


def test_control_turns_switches_and_authorises_a_user(served: Served) -> None:
    sandbox, control = served

    control.switch(expires_in="text", metadata_without=["Project"])
    code = control.authorise("bo@veldhuis.example")

    assert sandbox.switches.metadata_without == ("Project",)
    assert control.app() == sandbox.app_credentials
    answer = Caller(sandbox).token(grant_type="authorization_code", code=code).get_json()
    assert answer["expires_in"] == "600"


def test_control_shows_adds_and_changes_records(served: Served) -> None:
    sandbox, control = served

    added = control.add("CustomerCompany", CUSTOMER)
    control.change("CustomerCompany", added["CustomerCompanyId"], {"Remarks": "getypt"})

    assert control.records("CustomerCompany") == sandbox.world.records("CustomerCompany")
    assert control.records("CustomerCompany")[-1]["Remarks"] == "getypt"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "switches", {"page_size": 7}),
        ("POST", "switches", {"page_size": "50"}),
        ("POST", "switches", {"colour": "red"}),
        ("POST", "faults", {"kind": "meteorite"}),
        ("POST", "faults", {"sort": "503"}),
        ("POST", "clock", {"advance": 5, "release": True}),
        ("POST", "clock", {"freeze": "morgen"}),
        ("GET", "records/Invoice", None),
        ("PATCH", "records/CustomerCompany/999", {"Name": "x"}),
        ("PATCH", "records/CustomerCompany/1", {"Naam": "x"}),
    ],
)
def test_a_mistake_in_a_test_is_told_and_not_swallowed(
    sandbox: MilestonesSandbox, method: str, path: str, body: object
) -> None:
    response = sandbox.app.test_client().open(f"/_sandbox/{path}", method=method, json=body)

    assert response.status_code in (400, 404)
    assert response.get_json()["error"]


def test_the_typed_client_raises_what_it_is_told(served: Served) -> None:
    _, control = served

    with pytest.raises(ValueError, match="no switch is named"):
        control.switch(colour="red")


def test_a_sandbox_that_is_not_there_is_noticed() -> None:
    with MilestonesSandbox().running() as base_url:
        control = MilestonesControl(base_url)
        control.health()
    control.close()

    with pytest.raises(requests.ConnectionError):
        MilestonesControl(base_url).health()
