"""The credentials of our apps: read once, and a clear word when they are not there."""

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest

from koppeling.aws.secrets import SECRET_LIFE, AppSecret
from koppeling.core.clock import now
from koppeling.core.errors import Fatal
from tests.sandbox.common.clock import Clock
from tests.unit.aws.fakes import refused


@dataclass(slots=True)
class Secrets:
    """A Secrets Manager that holds one secret."""

    text: str
    asked: int = 0
    fails: bool = False

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS names it so
        """Return it."""
        assert SecretId == "apps"
        self.asked += 1
        if self.fails:
            raise refused("InternalServiceError", "GetSecretValue")
        return {"SecretString": self.text}


def test_the_credentials_are_read_once_in_a_quarter_for_each_provider() -> None:
    clock = Clock(frozen_at=now())
    app = {"client_id": "id", "client_secret": "s", "redirect_uri": "https://koppeling.example"}
    secrets = Secrets(json.dumps({"milestones": app}))
    apps = AppSecret(secrets, "apps", clock.now)

    first = apps.credentials("milestones")

    assert (first.client_id, first.client_secret, first.redirect_uri) == tuple(app.values())
    assert apps.credentials("milestones") is first
    assert secrets.asked == 1
    secrets.text = json.dumps({"milestones": {**app, "client_secret": "newer"}})
    clock.advance(SECRET_LIFE.total_seconds() - 1)
    assert apps.credentials("milestones") is first
    clock.advance(1)
    assert apps.credentials("milestones").client_secret == "newer"
    assert (secrets.asked, SECRET_LIFE) == (2, timedelta(minutes=15))


def test_credentials_that_cannot_be_read_again_stay_as_they_were() -> None:
    clock = Clock(frozen_at=now())
    secrets = Secrets(json.dumps({"exact": {"client_id": "id", "client_secret": "s"}}))
    apps = AppSecret(secrets, "apps", clock.now)
    first = apps.credentials("exact")
    secrets.fails = True
    clock.advance(SECRET_LIFE.total_seconds())
    assert (apps.credentials("exact"), apps.renewed("exact")) == (first, first)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"exact": null}', '{"exact": {}}'])
def test_a_secret_without_credentials_says_what_to_fill_in(text: str) -> None:
    with pytest.raises(Fatal, match=r"exact\.client_id and exact\.client_secret") as raised:
        AppSecret(Secrets(text), "apps", now).credentials("exact")

    assert raised.value.code == "exact-app-misconfigured"


def test_credentials_show_in_no_repr() -> None:
    secrets = Secrets(json.dumps({"exact": {"client_id": "id", "client_secret": "hush"}}))

    assert "hush" not in repr(AppSecret(secrets, "apps", now).credentials("exact"))
