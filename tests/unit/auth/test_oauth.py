"""X23 to X28: what each answer of a token endpoint means, over a real socket."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from flask import Flask, Response, request

from koppeling.auth.oauth import EXACT, MILESTONES, Provider, TokenEndpoint
from koppeling.auth.ports import AppCredentials
from koppeling.auth.token_pair import Grant, TokenKey, TooEarly
from koppeling.core.errors import Consequence, Fatal, Reauthorise, Retry, Uncertain
from koppeling.core.summary import Summary
from tests.sandbox.common.server import free_port, running

KEY = TokenKey("exact", "jan", "start.exactonline.nl")
TOKENS = {"access_token": "a", "token_type": "Bearer", "refresh_token": "r"}


def endpoint(provider: Provider, url: str, redirect_uri: str | None = None) -> TokenEndpoint:
    """Return the endpoint of an invented app at a provider."""
    return TokenEndpoint(
        provider,
        base_url=lambda _: url,
        credentials=lambda: AppCredentials(f"id-{provider.name}", "secret", redirect_uri),
        report=lambda summary: summary,
    )


@dataclass(slots=True)
class FakeServer:
    """A server that answers a token call as a test wants, and notes what it was asked."""

    url: str = ""
    status: int = 200
    body: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    bearers: list[str | None] = field(default_factory=list)
    told: list[Summary] = field(default_factory=list)

    def refresh(self, redirect_uri: str | None = None) -> Grant:
        """Ask for the next pair."""
        asked = endpoint(EXACT, self.url, redirect_uri)
        return replace(asked, base_url=self._at, report=self.told.append).refresh(KEY, "old")

    def _at(self, host: str) -> str:
        assert host == KEY.host
        return self.url

    def failure(self) -> Exception:
        """Ask for the next pair, and return what came instead."""
        with pytest.raises((Consequence, TooEarly)) as raised:
            self.refresh()
        return raised.value


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """Serve the token endpoint of Exact."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    fake = FakeServer()
    app = Flask("token-endpoint")

    @app.post(EXACT.token_path)
    def token() -> Response:
        fake.forms.append(dict(request.form))
        fake.bearers.append(request.headers.get("Authorization"))
        return Response(fake.body, fake.status, mimetype="application/json")

    with running(app) as url:
        fake.url = url
        yield fake


@pytest.mark.parametrize("life", ["700", 700])
def test_a_grant_is_read_whether_its_life_is_text_or_a_number(
    server: FakeServer, life: object
) -> None:
    server.body = json.dumps({**TOKENS, "expires_in": life})

    grant = server.refresh()

    assert (grant.access_token, grant.refresh_token) == ("a", "r")
    assert grant.life == timedelta(seconds=700)


def test_a_grant_without_a_life_is_taken_for_ten_minutes(server: FakeServer) -> None:
    server.body = json.dumps(TOKENS)

    assert server.refresh().life == timedelta(seconds=600)


def test_a_provider_that_hands_out_no_new_refresh_token_leaves_the_old_one_in_force(
    server: FakeServer,
) -> None:
    server.body = json.dumps({"access_token": "a", "expires_in": 600})

    assert server.refresh().refresh_token == "old"


def test_the_call_carries_what_exact_wants_in_its_form_and_no_bearer(server: FakeServer) -> None:
    server.body = json.dumps(TOKENS)

    server.refresh()

    (form,) = server.forms
    assert form == {
        "grant_type": "refresh_token",
        "refresh_token": "old",
        "client_id": "id-exact",
        "client_secret": "secret",
    }
    assert server.bearers == [None]


def test_the_redirect_uri_goes_along_where_the_provider_wants_it(server: FakeServer) -> None:
    server.body = json.dumps(TOKENS)

    server.refresh("https://koppeling.example/callback")

    assert server.forms[0]["redirect_uri"] == "https://koppeling.example/callback"


OLD = {"error": "unauthorized_client", "error_description": "Old refresh token used."}
EARLY = {
    "error": "access_denied",
    "error_description": "Rate limit exceeded: access_token not expired",
}
FAULT = {"fault": {"faultstring": "Unable to identify proxy"}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, OLD, Reauthorise, "exact-reconnect-needed: 401: refresh token refused"),
        (
            400,
            {"error": "invalid_grant"},
            Reauthorise,
            "exact-reconnect-needed: token endpoint: invalid_grant",
        ),
        (
            400,
            "Refresh token is invalid.",
            Reauthorise,
            "exact-reconnect-needed: 400: refresh token refused",
        ),
        (
            400,
            {"error": "invalid_request"},
            Fatal,
            "exact-app-misconfigured: token endpoint: invalid_request",
        ),
        (200, "", Uncertain, "exact-unavailable: token answer without tokens"),
        (
            200,
            "<html>Onderhoud</html>",
            Uncertain,
            "exact-unavailable: token answer without tokens",
        ),
        (200, {"refresh_token": "r"}, Uncertain, "exact-unavailable: token answer without tokens"),
        (404, FAULT, Retry, "exact-unavailable: 404 from the token endpoint"),
        (200, {**FAULT, **TOKENS}, Retry, "exact-unavailable: 200 from the token endpoint"),
        (429, "", Retry, "exact-unavailable: 429 from the token endpoint"),
        (
            500,
            OLD | {"error_description": "x"},
            Retry,
            "exact-unavailable: 500 from the token endpoint",
        ),
        (503, "", Retry, "exact-unavailable: 503 from the token endpoint"),
        (502, "no Refresh token", Retry, "exact-unavailable: 502 from the token endpoint"),
        (
            429,
            {"error": "access_denied", "error_description": "Too many refresh token requests"},
            Retry,
            "exact-unavailable: 429 from the token endpoint",
        ),
    ],
    ids=lambda value: str(value)[:24],
)
def test_each_answer_has_its_consequence(
    server: FakeServer, status: int, body: object, kind: type[Consequence], said: str
) -> None:
    server.status, server.body = status, body if isinstance(body, str) else json.dumps(body)

    failure = server.failure()

    assert isinstance(failure, kind)
    assert str(failure) == said
    assert "old" not in str(failure)
    assert "secret" not in str(failure)


@pytest.mark.parametrize("status", [400, 401])
def test_too_early_does_not_end_a_chain(server: FakeServer, status: int) -> None:
    server.status, server.body = status, json.dumps(EARLY)

    assert isinstance(server.failure(), TooEarly)
    assert server.told == [Summary("tokens", "exact-token-too-early", detail="exact")]


def test_an_endpoint_that_is_not_there_was_not_asked_so_the_token_is_not_spent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    nowhere = endpoint(MILESTONES, f"http://127.0.0.1:{free_port()}")

    with pytest.raises(Retry) as raised:
        nowhere.refresh(KEY, "old")

    assert str(raised.value) == "milestones-unavailable: token endpoint not reached"


def test_plain_http_is_refused_unless_the_stage_is_local(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OAUTHLIB_INSECURE_TRANSPORT", raising=False)
    plain = endpoint(EXACT, "http://127.0.0.1:9")

    with pytest.raises(Fatal):
        plain.refresh(KEY, "old")
