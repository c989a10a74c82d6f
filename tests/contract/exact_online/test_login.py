"""The pages of the login and the consent, as a browser walks through them: X8 to X10, X29, X31."""

from collections.abc import Callable

import pytest
import requests

from tests.contract.exact_online.conftest import TIMEOUT, Caller
from tests.sandbox.common import company
from tests.sandbox.common.visitor import Visitor
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.exact_online.login import NO_DIVISION, WRONG_LOGIN
from tests.sandbox.exact_online.users import GROUP_USER, LINK_USER, OUTSIDER, users

ALLOW, DENY = ("answer", "allow"), ("answer", "deny")
CALLBACK = "https://koppeling.example/callback"


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def come(stranger: Caller, visitor: Visitor) -> Callable[..., Visitor]:
    """Return what lets the visitor arrive by the link of the app."""

    def arrive(**changes: str) -> Visitor:
        client_id, _, redirect_uri = stranger.sandbox.app_credentials
        query = {"client_id": client_id, "redirect_uri": redirect_uri, "response_type": "code"}
        always = {"state": "s 1&2", "force_login": "1"}
        visitor.open(stranger.base_url + "/api/oauth2/auth", **query | always | changes)
        return visitor

    return arrive


type Come = Callable[..., Visitor]


def test_who_logs_in_and_consents_comes_back_with_a_code_and_the_state(
    stranger: Caller, come: Come
) -> None:
    visitor = come()
    visitor.log_in(LINK_USER)
    visitor.press(ALLOW)
    assert visitor.left_for.startswith(f"{CALLBACK}?")
    assert visitor.brought["state"] == "s 1&2"
    assert "%21" in visitor.left_for
    stranger.keep(stranger.exchange(visitor.brought["code"]))
    me = stranger.data("/current/Me?$select=UserName")["results"]
    assert [row["UserName"] for row in me] == [LINK_USER]


def test_the_pages_are_in_dutch_and_say_that_they_are_not_the_real_ones(come: Come) -> None:
    visitor = come()
    assert '<html lang="nl">' in visitor.text
    assert "dit is niet het echte Exact Online" in visitor.text
    assert "Wachtwoord" in visitor.text
    visitor.log_in(GROUP_USER)
    assert "Koppeling QicsMilestones vraagt toegang" in visitor.text
    assert "dit is niet het echte Exact Online" in visitor.text
    assert "Directie Veldhuis" in visitor.text


def test_the_pages_take_nothing_from_elsewhere(stranger: Caller, come: Come) -> None:
    visitor = come()
    assert visitor.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'self'"
    assert "http" not in visitor.text.replace("https://koppeling.example", "")
    sheet = requests.get(stranger.base_url + "/_sandbox/style.css", timeout=TIMEOUT)
    assert (sheet.status_code, "url(" in sheet.text) == (200, False)
    assert sheet.headers["Content-Type"].startswith("text/css")


def test_the_login_page_tells_every_user_and_password(come: Come) -> None:
    visitor = come()
    for user in users().values():
        assert f"<code>{user.name}</code>" in visitor.text
        assert f"<code>{user.password}</code>" in visitor.text


@pytest.mark.parametrize(
    ("user", "password"),
    [(LINK_USER, "geraden"), ("niemand@elders.example", "zandbak-niemand"), ("<b>", "x")],
)
def test_a_wrong_login_is_told_and_can_be_tried_again(come: Come, user: str, password: str) -> None:
    visitor = come()
    visitor.log_in(user, password)
    assert visitor.status == 200
    assert WRONG_LOGIN in visitor.text
    assert "<b>" not in visitor.text
    visitor.log_in(LINK_USER)
    visitor.press(ALLOW)
    assert "code" in visitor.brought


def test_the_name_of_a_user_may_be_typed_in_capitals(come: Come) -> None:
    visitor = come()
    visitor.log_in(f" {LINK_USER.upper()} ", users()[LINK_USER].password)
    visitor.press(ALLOW)
    assert "code" in visitor.brought


def test_a_user_who_cancels_comes_back_with_access_denied_and_the_state(come: Come) -> None:
    visitor = come()
    visitor.log_in(LINK_USER)
    visitor.press(DENY)
    assert visitor.brought == {"state": "s 1&2", "error": "access_denied"}


def test_without_force_login_a_browser_that_logged_in_before_skips_the_login_page(
    come: Come,
) -> None:
    come().log_in(LINK_USER)
    visitor = come(force_login="0")
    assert "Koppeling Veldhuis" in visitor.text
    visitor.press(ALLOW)
    assert "code" in visitor.brought


def test_force_login_asks_again_even_where_somebody_is_logged_in(come: Come) -> None:
    come().log_in(LINK_USER)
    visitor = come(force_login="1")
    assert ("user", "") in visitor.fields
    visitor.log_in(GROUP_USER)
    assert "Directie Veldhuis" in visitor.text


def test_without_force_login_a_new_browser_logs_in_too(come: Come) -> None:
    assert ("password", "") in come(force_login="0").fields


def test_nobody_reaches_the_consent_without_a_login(stranger: Caller, come: Come) -> None:
    visitor = come()
    client_id, _, redirect_uri = stranger.sandbox.app_credentials
    query = {"client_id": client_id, "redirect_uri": redirect_uri, "response_type": "code"}
    visitor.open(stranger.base_url + "/api/oauth2/consent", **query)
    assert ("password", "") in visitor.fields
    answer = requests.post(
        stranger.base_url + "/api/oauth2/consent",
        params=query,
        data={"answer": "allow", "division": str(company.DIVISION)},
        allow_redirects=False,
        timeout=TIMEOUT,
    )
    assert answer.headers["Location"].startswith("/api/oauth2/auth?")


@pytest.mark.parametrize("wrong", ["client_id", "redirect_uri", "response_type"])
def test_the_page_says_which_parameter_of_the_link_is_wrong(come: Come, wrong: str) -> None:
    visitor = come(**{wrong: "https://elders.example/"})
    assert (visitor.status, visitor.left_for) == (400, "")
    assert f"<code>{wrong}</code>" in visitor.text


def test_every_administration_of_the_user_can_be_chosen_and_all_are_ticked(come: Come) -> None:
    visitor = come()
    visitor.log_in(GROUP_USER)
    ticked = [value for name, value in visitor.fields if name == "division"]
    others = [str(each.division) for each in company.OTHER_ADMINISTRATIONS]
    assert sorted(ticked) == sorted([str(company.DIVISION), *others])
    assert f"{company.HID} - {company.ADMINISTRATION}" in visitor.text
    assert f"{company.ARCHIVED.name} (gearchiveerd)" in visitor.text


def test_a_consent_without_an_administration_is_asked_again(come: Come) -> None:
    visitor = come()
    visitor.log_in(LINK_USER)
    visitor.press(ALLOW, leave_out=(str(company.DIVISION),))
    assert NO_DIVISION in visitor.text
    visitor.press(ALLOW)
    assert "code" in visitor.brought


def test_a_user_without_an_administration_can_consent_to_nothing(
    stranger: Caller, come: Come
) -> None:
    visitor = come()
    visitor.log_in(OUTSIDER)
    assert "geen toegang tot een administratie" in visitor.text
    visitor.press(ALLOW)
    stranger.keep(stranger.exchange(visitor.brought["code"]))
    assert stranger.get("hrm/Costcenters?$select=Code").status_code == 404


def test_an_administration_that_is_left_out_is_closed_for_this_consent(
    stranger: Caller, come: Come
) -> None:
    visitor = come()
    visitor.log_in(GROUP_USER)
    visitor.press(ALLOW, leave_out=(str(company.DIVISION),))
    stranger.keep(stranger.exchange(visitor.brought["code"]))
    assert stranger.get("hrm/Costcenters?$select=Code").status_code == 403
    other = f"/{company.HOLDING.division}/hrm/Costcenters?$select=Code"
    assert stranger.get(other).status_code == 200


def test_more_redirect_addresses_can_be_registered_and_each_must_be_met_exactly(
    stranger: Caller, come: Come
) -> None:
    control, own = ExactControl(stranger.base_url), "http://127.0.0.1:4566/connect/callback"
    assert come(redirect_uri=own).status == 400
    control.register(own)
    assert control.app()["redirect_uris"] == [CALLBACK, own]
    visitor = come(redirect_uri=own)
    visitor.log_in(LINK_USER)
    visitor.press(ALLOW)
    assert visitor.left_for.startswith(f"{own}?")
    code = visitor.brought["code"]
    assert stranger.exchange(code, redirect_uri=own).status_code == 200
    assert come(redirect_uri=own + "/").status == 400
    visitor = come()
    visitor.log_in(LINK_USER)
    visitor.press(ALLOW)
    crossed = stranger.exchange(visitor.brought["code"], redirect_uri=own)
    assert crossed.json()["error"] == "invalid_grant"


def test_an_address_that_is_none_cannot_be_registered(stranger: Caller) -> None:
    with pytest.raises(ValueError, match="is no redirect URI"):
        ExactControl(stranger.base_url).register("callback")
