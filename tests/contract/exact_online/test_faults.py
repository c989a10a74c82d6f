"""Faults that can be armed: X6, X38, X43, X135, X190 and X191."""

import pytest
import requests

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.common.faults import Fault

CENTERS = "hrm/Costcenters?$select=Code"
ENTRIES = "salesentry/SalesEntries"


def booked(exact: Caller) -> int:
    return len(exact.sandbox.world.tables["SalesEntries"])


def test_no_answer_means_that_nothing_was_done(exact: Caller) -> None:
    exact.arm("no-answer", ENTRIES)
    with pytest.raises(requests.ConnectionError):
        exact.post(ENTRIES, exact.entry())
    assert booked(exact) == 0
    last = exact.sandbox.journal.calls()[-1]
    assert (last.status, last.fault) == (0, "no-answer")


def test_a_lost_answer_means_that_it_was_booked(exact: Caller) -> None:
    exact.arm("answer-lost", ENTRIES)
    with pytest.raises(requests.ConnectionError):
        exact.post(ENTRIES, exact.entry())
    assert booked(exact) == 1
    last = exact.sandbox.journal.calls()[-1]
    assert (last.status, last.fault) == (201, "answer-lost")


def test_a_late_commit_is_booked_when_its_seconds_have_passed(exact: Caller) -> None:
    exact.arm("late-commit", ENTRIES, seconds=120)
    with pytest.raises(requests.ConnectionError):
        exact.post(ENTRIES, exact.entry())
    path = f"{ENTRIES}?$select=EntryID&$filter=YourRef eq '20260412'"
    exact.sandbox.clock.advance(119)
    assert exact.data(path)["results"] == []
    exact.sandbox.clock.advance(1)
    assert len(exact.data(path)["results"]) == 1


def test_a_late_commit_of_something_wrong_is_never_booked(exact: Caller) -> None:
    exact.arm("late-commit", ENTRIES, seconds=1)
    with pytest.raises(requests.ConnectionError):
        exact.post(ENTRIES, exact.entry(Journal="99"))
    exact.sandbox.clock.advance(1)
    assert exact.get(CENTERS).status_code == 200
    assert booked(exact) == 0


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("500", 500, "Runtime Error"),
        ("503", 503, ""),
        ("408", 408, ""),
        ("maintenance", 200, "in onderhoud"),
        ("object-moved", 200, "<title>Object moved</title>"),
    ],
)
def test_an_outage_answers_without_json_and_does_nothing(
    exact: Caller, kind: str, status: int, content: str
) -> None:
    exact.arm(kind, ENTRIES)
    answer = exact.post(ENTRIES, exact.entry())
    assert answer.status_code == status
    assert content in answer.text
    assert not answer.headers["Content-Type"].startswith("application/json")
    assert booked(exact) == 0


@pytest.mark.parametrize(
    ("kind", "prefix"), [("429-minute", "X-RateLimit-Minutely-"), ("429-day", "X-RateLimit-")]
)
def test_a_429_can_be_armed_and_carries_the_headers_of_its_limit(
    exact: Caller, kind: str, prefix: str
) -> None:
    exact.arm(kind, "hrm/")
    answer = exact.get(CENTERS)
    names = {name for name in answer.headers if name.startswith("X-RateLimit")}
    assert (answer.status_code, answer.text) == (429, "")
    assert names == {f"{prefix}{part}" for part in ("Limit", "Remaining", "Reset")}
    assert answer.headers[f"{prefix}Remaining"] == "0"
    assert exact.get(CENTERS).status_code == 200


def test_half_a_page_is_200_and_no_json(exact: Caller) -> None:
    exact.arm("half-json", "hrm/")
    answer = exact.get(CENTERS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_half_a_page_can_come_with_a_length_that_lies(exact: Caller) -> None:
    exact.arm("half-json", "hrm/", lying=True)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        exact.get(CENTERS)


def test_a_next_link_can_lead_to_another_host(exact: Caller) -> None:
    exact.arm("foreign-next", "hrm/")
    link = exact.data(CENTERS)["__next"]
    assert link.startswith("https://elders.example/api/v1/987654/hrm/Costcenters")


def test_a_next_link_can_lead_back_to_itself(exact: Caller) -> None:
    exact.arm("repeated-next", "hrm/")
    assert exact.data(CENTERS)["__next"] == exact.url(CENTERS)


def test_a_fault_is_used_up_after_its_times_and_can_wait_for_its_turn(exact: Caller) -> None:
    exact.sandbox.faults.arm(Fault("503", "hrm/", times=2, skip=1))
    found = [exact.get(CENTERS).status_code for _ in range(4)]
    assert found == [200, 503, 503, 200]


def test_an_unknown_fault_cannot_be_armed(exact: Caller) -> None:
    with pytest.raises(ValueError, match="unknown fault"):
        exact.arm("504")


def test_an_unknown_switch_cannot_be_turned(exact: Caller) -> None:
    with pytest.raises(ValueError, match="unknown switch"):
        exact.sandbox.switches.turn(enforce_571=False)


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(
    ("options", "status", "content"),
    [
        ({"status": 500, "text": "Timeout expired."}, 500, "Timeout expired."),
        ({"status": 403, "reason": "LicenseExpired"}, 403, ""),
        ({"status": 302, "body": "moved", "content_type": "text/html"}, 302, "moved"),
    ],
)
def test_any_answer_can_come_whether_the_call_was_carried_out_or_not(
    exact: Caller, options: dict[str, object], status: int, content: str, *, committed: bool
) -> None:
    exact.arm("other-answer", ENTRIES, committed=committed, **options)

    answer = exact.post(ENTRIES, exact.entry())

    assert (answer.status_code, answer.headers.get("Reason")) == (status, options.get("reason"))
    assert content in answer.text
    assert booked(exact) == committed
    assert exact.sandbox.journal.calls()[-1].fault == "other-answer"
