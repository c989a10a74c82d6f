"""Armed faults: each strikes where it was aimed, and the journal keeps what really happened."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.contract.qics_milestones.caller import CUSTOMER, Caller
from tests.sandbox.common.faults import Fault
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.state import API_PATH, TOKEN_PATH

TIMEOUT = (5, 10)


@contextmanager
def over_the_wire(
    sandbox: MilestonesSandbox, caller: Caller
) -> Iterator[tuple[str, requests.Session]]:
    with sandbox.running() as base_url, requests.Session() as session:
        session.headers.update(caller.headers)
        yield base_url, session


@pytest.mark.parametrize("status", ["401", "403", "429", "500", "503"])
def test_a_refusal_strikes_once_and_changes_nothing(
    sandbox: MilestonesSandbox, caller: Caller, status: str
) -> None:
    sandbox.faults.arm(Fault(status, endpoint="CustomerCompany", method="POST"))

    struck = caller.call("POST", "CustomerCompany", body=CUSTOMER)

    assert struck.status_code == int(status)
    assert sandbox.world.find("CustomerCompany", CustomerCode="2001") == []
    assert caller.call("POST", "CustomerCompany", body=CUSTOMER).status_code == 201


def test_too_many_requests_can_say_how_long_to_wait(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.faults.arm(Fault("429", options={"retry_after": 30}))

    assert caller.call("GET", "Company").headers["Retry-After"] == "30"


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_refusal_of_the_api_does_not_strike_the_token_call(
    sandbox: MilestonesSandbox, caller: Caller, status: str
) -> None:
    sandbox.faults.arm(Fault(status))

    assert (
        caller.token(grant_type="authorization_code", code=sandbox.authorise()).status_code == 200
    )
    assert caller.call("GET", "Company").status_code == int(status)


def test_a_call_without_answer_was_not_carried_out(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.faults.arm(Fault("no-answer", method="POST"))

    with (
        over_the_wire(sandbox, caller) as (base_url, session),
        pytest.raises(requests.ConnectionError),
    ):
        session.post(f"{base_url}{API_PATH}CustomerCompany", json=CUSTOMER, timeout=TIMEOUT)

    assert sandbox.world.find("CustomerCompany", CustomerCode="2001") == []
    call = sandbox.journal.calls()[-1]
    assert (call.status, call.fault) == (0, "no-answer")


def test_an_answer_that_is_lost_belongs_to_a_record_that_was_created(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.faults.arm(Fault("answer-lost", method="POST"))

    with (
        over_the_wire(sandbox, caller) as (base_url, session),
        pytest.raises(requests.ConnectionError),
    ):
        session.post(f"{base_url}{API_PATH}CustomerCompany", json=CUSTOMER, timeout=TIMEOUT)

    assert len(sandbox.world.find("CustomerCompany", CustomerCode="2001")) == 1
    call = sandbox.journal.calls()[-1]
    assert (call.status, call.fault) == (201, "answer-lost")


def test_a_fault_can_be_meant_for_the_calls_for_one_record(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    first, second = sandbox.world.records("CustomerCompany")[:2]
    paths = [f"CustomerCompany({row['CustomerCompanyId']})" for row in (first, second)]
    sandbox.faults.arm(Fault("500", path=paths[0], times=2))

    statuses = [caller.call("GET", path).status_code for path in (*paths, *paths, *paths)]

    assert statuses == [500, 200, 500, 200, 200, 200]


def test_an_answer_to_a_refused_post_is_not_lost(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.faults.arm(Fault("answer-lost"))

    assert caller.call("POST", "CustomerCompany", body={}).status_code == 400


def test_a_token_answer_that_is_lost_has_spent_the_refresh_token(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    first = caller.token(grant_type="authorization_code", code=sandbox.authorise()).get_json()
    form = {**sandbox.app_credentials._asdict(), "grant_type": "refresh_token"}
    form["refresh_token"] = first["refresh_token"]
    sandbox.faults.arm(Fault("token-answer-lost"))

    with over_the_wire(sandbox, caller) as (base_url, session):
        with pytest.raises(requests.ConnectionError):
            session.post(base_url + TOKEN_PATH, data=form, timeout=TIMEOUT)
        again = session.post(base_url + TOKEN_PATH, data=form, timeout=TIMEOUT)

    assert again.json()["error"] == "invalid_grant"


def test_half_an_answer_is_no_json(sandbox: MilestonesSandbox, caller: Caller) -> None:
    sandbox.faults.arm(Fault("half-json", endpoint="CustomerCompany"))

    response = caller.call("GET", "CustomerCompany")

    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        response.get_json()


def test_a_record_can_change_between_the_get_and_the_put(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    options = {"fields": {"Remarks": "net getypt"}}
    sandbox.faults.arm(Fault("changed-between", endpoint="CustomerCompany", options=options))

    read = caller.read("CustomerCompany", "1")

    assert read["Remarks"] != "net getypt"
    assert caller.read("CustomerCompany", "1")["Remarks"] == "net getypt"


def test_with_an_etag_a_change_in_between_makes_the_put_fail(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.etag = True
    sandbox.faults.arm(Fault("changed-between", endpoint="CustomerCompany"))
    answer = caller.call("GET", "CustomerCompany(1)")

    put = caller.call(
        "PUT",
        "CustomerCompany(1)",
        body=answer.get_json(),
        headers={"If-Match": answer.headers["ETag"]},
    )

    assert put.status_code == 412


def test_a_fault_that_does_not_exist_cannot_be_armed(sandbox: MilestonesSandbox) -> None:
    with pytest.raises(ValueError, match="unknown fault"):
        sandbox.faults.arm(Fault("meteorite"))


def test_every_call_is_in_the_journal_with_what_came_of_it(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.journal.clear()

    caller.call("GET", "CustomerCompany", query={"$top": "1"})
    caller.call("GET", "CustomerCompany(1)")
    caller.call("DELETE", "CustomerCompany(1)")
    caller.call("GET", "Nergens")
    caller.token(grant_type="refresh_token", refresh_token="spent")

    seen = [(call.method, call.endpoint, call.status) for call in sandbox.journal.calls()]
    assert seen == [
        ("GET", "CustomerCompany", 200),
        ("GET", "CustomerCompany(key)", 200),
        ("DELETE", "CustomerCompany(key)", 405),
        ("GET", "Nergens", 404),
        ("POST", "token", 400),
    ]
    assert sandbox.journal.calls()[0].at == "2026-11-02T08:00:00+00:00"
    assert sandbox.journal.calls()[0].query == "$top=1"
