"""The secrets of the stack, from Secrets Manager: the key of login links, and our apps."""

import json
from typing import Any

from koppeling.auth.ports import AppCredentials
from koppeling.core.errors import Fatal


class LinkSecret:
    """Reads the generated secret once per execution environment. It has no repr: no log shows it.

    A new value makes the login links invalid that are on their way, and nothing else.
    """

    def __init__(self, client: Any, secret_id: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._secret_id = secret_id
        self._held = b""

    def key(self) -> bytes:
        """Return the key.

        Raises:
            Fatal: the stack has none; the message names the setting.
        """
        if not self._held:
            if not self._secret_id:
                raise Fatal("internal", "LINK_SECRET_ARN is not set")
            answer = self._client.get_secret_value(SecretId=self._secret_id)
            self._held = answer["SecretString"].encode()
        return self._held


class AppSecret:
    """Reads the secret once per execution environment: only a deploy or an operator changes it."""

    def __init__(self, client: Any, secret_id: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._secret_id = secret_id
        self._held: dict[str, AppCredentials] = {}

    def credentials(self, provider: str) -> AppCredentials:
        """Return our credentials at a provider.

        Raises:
            Fatal: the secret holds none for it; the message names what to fill in.
        """
        if provider not in self._held:
            self._held[provider] = self._read(provider)
        return self._held[provider]

    def _read(self, provider: str) -> AppCredentials:
        secret = self._client.get_secret_value(SecretId=self._secret_id)["SecretString"]
        try:
            app = json.loads(secret)[provider]
            return AppCredentials(app["client_id"], app["client_secret"], app.get("redirect_uri"))
        except (KeyError, TypeError, ValueError):
            detail = f"the apps' secret needs {provider}.client_id and {provider}.client_secret"
            raise Fatal("exact-app-misconfigured", detail) from None
