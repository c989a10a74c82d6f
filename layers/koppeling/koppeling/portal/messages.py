"""What the pages ask of the watch, by messages of the round queue.

The page answers at once, and in the same time whatever comes of it: the watch finds out.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import ClassVar, Self

_KIND = "send"


@dataclass(frozen=True, slots=True)
class MailRequest:
    """A mail that somebody asked for. `tries` counts how often it was not taken."""

    kind: ClassVar[str]

    tries: int = 0

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        return {_KIND: self.kind, **{name: str(value) for name, value in asdict(self).items()}}

    def again(self) -> Self:
        """Return the request after one more try."""
        return replace(self, tries=self.tries + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest(MailRequest):
    """An address was typed; nobody has looked yet whether it is known."""

    kind = "sign-in"

    mail: str
    leads_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialMailRequest(MailRequest):
    """Somebody wants to see whether mail arrives."""

    kind = "trial"

    connection: str
    mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLinkRequest(MailRequest):
    """Somebody has a login link that works no more; `providers` are those to log in at."""

    kind = "login-link"

    connection: str
    providers: str


_KINDS = {kind.kind: kind for kind in (SignInRequest, TrialMailRequest, LoginLinkRequest)}


def mail_request(body: str) -> MailRequest | None:
    """Parse a body; None for one that is another message."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    kind = _KINDS.get(message.get(_KIND, "")) if isinstance(message, Mapping) else None
    if kind is None:
        return None
    names = {each.name for each in fields(kind)} - {"tries"}
    told = {name: value for name, value in message.items() if name in names}
    tries = str(message.get("tries", "0"))
    try:
        return kind(**told, tries=int(tries) if tries.isdecimal() else 0)
    except TypeError:
        return None
