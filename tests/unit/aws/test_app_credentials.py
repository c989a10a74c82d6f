"""The credentials of our apps: read once, and a clear word when they are not there."""

import json
from dataclasses import dataclass

import pytest

from koppeling.aws.secrets import AppSecret
from koppeling.core.errors import Fatal


@dataclass(slots=True)
class Secrets:
    """A Secrets Manager that holds one secret."""

    text: str
    asked: int = 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS names it so
        """Return it."""
        assert SecretId == "apps"
        self.asked += 1
        return {"SecretString": self.text}


def test_the_credentials_are_read_once_for_each_provider() -> None:
    app = {"client_id": "id", "client_secret": "s", "redirect_uri": "https://koppeling.example"}
    secrets = Secrets(json.dumps({"milestones": app}))
    apps = AppSecret(secrets, "apps")

    first = apps.credentials("milestones")

    assert (first.client_id, first.client_secret, first.redirect_uri) == tuple(app.values())
    assert apps.credentials("milestones") is first
    assert secrets.asked == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"exact": null}', '{"exact": {}}'])
def test_a_secret_without_credentials_says_what_to_fill_in(text: str) -> None:
    with pytest.raises(Fatal, match=r"exact\.client_id and exact\.client_secret") as raised:
        AppSecret(Secrets(text), "apps").credentials("exact")

    assert raised.value.code == "exact-app-misconfigured"


def test_credentials_show_in_no_repr() -> None:
    secrets = Secrets(json.dumps({"exact": {"client_id": "id", "client_secret": "hush"}}))

    assert "hush" not in repr(AppSecret(secrets, "apps").credentials("exact"))
