"""The secrets of the stack, from Secrets Manager: the key of login links, and our apps."""

import json
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from koppeling.auth.ports import AppCredentials
from koppeling.core.clock import Now
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


# A new secret is known to every warm process after this, also to one that calls nobody
SECRET_LIFE = timedelta(minutes=15)


class AppSecret:
    """Reads the secret of our apps, and reads it again after a while, or when it is refused."""

    def __init__(self, client: Any, secret_id: str, now: Now) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._secret_id = secret_id
        self._now = now
        self._held: dict[str, tuple[AppCredentials, datetime]] = {}

    def credentials(self, provider: str) -> AppCredentials:
        """Return our credentials at a provider.

        Raises:
            Fatal: the secret holds none for it; the message names what to fill in.
        """
        held = self._held.get(provider)
        if held is None:
            return self._newest(provider)
        credentials, read_at = held
        return credentials if self._now() - read_at < SECRET_LIFE else self.renewed(provider)

    def renewed(self, provider: str) -> AppCredentials:
        """Return what the secret holds now; what it held while it cannot be read.

        Raises:
            Fatal: the secret holds none for this provider.
        """
        try:
            return self._newest(provider)
        except (BotoCoreError, ClientError):
            credentials, _ = self._held[provider]
            return credentials

    def _newest(self, provider: str) -> AppCredentials:
        read = self._read(provider)
        self._held[provider] = (read, self._now())
        return read

    def _read(self, provider: str) -> AppCredentials:
        secret = self._client.get_secret_value(SecretId=self._secret_id)["SecretString"]
        try:
            app = json.loads(secret)[provider]
            return AppCredentials(app["client_id"], app["client_secret"], app.get("redirect_uri"))
        except (KeyError, TypeError, ValueError):
            detail = f"the apps' secret needs {provider}.client_id and {provider}.client_secret"
            raise Fatal("exact-app-misconfigured", detail) from None


class WebhookSecret:
    """Reads by which secret Exact signs what it sends to the webhook; it stands with our app's.

    It has no repr: no log shows it. A new value counts within `SECRET_LIFE`.
    """

    def __init__(self, client: Any, secret_id: str, now: Now) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._secret_id = secret_id
        self._now = now
        self._held: tuple[bytes, datetime] | None = None

    def key(self) -> bytes:
        """Return the secret; empty when none was filled in, and then no signature is right."""
        if self._held is None or self._now() - self._held[1] >= SECRET_LIFE:
            self._held = (self._read(), self._now())
        return self._held[0]

    def _read(self) -> bytes:
        secret = self._client.get_secret_value(SecretId=self._secret_id)["SecretString"]
        try:
            return str(json.loads(secret)["exact"].get("webhook_secret") or "").encode()
        except (AttributeError, KeyError, TypeError, ValueError):
            return b""
