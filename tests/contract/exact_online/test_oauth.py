"""The authorisation server: X7 to X29, X180 and X181."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.contract.exact_online.conftest import TIMEOUT, Caller
from tests.sandbox.exact_online.users import OTHER_USER

ACCOUNTS = "crm/Accounts?$filter=trim(Code) eq '1068'&$select=ID"


def log_in(caller: Caller, **changes: str) -> requests.Response:
    client_id, _, redirect_uri = caller.sandbox.app_credentials
    query = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "state": "s1",
        "force_login": "1",
        "login": OTHER_USER,
    }
    return requests.get(
        caller.base_url + "/api/oauth2/auth",
        params=query | changes,
        allow_redirects=False,
        timeout=TIMEOUT,
    )


def test_the_login_sends_the_browser_back_with_an_encoded_code_and_the_state(
    stranger: Caller,
) -> None:
    answer = log_in(stranger)
    location = answer.headers["Location"]
    assert answer.status_code == 302
    assert "%21" in location
    returned = parse_qs(urlsplit(location).query)
    assert returned["state"] == ["s1"]
    assert stranger.exchange(returned["code"][0]).status_code == 200


@pytest.mark.parametrize("wrong", ["redirect_uri", "client_id", "response_type"])
def test_a_login_for_another_app_or_address_is_refused_without_a_redirect(
    stranger: Caller, wrong: str
) -> None:
    answer = log_in(stranger, **{wrong: "https://elders.example/"})
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_user_who_says_no_comes_back_with_access_denied(stranger: Caller) -> None:
    location = log_in(stranger, deny="1").headers["Location"]
    assert parse_qs(urlsplit(location).query)["error"] == ["access_denied"]


def test_there_is_no_client_credentials_grant(stranger: Caller) -> None:
    answer = stranger.token(grant_type="client_credentials")
    assert answer.status_code == 400
    assert answer.json() == {"error": "unsupported_grant_type"}


def test_a_code_works_once(stranger: Caller) -> None:
    code = stranger.sandbox.authorise()
    assert stranger.exchange(code).status_code == 200
    second = stranger.exchange(code)
    assert second.status_code == 400
    assert second.json()["error"] == "invalid_grant"


def test_a_code_lives_180_seconds(stranger: Caller) -> None:
    in_time, too_late = stranger.sandbox.authorise(), stranger.sandbox.authorise(OTHER_USER)
    stranger.sandbox.clock.advance(180)
    assert stranger.exchange(in_time).status_code == 200
    stranger.sandbox.clock.advance(1)
    assert stranger.exchange(too_late).json()["error"] == "invalid_grant"


def test_the_redirect_address_of_the_exchange_must_be_exactly_the_registered_one(
    stranger: Caller,
) -> None:
    registered = stranger.sandbox.app_credentials[2]
    answer = stranger.exchange(stranger.sandbox.authorise(), redirect_uri=registered + "/")
    assert answer.json()["error"] == "invalid_grant"


def test_a_grant_has_its_life_as_a_string_and_four_fields(stranger: Caller) -> None:
    body = stranger.exchange(stranger.sandbox.authorise()).json()
    assert body["expires_in"] == "600"
    assert body["token_type"] == "Bearer"
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token"}


def test_a_token_call_must_be_a_form(stranger: Caller) -> None:
    answer = requests.post(
        stranger.base_url + "/api/oauth2/token", json={"grant_type": "x"}, timeout=TIMEOUT
    )
    assert answer.status_code == 400


def test_a_token_call_with_a_bearer_header_is_401(exact: Caller) -> None:
    answer = requests.post(
        exact.base_url + "/api/oauth2/token",
        data={"grant_type": "refresh_token", "refresh_token": exact.refresh_token},
        headers={"Authorization": f"Bearer {exact.access_token}"},
        timeout=TIMEOUT,
    )
    assert answer.status_code == 401


def test_a_refresh_before_570_seconds_is_refused_and_the_token_in_hand_stays_valid(
    exact: Caller,
) -> None:
    exact.sandbox.clock.advance(569)
    answer = exact.refresh()
    text = "Rate limit exceeded: access_token not expired"
    assert answer.status_code == 400
    assert answer.headers["Reason"] == f"TooEarlyToRefreshTokens: {text}"
    assert answer.json() == {"error": "access_denied", "error_description": text}
    assert exact.get(ACCOUNTS).status_code == 200


def test_a_refresh_from_570_seconds_gives_a_new_pair(exact: Caller) -> None:
    before = exact.refresh_token
    exact.sandbox.clock.advance(570)
    answer = exact.refresh()
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != before


def test_the_570_second_rule_counts_from_the_previous_refresh(exact: Caller) -> None:
    exact.sandbox.clock.advance(570)
    exact.keep(exact.refresh())
    exact.sandbox.clock.advance(569)
    assert exact.refresh().status_code == 400


def test_a_switch_takes_the_570_second_rule_away(exact: Caller) -> None:
    exact.sandbox.switches.enforce_570 = False
    assert exact.refresh().status_code == 200


def test_an_access_token_lives_600_seconds(exact: Caller) -> None:
    exact.sandbox.clock.advance(599)
    assert exact.get(ACCOUNTS).status_code == 200
    exact.sandbox.clock.advance(1)
    assert exact.get(ACCOUNTS).status_code == 401


def test_a_refresh_token_works_once(exact: Caller) -> None:
    old = exact.refresh_token
    exact.sandbox.clock.advance(580)
    exact.keep(exact.refresh())
    answer = exact.refresh(old)
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "unauthorized_client",
        "error_description": "Old refresh token used.",
    }


def test_a_refresh_token_dies_after_30_days(exact: Caller) -> None:
    exact.sandbox.clock.advance(30 * 86_400 + 1)
    answer = exact.refresh()
    assert answer.json()["error"] == "invalid_grant"


def test_an_unknown_refresh_token_is_an_invalid_grant(exact: Caller) -> None:
    answer = exact.refresh("stampNL001.never-issued")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_a_revoked_consent_is_an_invalid_grant(exact: Caller) -> None:
    exact.sandbox.authority.revoke("koppeling@veldhuis.example")
    exact.sandbox.clock.advance(580)
    assert exact.refresh().json()["error_description"] == "Refresh token is invalid."


@pytest.mark.parametrize("wrong", ["client_id", "client_secret"])
def test_wrong_app_credentials_are_an_invalid_request(exact: Caller, wrong: str) -> None:
    exact.sandbox.clock.advance(580)
    answer = exact.refresh(**{wrong: "fout"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_request"}


def test_a_second_consent_of_the_same_user_ends_the_first_chain(exact: Caller) -> None:
    first = exact.refresh_token
    exact.connect()
    exact.sandbox.clock.advance(580)
    assert exact.refresh(first).json()["error"] == "invalid_grant"
    assert exact.refresh().status_code == 200


def test_consents_of_two_users_live_beside_each_other(exact: Caller) -> None:
    first = exact.refresh_token
    exact.connect(OTHER_USER)
    exact.sandbox.clock.advance(580)
    assert exact.refresh(first).status_code == 200


def test_the_token_call_after_the_200th_of_a_day_is_refused(exact: Caller) -> None:
    exact.sandbox.switches.enforce_570 = False
    for _ in range(199):
        exact.keep(exact.refresh())
    assert exact.refresh().status_code == 429
    exact.sandbox.clock.advance(13 * 3600)
    assert exact.refresh().status_code == 200


def test_the_answer_of_a_token_call_can_be_lost_after_the_tokens_have_changed(
    exact: Caller,
) -> None:
    exact.sandbox.clock.advance(580)
    exact.arm("token-answer-lost")
    with pytest.raises(requests.ConnectionError):
        exact.refresh()
    assert exact.refresh().json()["error_description"] == "Old refresh token used."


def test_a_token_call_can_be_answered_with_nothing(exact: Caller) -> None:
    exact.sandbox.clock.advance(580)
    exact.arm("token-empty")
    answer = exact.refresh()
    assert (answer.status_code, answer.text) == (200, "")


def test_a_token_call_can_meet_a_gateway_fault_before_anything_is_done(exact: Caller) -> None:
    exact.sandbox.clock.advance(580)
    exact.arm("token-gateway")
    answer = exact.refresh()
    assert answer.status_code == 404
    assert "ApplicationNotFound" in answer.json()["fault"]["detail"]["errorcode"]
    assert exact.refresh().status_code == 200
