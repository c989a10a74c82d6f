"""X23 to X28: what each answer of a token endpoint means, over a real socket."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask, Response, request

from koppeling.auth.oauth import TokenEndpoint
from koppeling.auth.providers import EXACT, MILESTONES, AppCredentials
from koppeling.auth.token_pair import Grant, TokenKey, TooEarly
from koppeling.core.errors import Consequence, Fatal, Reauthorise, Retry, Uncertain
from tests.sandbox.common.server import free_port, running

KEY = TokenKey("exact", "jan", "start.exactonline.nl")
TOKENS = {"access_token": "a", "token_type": "Bearer", "refresh_token": "r"}


@dataclass(slots=True)
class Apps:
    """The credentials of an invented app."""

    redirect_uri: str | None = None

    def credentials(self, provider: str) -> AppCredentials:
        """Return them for any provider."""
        return AppCredentials(f"id-{provider}", "secret", self.redirect_uri)


@dataclass(slots=True)
class Desk:
    """A token endpoint that answers what a test tells it, and keeps what it was asked."""

    url: str = ""
    status: int = 200
    body: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    bearers: list[str | None] = field(default_factory=list)

    def refresh(self, apps: Apps | None = None) -> Grant:
        """Ask for the next pair."""
        return TokenEndpoint(EXACT, self.url, apps or Apps()).refresh(KEY, "old")

    def failure(self) -> Exception:
        """Ask for the next pair, and return what came instead."""
        with pytest.raises((Consequence, TooEarly)) as raised:
            self.refresh()
        return raised.value


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Serve the token endpoint of Exact."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    told = Desk()
    app = Flask("desk")

    @app.post(EXACT.token_path)
    def token() -> Response:
        told.forms.append(dict(request.form))
        told.bearers.append(request.headers.get("Authorization"))
        return Response(told.body, told.status, mimetype="application/json")

    with running(app) as url:
        told.url = url
        yield told


@pytest.mark.parametrize("life", ["600", 600])
def test_a_grant_is_read_whether_its_life_is_text_or_a_number(desk: Desk, life: object) -> None:
    desk.body = json.dumps({**TOKENS, "expires_in": life})

    grant = desk.refresh()

    assert (grant.access_token, grant.refresh_token) == ("a", "r")
    assert grant.life == timedelta(seconds=600)


def test_a_grant_without_a_life_is_taken_for_ten_minutes(desk: Desk) -> None:
    desk.body = json.dumps(TOKENS)

    assert desk.refresh().life == timedelta(seconds=600)


def test_a_provider_that_hands_out_no_new_refresh_token_leaves_the_old_one_in_force(
    desk: Desk,
) -> None:
    desk.body = json.dumps({"access_token": "a", "expires_in": 600})

    assert desk.refresh().refresh_token == "old"


def test_the_call_carries_what_exact_wants_in_its_form_and_no_bearer(desk: Desk) -> None:
    desk.body = json.dumps(TOKENS)

    desk.refresh()

    (form,) = desk.forms
    assert form == {
        "grant_type": "refresh_token",
        "refresh_token": "old",
        "client_id": "id-exact",
        "client_secret": "secret",
    }
    assert desk.bearers == [None]


def test_the_redirect_uri_goes_along_where_the_provider_wants_it(desk: Desk) -> None:
    desk.body = json.dumps(TOKENS)

    desk.refresh(Apps("https://koppeling.example/callback"))

    assert desk.forms[0]["redirect_uri"] == "https://koppeling.example/callback"


OLD = {"error": "unauthorized_client", "error_description": "Old refresh token used."}
EARLY = {
    "error": "access_denied",
    "error_description": "Rate limit exceeded: access_token not expired",
}
FAULT = {"fault": {"faultstring": "Unable to identify proxy"}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, OLD, Reauthorise, "exact-reconnect-needed"),
        (400, {"error": "invalid_grant"}, Reauthorise, "exact-reconnect-needed"),
        (400, "Refresh token is invalid.", Reauthorise, "exact-reconnect-needed"),
        (400, {"error": "invalid_request"}, Fatal, "exact-app-misconfigured"),
        (200, "", Uncertain, "exact-unavailable"),
        (200, "<html>Onderhoud</html>", Uncertain, "exact-unavailable"),
        (200, {"refresh_token": "r"}, Uncertain, "exact-unavailable"),
        (404, FAULT, Retry, "exact-unavailable"),
        (429, "", Retry, "exact-unavailable"),
        (503, "", Retry, "exact-unavailable"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_each_answer_has_its_consequence(
    desk: Desk, status: int, body: object, kind: type[Consequence], code: str
) -> None:
    desk.status, desk.body = status, body if isinstance(body, str) else json.dumps(body)

    failure = desk.failure()

    assert isinstance(failure, kind)
    assert failure.code == code
    assert "old" not in str(failure)
    assert "secret" not in str(failure)


@pytest.mark.parametrize("status", [400, 401])
def test_too_early_is_told_apart_from_a_chain_that_ended(desk: Desk, status: int) -> None:
    desk.status, desk.body = status, json.dumps(EARLY)

    assert isinstance(desk.failure(), TooEarly)


def test_an_endpoint_that_is_not_there_was_not_asked_so_the_token_is_not_spent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    nowhere = TokenEndpoint(MILESTONES, f"http://127.0.0.1:{free_port()}", Apps())

    with pytest.raises(Retry) as raised:
        nowhere.refresh(KEY, "old")

    assert raised.value.code == "milestones-unavailable"


def test_plain_http_is_refused_unless_the_stage_is_local(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OAUTHLIB_INSECURE_TRANSPORT", raising=False)
    plain = TokenEndpoint(EXACT, "http://127.0.0.1:9", Apps())

    with pytest.raises(Fatal):
        plain.refresh(KEY, "old")
