"""QM's OAuth2 server, as strict as the parts that are not public could turn out to be."""

from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.contract.qics_milestones.caller import Caller
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.state import AUTH_PATH
from tests.sandbox.qics_milestones.users import DEFAULT_USER, USERS


def consent(sandbox: MilestonesSandbox, answer: str = "allow", **replaced: str) -> TestResponse:
    app = sandbox.app_credentials
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "state": "s-1",
        **replaced,
    }
    browser = sandbox.app.test_client()
    user = USERS[DEFAULT_USER]
    browser.post(AUTH_PATH, query_string=query, data={"user": user.name, "password": user.password})
    return browser.post(AUTH_PATH, query_string=query, data={"answer": answer})


def answered(response: TestResponse) -> dict[str, list[str]]:
    return parse_qs(urlsplit(response.headers["Location"]).query)


def new_pair(sandbox: MilestonesSandbox, caller: Caller) -> dict[str, str]:
    response = caller.token(grant_type="authorization_code", code=sandbox.authorise())
    pair: dict[str, str] = response.get_json()
    return pair


def error_of(response: TestResponse) -> tuple[int, str]:
    return response.status_code, response.get_json()["error"]


def test_the_login_page_shows_a_form_in_the_language_of_the_user(
    sandbox: MilestonesSandbox,
) -> None:
    app = sandbox.app_credentials
    query = {"response_type": "code", "client_id": app.client_id, "redirect_uri": app.redirect_uri}

    page = sandbox.app.test_client().get(AUTH_PATH, query_string=query)

    assert page.status_code == 200
    assert "Inloggen" in page.get_data(as_text=True)


def test_a_consent_sends_the_code_back_and_keeps_the_state(sandbox: MilestonesSandbox) -> None:
    response = consent(sandbox, extra="kept")

    assert response.headers["Location"].startswith(sandbox.app_credentials.redirect_uri)
    assert answered(response)["state"] == ["s-1"]
    assert answered(response)["extra"] == ["kept"]
    assert len(answered(response)["code"]) == 1


def test_a_refusal_by_the_user_comes_back_as_access_denied(sandbox: MilestonesSandbox) -> None:
    assert answered(consent(sandbox, answer="refuse")) == {
        "state": ["s-1"],
        "error": ["access_denied"],
    }


def test_the_registered_address_must_be_part_of_the_one_passed(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    longer = sandbox.app_credentials.redirect_uri + "?tenant=4"

    accepted = consent(sandbox, redirect_uri=longer)
    code = answered(accepted)["code"][0]

    assert answered(accepted)["tenant"] == ["4"]
    exchange = caller.token(grant_type="authorization_code", code=code, redirect_uri=longer)
    assert exchange.status_code == 200
    assert consent(sandbox, redirect_uri="https://elders.example/").status_code == 400
    assert consent(sandbox, client_id="someone-else").status_code == 400
    assert consent(sandbox, response_type="token").status_code == 400


def test_a_code_is_good_for_one_call(sandbox: MilestonesSandbox, caller: Caller) -> None:
    code = sandbox.authorise()
    assert caller.token(grant_type="authorization_code", code=code).status_code == 200

    again = caller.token(grant_type="authorization_code", code=code)

    assert error_of(again) == (400, "invalid_grant")


def test_a_code_expires_after_ten_minutes(sandbox: MilestonesSandbox, caller: Caller) -> None:
    code = sandbox.authorise()
    sandbox.clock.advance(600)

    late = caller.token(grant_type="authorization_code", code=code)

    assert error_of(late) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("replaced", "expected"),
    [
        ({"client_id": "someone-else"}, (401, "invalid_client")),
        ({"client_secret": "guessed"}, (401, "invalid_client")),
        ({"redirect_uri": ""}, (400, "invalid_request")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    ],
)
def test_a_token_call_names_the_client_and_its_secret_and_address(
    sandbox: MilestonesSandbox,
    caller: Caller,
    replaced: dict[str, str],
    expected: tuple[int, str],
) -> None:
    fields = {"grant_type": "authorization_code", "code": sandbox.authorise(), **replaced}

    assert error_of(caller.token(**fields)) == expected


def test_a_code_belongs_to_the_address_of_its_consent(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    other = sandbox.app_credentials.redirect_uri + "?tenant=4"

    response = caller.token(
        grant_type="authorization_code", code=sandbox.authorise(), redirect_uri=other
    )

    assert error_of(response) == (400, "invalid_grant")


def test_a_refresh_token_is_spent_by_its_use(sandbox: MilestonesSandbox, caller: Caller) -> None:
    first = new_pair(sandbox, caller)

    second = caller.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    again = caller.token(grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert second.get_json()["refresh_token"] != first["refresh_token"]
    assert error_of(again) == (400, "invalid_grant")


def test_a_refresh_names_the_address_unless_the_tenant_follows_the_standard(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    refresh = new_pair(sandbox, caller)["refresh_token"]

    strict = caller.token(grant_type="refresh_token", refresh_token=refresh, redirect_uri="")
    sandbox.switches.refresh_needs_redirect_uri = False
    standard = caller.token(grant_type="refresh_token", refresh_token=refresh, redirect_uri="")

    assert error_of(strict) == (400, "invalid_request")
    assert standard.status_code == 200


def test_a_tenant_that_does_not_rotate_answers_the_same_refresh_token(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.rotate_refresh_tokens = False
    first = new_pair(sandbox, caller)

    answers = [
        caller.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
        for _ in range(2)
    ]

    assert {answer.get_json()["refresh_token"] for answer in answers} == {first["refresh_token"]}


@pytest.mark.parametrize(("told", "expected"), [("number", 600), ("text", "600"), ("absent", None)])
def test_the_life_of_a_token_is_told_as_a_number_as_text_or_not_at_all(
    sandbox: MilestonesSandbox, caller: Caller, told: str, expected: object
) -> None:
    sandbox.switches.expires_in = told

    assert new_pair(sandbox, caller).get("expires_in") == expected


def test_a_call_needs_a_bearer_token_that_is_alive(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    token = caller.headers["Authorization"].removeprefix("Bearer ")
    assert caller.call("GET", "Company").status_code == 200

    for authorization in ("", f"Basic {token}", token, "Bearer invented"):
        refused = caller.call("GET", "Company", headers={"Authorization": authorization})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"

    sandbox.clock.advance(600)
    assert caller.call("GET", "Company").status_code == 401
