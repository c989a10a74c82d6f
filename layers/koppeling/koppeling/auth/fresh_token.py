"""The token of a login that is not kept yet, as the clients of both systems take one."""

from dataclasses import dataclass

from koppeling.core.errors import Reauthorise


@dataclass(frozen=True, slots=True, repr=False)
class FreshToken:
    """A token of this minute: when it is refused, another one would be as well.

    `reconnect` is the code of its provider for that. It has no repr, so that no log can show it.
    """

    access_token: str
    reconnect: str

    def token(self) -> str:
        """Return it."""
        return self.access_token

    def renewed(self, refused: str) -> str:  # noqa: ARG002 - the port has it
        """Refuse to go on.

        Raises:
            Reauthorise: always.
        """
        raise Reauthorise(self.reconnect, "a fresh token was refused")
