"""What a fresh token shows: who logged in, and the administration that was agreed."""

from typing import Any

import pytest
import requests

from koppeling.auth.session import LoggedInUser
from koppeling.core.administration import Administration
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Retry
from koppeling.core.ids import Division
from koppeling.exact.probe import ExactLoginProbe
from tests.unit.exact.wire import HOST, NOW, Answer, Wire, answer, results

ME = {
    "UserName": "a.bakker",
    "Email": "a@bakker.example",
    "CurrentDivision": 123,
    "IsMyFirmPortalUser": False,
    "IsMyFirmLiteUser": False,
}
VISITOR = LoggedInUser("a.bakker", "a@bakker.example", 123, may_book=True)
AGREED = Division(987654)
LISTED = {"Code": 987654, "Description": "Veldhuis", "Status": 1, "BlockingStatus": 0}


def logged_in(row: dict[str, Any]) -> LoggedInUser:
    return ExactLoginProbe(Wire(results(row)).session, HOST, lambda: NOW).logged_in_user("fresh")


def failed(given: Answer) -> Consequence:
    wire = Wire(given)
    with pytest.raises(Consequence) as meant:
        ExactLoginProbe(wire.session, HOST, lambda: NOW).logged_in_user("fresh")
    assert len(wire.sent) == 1
    return meant.value


def test_who_logged_in_is_asked_with_the_fresh_token_while_a_person_waits() -> None:
    wire = Wire(results(ME))

    found = ExactLoginProbe(wire.session, HOST, lambda: NOW).logged_in_user("fresh")

    assert found == VISITOR
    (sent,) = wire.sent
    assert sent.url == (
        f"{HOST}/api/v1/current/Me?$select=CurrentDivision,Email,IsMyFirmLiteUser,"
        "IsMyFirmPortalUser,UserName"
    )
    assert sent.method == "GET"
    assert sent.headers["Accept"] == "application/json"
    assert sent.headers["Authorization"] == "Bearer fresh"
    assert wire.timeouts == [(10.0, 15.0)]


@pytest.mark.parametrize("name", ["IsMyFirmPortalUser", "IsMyFirmLiteUser"])
def test_a_user_of_a_portal_may_not_book(name: str) -> None:
    assert not logged_in(ME | {name: True}).may_book


@pytest.mark.parametrize("row", [{"Other": 1}, dict.fromkeys(ME)], ids=["absent", "empty"])
def test_what_exact_does_not_tell_of_a_user_is_empty(row: dict[str, Any]) -> None:
    assert logged_in(row) == LoggedInUser("", "", 0, may_book=True)


@pytest.mark.parametrize(
    "given",
    [answer({}, 401), answer("<title>Object moved</title>", kind="text/html")],
    ids=["401", "moved"],
)
def test_a_fresh_token_that_is_refused_needs_another_login(given: requests.Response) -> None:
    meant = failed(given)

    assert isinstance(meant, Reauthorise)
    assert meant.code == "exact-reconnect-needed"


@pytest.mark.parametrize(
    "given",
    [
        requests.ConnectTimeout("away"),
        requests.ReadTimeout("slow"),
        answer("", 503),
        results(),
        answer({}),
        answer({"d": 5}),
        answer("<html></html>", kind="text/html"),
        answer({}, 302, Location="https://evil.example/"),
    ],
    ids=["away", "slow", "503", "no row", "no d", "a number", "a page", "a redirect"],
)
def test_no_answer_about_a_user_is_an_outage(given: Answer) -> None:
    meant = failed(given)

    assert isinstance(meant, Retry)
    assert meant.code == "exact-unavailable"
    assert "current/Me" in meant.detail


def test_a_user_who_may_not_even_see_himself_is_told_the_right_to_ask_for() -> None:
    meant = failed(answer({}, 403))

    assert isinstance(meant, Fatal)
    assert meant.values == {"entity": "current/Me", "right": "Bekijken administratie gegevens"}


def test_a_limit_that_was_hit_puts_the_visit_off() -> None:
    meant = failed(answer({}, 429, X_RateLimit_Remaining="0"))

    assert isinstance(meant, Defer)
    assert meant.code == "exact-day-limit"


def found(opened: int, *answers: requests.Response) -> tuple[Administration | None, list[str]]:
    """Look for the agreed administration, and return the divisions and lists that were read."""
    wire = Wire(*answers)
    visitor = LoggedInUser("a.bakker", "", opened, may_book=True)
    probe = ExactLoginProbe(wire.session, HOST, lambda: NOW)
    administration = probe.administration("fresh", visitor, AGREED)
    assert {each.headers["Authorization"] for each in wire.sent} == {"Bearer fresh"}
    read = [str(each.url).removeprefix(f"{HOST}/api/v1/").partition("?")[0] for each in wire.sent]
    return administration, read


@pytest.mark.parametrize(
    ("refusals", "read"),
    [
        (0, ["123/system/Divisions"]),
        (1, ["123/system/Divisions", "123/hrm/Divisions"]),
        (2, ["123/system/Divisions", "123/hrm/Divisions", "987654/system/Divisions"]),
    ],
)
def test_the_administration_is_looked_for_below_what_the_user_opened_last_then_below_itself(
    refusals: int, read: list[str]
) -> None:
    refused = [answer({}, 403) for _ in range(refusals)]

    assert found(123, *refused, results(LISTED)) == (Administration(987654, "Veldhuis", 1, 0), read)


def test_an_administration_that_may_be_read_nowhere_is_not_found() -> None:
    administration, read = found(123, *(answer({}, 404) for _ in range(3)))

    assert administration is None
    assert len(read) == 3


def test_an_administration_that_was_opened_last_is_asked_by_two_lists_alone() -> None:
    assert found(987654, answer({}, 403), answer({}, 403)) == (
        None,
        ["987654/system/Divisions", "987654/hrm/Divisions"],
    )


def test_a_fresh_token_is_never_renewed() -> None:
    with pytest.raises(Reauthorise) as meant:
        found(123, answer({}, 401))

    assert meant.value.code == "exact-reconnect-needed"


def test_an_outage_of_a_list_is_no_answer() -> None:
    with pytest.raises(Retry):
        found(123, answer("", 503))
