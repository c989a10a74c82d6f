"""X25: credentials of our app that an operator has changed are read anew, and used at once."""

from dataclasses import dataclass, field

import pytest
from flask import Flask, Response, request

from koppeling.auth.oauth import ANEW_WITHIN_SECONDS, EXACT, AppRefused, TokenEndpoint
from koppeling.auth.ports import AppCredentials
from koppeling.auth.token_pair import TokenKey
from tests.sandbox.common.server import free_port, running

KEY = TokenKey("exact", "jan", "start.exactonline.nl")
OLD, NEW = AppCredentials("id", "old"), AppCredentials("id", "new")


@dataclass(slots=True)
class Changed:
    """A provider that takes the new secret alone; reading it anew takes `seconds`."""

    newest: AppCredentials = NEW
    seconds: float = 0.0
    clock: float = 0.0
    sent: list[str] = field(default_factory=list)

    def call(self, how: str) -> str:
        """Make a token call; return the access token."""
        app, port = Flask("provider"), free_port()
        app.add_url_rule(EXACT.token_path, view_func=self._answer, methods=["POST"])
        with running(app, port):
            endpoint = TokenEndpoint(
                EXACT,
                base_url=lambda _: f"http://127.0.0.1:{port}",
                credentials=lambda: OLD,
                report=lambda summary: summary,
                renewed_credentials=self._renewed,
                seconds=lambda: self.clock,
            )
            if how == "refresh":
                return endpoint.refresh(KEY, "r").access_token
            return endpoint.exchange(KEY.host, "code", "https://koppeling.example").access_token

    def _renewed(self) -> AppCredentials:
        self.clock += self.seconds
        return self.newest

    def _answer(self) -> Response:
        self.sent.append(request.form["client_secret"])
        if self.sent[-1] != NEW.client_secret:
            return Response('{"error": "invalid_client"}', 400, mimetype="application/json")
        tokens = '{"access_token": "a", "token_type": "Bearer", "refresh_token": "r"}'
        return Response(tokens, 200, mimetype="application/json")


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.mark.parametrize("how", ["refresh", "exchange"])
def test_the_call_is_made_once_more_with_the_new_secret(how: str) -> None:
    provider = Changed()
    assert provider.call(how) == "a"
    assert provider.sent == ["old", "new"]


@pytest.mark.parametrize("how", ["refresh", "exchange"])
def test_the_same_secret_is_not_sent_twice(how: str) -> None:
    provider = Changed(newest=OLD)
    with pytest.raises(AppRefused, match="invalid_client"):
        provider.call(how)
    assert provider.sent == ["old"]


def test_a_wrong_secret_in_place_of_a_wrong_one_is_tried_once() -> None:
    provider = Changed(newest=AppCredentials("id", "wrong"))
    with pytest.raises(AppRefused):
        provider.call("refresh")
    assert provider.sent == ["old", "wrong"]


def test_a_reading_that_took_long_is_of_use_to_the_next_call_as_the_lease_may_end() -> None:
    provider = Changed(seconds=ANEW_WITHIN_SECONDS + 0.1)
    with pytest.raises(AppRefused):
        provider.call("refresh")
    assert provider.sent == ["old"]
