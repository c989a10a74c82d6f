"""The pages of the login and the consent, as a browser walks through them, and what roles may."""

from collections.abc import Callable, Iterator

import pytest
import requests

from tests.contract.qics_milestones.caller import CUSTOMER
from tests.sandbox.common.company import ADMINISTRATION, HOLDING
from tests.sandbox.common.visitor import Visitor
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.control import MilestonesControl
from tests.sandbox.qics_milestones.login import WRONG_LOGIN
from tests.sandbox.qics_milestones.state import API_PATH, AUTH_PATH, TOKEN_PATH
from tests.sandbox.qics_milestones.users import BLIND_USER, DEFAULT_USER, READING_USER, USERS

ALLOW, REFUSE, OTHER = ("answer", "allow"), ("answer", "refuse"), ("answer", "other")
TIMEOUT = (5, 20)


@pytest.fixture
def base_url(sandbox: MilestonesSandbox) -> Iterator[str]:
    """Serve the sandbox of the test."""
    with sandbox.running() as url:
        yield url


@pytest.fixture
def visitor() -> Visitor:
    """Return somebody with a browser of their own."""
    return Visitor()


type Come = Callable[..., Visitor]


@pytest.fixture
def come(sandbox: MilestonesSandbox, base_url: str, visitor: Visitor) -> Come:
    """Return what lets the visitor arrive by the link of the app."""

    def arrive(**changes: str) -> Visitor:
        app = sandbox.app_credentials
        query = {"client_id": app.client_id, "redirect_uri": app.redirect_uri}
        always = {"response_type": "code", "state": "s 1&2"}
        visitor.open(base_url + AUTH_PATH, **query | always | changes)
        return visitor

    return arrive


def headers_of(sandbox: MilestonesSandbox, base_url: str, visitor: Visitor) -> dict[str, str]:
    """Exchange the code that the visitor brought, and return the headers of a call."""
    form = {**sandbox.app_credentials._asdict(), "grant_type": "authorization_code"}
    form["code"] = visitor.brought["code"]
    pair = requests.post(base_url + TOKEN_PATH, data=form, timeout=TIMEOUT).json()
    return {"Authorization": f"Bearer {pair['access_token']}", "Accept": "application/json"}


def test_who_logs_in_and_consents_comes_back_with_a_code_and_the_state(
    sandbox: MilestonesSandbox, base_url: str, come: Come
) -> None:
    visitor = come()
    visitor.log_in(DEFAULT_USER)
    visitor.press(ALLOW)

    assert visitor.left_for.startswith(sandbox.app_credentials.redirect_uri)
    assert visitor.brought["state"] == "s 1&2"
    headers = headers_of(sandbox, base_url, visitor)
    answer = requests.get(f"{base_url}{API_PATH}Company", headers=headers, timeout=TIMEOUT)
    assert [row["Name"] for row in answer.json()["value"]] == [ADMINISTRATION, HOLDING.name]


def test_the_consent_page_tells_who_with_which_role_and_in_which_companies(come: Come) -> None:
    visitor = come()
    visitor.log_in(DEFAULT_USER)

    for told in ("Koppeling Veldhuis", DEFAULT_USER, ADMINISTRATION, HOLDING.name):
        assert told in visitor.text
    assert "<dt>Rol</dt><dd>Koppeling</dd>" in visitor.text
    assert "dit is niet het echte QicsMilestones" in visitor.text


def test_the_pages_take_nothing_from_elsewhere(base_url: str, come: Come) -> None:
    visitor = come()

    assert visitor.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'self'"
    assert "http" not in visitor.text
    sheet = requests.get(f"{base_url}/_sandbox/style.css", timeout=TIMEOUT)
    assert (sheet.status_code, "url(" in sheet.text) == (200, False)


def test_the_login_page_tells_every_user_and_password(come: Come) -> None:
    visitor = come()

    for user in USERS.values():
        assert f"<code>{user.name}</code>" in visitor.text
        assert f"<code>{user.password}</code>" in visitor.text


@pytest.mark.parametrize(
    ("user", "password"), [(DEFAULT_USER, "geraden"), ("niemand@elders.example", "x"), ("<b>", "x")]
)
def test_a_wrong_login_is_told_and_can_be_tried_again(come: Come, user: str, password: str) -> None:
    visitor = come()
    visitor.log_in(user, password)

    assert WRONG_LOGIN in visitor.text
    assert "<b>" not in visitor.text
    visitor.log_in(f" {DEFAULT_USER.upper()} ", USERS[DEFAULT_USER].password)
    visitor.press(ALLOW)
    assert "code" in visitor.brought


def test_a_user_who_refuses_comes_back_with_access_denied_and_the_state(come: Come) -> None:
    visitor = come()
    visitor.log_in(DEFAULT_USER)
    visitor.press(REFUSE)

    assert visitor.brought == {"state": "s 1&2", "error": "access_denied"}


def test_a_browser_that_is_logged_in_goes_to_the_consent_or_to_another_user(come: Come) -> None:
    come().log_in(DEFAULT_USER)

    visitor = come()
    assert "Koppeling Veldhuis" in visitor.text
    visitor.press(OTHER)
    visitor.log_in(READING_USER)
    assert "Lezer Veldhuis" in visitor.text


def test_nobody_consents_without_a_login(sandbox: MilestonesSandbox) -> None:
    app = sandbox.app_credentials
    query = {"client_id": app.client_id, "redirect_uri": app.redirect_uri}
    query |= {"response_type": "code"}

    answer = sandbox.app.test_client().post(AUTH_PATH, query_string=query, data={"answer": "allow"})

    assert answer.headers["Location"].startswith(f"{AUTH_PATH}?")


@pytest.mark.parametrize("wrong", ["client_id", "redirect_uri", "response_type"])
def test_the_page_says_which_parameter_of_the_link_is_wrong(come: Come, wrong: str) -> None:
    visitor = come(**{wrong: "https://elders.example/"})

    assert (visitor.status, visitor.left_for) == (400, "")
    assert f"<code>{wrong}</code>" in visitor.text


def test_more_addresses_can_be_registered_and_each_may_be_part_of_the_one_passed(
    sandbox: MilestonesSandbox, base_url: str, come: Come
) -> None:
    control, own = MilestonesControl(base_url), "http://127.0.0.1:4566/connect/callback"
    assert come(redirect_uri=own).status == 400

    assert control.register(own) == [sandbox.app_credentials.redirect_uri, own]

    visitor = come(redirect_uri=f"{own}?tenant=4")
    visitor.log_in(DEFAULT_USER)
    visitor.press(ALLOW)
    assert visitor.brought["tenant"] == "4"
    form = {**sandbox.app_credentials._asdict(), "grant_type": "authorization_code"}
    form |= {"code": visitor.brought["code"], "redirect_uri": f"{own}?tenant=4"}
    assert requests.post(base_url + TOKEN_PATH, data=form, timeout=TIMEOUT).ok
    with pytest.raises(ValueError, match="is no redirect URI"):
        control.register("callback")
    with pytest.raises(ValueError, match="say redirect_uris"):
        control._ask("POST", "app", {"redirect_uri": own})  # noqa: SLF001 - what the client never says
    control.close()


def test_the_rights_are_those_of_the_user_who_consented(
    sandbox: MilestonesSandbox, base_url: str, come: Come
) -> None:
    met = {}
    for user in (DEFAULT_USER, READING_USER, BLIND_USER):
        visitor = come()
        if OTHER[1] in visitor.text:
            visitor.press(OTHER)
        visitor.log_in(user)
        visitor.press(ALLOW)
        headers = headers_of(sandbox, base_url, visitor)
        url = f"{base_url}{API_PATH}CustomerCompany"
        rows = requests.get(url, headers=headers, timeout=TIMEOUT).json()["value"]
        one = requests.get(f"{url}(1)", headers=headers, timeout=TIMEOUT)
        made = requests.post(url, json=CUSTOMER, headers=headers, timeout=TIMEOUT)
        met[user] = (bool(rows), one.status_code, made.status_code)

    assert met == {
        DEFAULT_USER: (True, 200, 201),
        READING_USER: (True, 200, 403),
        BLIND_USER: (False, 404, 403),
    }


def test_control_tells_who_can_log_in(base_url: str) -> None:
    control = MilestonesControl(base_url)

    people = {person["name"]: person for person in control.users()}

    assert set(people) == set(USERS)
    assert people[DEFAULT_USER]["password"] == "zandbak-koppeling"
    assert people[BLIND_USER]["rights"] == "none"
    control.close()
