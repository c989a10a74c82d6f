"""The key of the login links, from Secrets Manager."""

from typing import Any

from koppeling.core.errors import Fatal


class LinkSecret:
    """Reads the generated secret once per execution environment; it has no repr to be logged by.

    A new value voids the links that are still on their way, and nothing else.
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
