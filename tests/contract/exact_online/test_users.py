"""Who may what: users, their administrations and rights, and a consent's limits: X31 to X33."""

import pytest

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.common import company
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.exact_online.users import (
    GROUP_USER,
    GROUP_USER_NAME,
    LIMITED_USER,
    LINK_USER,
    OTHER_USER,
    OUTSIDER,
    PORTAL_USER,
    users,
)

HOLDING, ARCHIVED = company.HOLDING.division, company.ARCHIVED.division
ACCOUNTS = "crm/Accounts?$filter=trim(Code) eq '1068'&$select=ID"
CENTERS = "hrm/Costcenters?$select=Code"
DIVISIONS = "?$select=Code,Status,Description"
ALL = {company.DIVISION, HOLDING, ARCHIVED}


def listed(caller: Caller, path: str = "system/Divisions") -> set[int]:
    return {row["Code"] for row in caller.data(path + DIVISIONS)["results"]}


def ask(caller: Caller, endpoint: str, action: str = "GET") -> object:
    path = f"users/UserHasRights?endpoint='{endpoint}'&action='{action}'"
    return caller.data(path)["UserHasRights"]


def test_me_is_the_user_who_consented_and_nobody_else(stranger: Caller) -> None:
    for user in (LINK_USER, OTHER_USER, GROUP_USER):
        stranger.connect(user)
        rows = stranger.data("/current/Me?$select=UserID,UserName,FullName,Email")["results"]
        assert [(row["UserID"], row["Email"]) for row in rows] == [(users()[user].id, user)]


def test_a_user_name_need_not_be_an_address(stranger: Caller) -> None:
    stranger.connect(GROUP_USER)
    (row,) = stranger.data("/current/Me?$select=UserName,Email")["results"]
    assert (row["UserName"], row["Email"]) == (GROUP_USER_NAME, GROUP_USER)


@pytest.mark.parametrize("path", ["system/Divisions", "hrm/Divisions"])
def test_the_list_of_divisions_holds_those_that_the_user_may_use(
    stranger: Caller, path: str
) -> None:
    stranger.connect(LINK_USER)
    assert listed(stranger, path) == {company.DIVISION}
    stranger.connect(GROUP_USER)
    assert listed(stranger, path) == ALL


def test_the_list_of_all_divisions_is_not_limited_to_those_of_the_user(exact: Caller) -> None:
    assert listed(exact, "system/AllDivisions") == ALL
    assert exact.get(f"/{HOLDING}/{CENTERS}").status_code == 404


def test_a_division_of_somebody_else_cannot_be_reached_by_its_key(exact: Caller) -> None:
    assert exact.get(f"system/Divisions({company.DIVISION})?$select=Code").status_code == 200
    assert exact.get(f"system/Divisions({HOLDING})?$select=Code").status_code == 404


def test_the_list_of_a_licence_tells_the_number_that_people_know(exact: Caller) -> None:
    assert exact.data("hrm/Divisions?$select=HID")["results"][0]["HID"] == company.HID


def test_a_consent_can_be_limited_to_some_divisions(stranger: Caller) -> None:
    code = stranger.sandbox.authorise(GROUP_USER, divisions=(HOLDING, ARCHIVED))
    stranger.keep(stranger.exchange(code))
    assert listed(stranger, f"/{HOLDING}/system/Divisions") == {HOLDING, ARCHIVED}
    assert stranger.get(CENTERS).status_code == 403
    assert stranger.get("system/Divisions" + DIVISIONS).status_code == 403
    stranger.sandbox.switches.left_out_answer = 404
    assert stranger.get(CENTERS).status_code == 404


def test_the_limits_of_a_consent_outlive_a_refresh(stranger: Caller) -> None:
    control = ExactControl(stranger.base_url)
    stranger.keep(stranger.exchange(control.authorise(GROUP_USER, divisions=[HOLDING])))
    stranger.sandbox.clock.advance(580)
    stranger.keep(stranger.refresh())
    assert stranger.get(CENTERS).status_code == 403
    stranger.connect(GROUP_USER)
    assert stranger.get(CENTERS).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "vat/VATCodes?$select=Code",
        "financial/Journals?$select=Code",
        "sync/CRM/Accounts?$filter=Timestamp gt 1L&$select=ID,Timestamp",
        ACCOUNTS,
    ],
)
def test_another_administration_holds_nothing(stranger: Caller, path: str) -> None:
    stranger.connect(GROUP_USER)
    assert stranger.data(path)["results"]
    for division in (HOLDING, ARCHIVED):
        assert stranger.data(f"/{division}/{path}")["results"] == []


def test_nothing_can_be_booked_in_an_administration_without_a_journal(stranger: Caller) -> None:
    stranger.connect(GROUP_USER)
    path = f"/{HOLDING}/salesentry/SalesEntries"
    assert stranger.post(path, stranger.entry()).status_code == 500
    assert ExactControl(stranger.base_url).entries() == []


def test_an_archived_administration_shows_it_and_by_a_switch_refuses(stranger: Caller) -> None:
    stranger.connect(GROUP_USER)
    states = {
        row["Code"]: row["Status"]
        for row in stranger.data(f"system/Divisions{DIVISIONS}")["results"]
    }
    assert states == {company.DIVISION: 1, HOLDING: 1, ARCHIVED: 2}
    stranger.sandbox.switches.blocked_division_answer = 403
    assert stranger.get(f"/{ARCHIVED}/{CENTERS}").status_code == 403
    assert stranger.get(f"/{HOLDING}/{CENTERS}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "salesentry/SalesEntries?$filter=YourRef eq '1'&$select=EntryID",
        "documents/Documents?$filter=Subject eq '1'&$select=ID",
        "documents/DocumentAttachments?$filter=FileName eq '1'&$select=ID",
    ],
)
def test_a_user_without_the_right_gets_403_without_an_envelope(stranger: Caller, path: str) -> None:
    stranger.connect(LIMITED_USER)
    answer = stranger.get(path)
    assert (answer.status_code, answer.text) == (403, "")
    assert stranger.get(ACCOUNTS).status_code == 200
    stranger.connect(OTHER_USER)
    assert stranger.get(path).status_code == 200


def test_a_user_without_the_right_books_nothing(stranger: Caller) -> None:
    stranger.connect(LIMITED_USER)
    assert stranger.post("salesentry/SalesEntries", stranger.entry()).status_code == 403
    assert stranger.post("documents/Documents", {"Subject": "F", "Type": 10}).status_code == 403
    assert ExactControl(stranger.base_url).entries() == []


def test_a_right_can_be_asked_for_before_anything_is_done(stranger: Caller) -> None:
    stranger.connect(LIMITED_USER)
    assert ask(stranger, "crm/Accounts") is True
    assert ask(stranger, "salesentry/SalesEntries", "POST") is False
    assert ask(stranger, "documents/Documents", "POST") is False
    stranger.connect(LINK_USER)
    assert ask(stranger, "salesentry/SalesEntries", "POST") is True


def test_what_is_told_about_a_right_is_what_a_call_meets(stranger: Caller) -> None:
    stranger.connect(LIMITED_USER)
    for path, resource in stranger.sandbox.registry.items():
        if path == "current/Me":
            continue
        met = stranger.get(f"{path}?$select={resource.fields.key}&$top=1").status_code
        assert (met == 403) is not ask(stranger, path), path
        stranger.sandbox.clock.advance(5)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?endpoint='crm/Accounts'",
        "?endpoint=crm/Accounts&action='GET'",
        "?endpoint='crm/Relaties'&action='GET'",
        "?endpoint='crm/Accounts'&action='LEES'",
    ],
)
def test_a_question_about_a_right_that_makes_no_sense_is_400(exact: Caller, query: str) -> None:
    assert exact.get("users/UserHasRights" + query).status_code == 400


def test_rights_may_be_untold_and_are_not_written(exact: Caller) -> None:
    path = "users/UserHasRights?endpoint='crm/Accounts'&action='GET'"
    assert exact.post(path, {}).status_code == 405
    exact.sandbox.switches.user_has_rights = False
    assert exact.get(path).status_code == 404


def test_the_question_about_a_right_counts_for_the_limits(exact: Caller) -> None:
    answer = exact.get("users/UserHasRights?endpoint='crm/Accounts'&action='GET'")
    assert answer.headers["X-RateLimit-Minutely-Remaining"] == "59"


def test_a_portal_user_shows_it_and_does_not_reach_documents(stranger: Caller) -> None:
    stranger.connect(PORTAL_USER)
    assert stranger.data("/current/Me")["results"][0]["IsMyFirmPortalUser"] is True
    refused = stranger.post("documents/Documents", {"Subject": "F", "Type": 10})
    assert stranger.message(refused) == "Document Type not allowed"
    stranger.connect(LINK_USER)
    assert stranger.data("/current/Me")["results"][0]["IsMyFirmPortalUser"] is False


def test_control_tells_who_can_log_in(exact: Caller) -> None:
    people = {person["name"]: person for person in ExactControl(exact.base_url).users()}
    assert set(people) == {
        *(LINK_USER, OTHER_USER, GROUP_USER),
        *(LIMITED_USER, PORTAL_USER, OUTSIDER),
    }
    assert people[LINK_USER]["password"] == "zandbak-koppeling"
    assert set(people[GROUP_USER]["divisions"]) == ALL
