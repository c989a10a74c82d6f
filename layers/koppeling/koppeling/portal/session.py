"""Signing in to the pages: the link of a mail, and the session that it opens."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from koppeling.core.ids import ConnectionId

# A working day; who comes back the next morning signs in anew
PORTAL_SESSION_LIFE = timedelta(hours=8)
# Time for a mail to arrive and to be read
SIGN_IN_LINK_LIFE = timedelta(minutes=15)
# S4: ids of sessions and links have 256 bits
SECRET_BYTES = 32
# The prefix makes browsers insist on TLS, on this host alone, and on the path `/`
SESSION_COOKIE = "__Host-portal"
_FORM = b"koppeling/portal-form/1"


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that signs in once. `digest` is the hash of the secret in it.

    `leads_to` is where the reader goes afterwards: a path below the address of the pages. `made_by`
    is the colleague of Qics who had it made, or empty for one that was asked for on the pages; a
    link for `only` one connection shows no other.
    """

    digest: str
    mail: str
    ends_at: datetime
    leads_to: str = ""
    made_by: str = ""
    only: ConnectionId | None = None


@dataclass(frozen=True, slots=True)
class PortalSession:
    """One browser in which somebody signed in. `digest` is the hash of the id in its cookie.

    `connections` are those that this person could see then. What may be seen now is read anew at
    each request. A session for `only` one connection is that of a colleague of Qics.
    """

    digest: str
    mail: str
    ends_at: datetime
    connections: tuple[ConnectionId, ...] = ()
    only: ConnectionId | None = None


def new_secret() -> str:
    """Return the id of a session or the secret of a link, which nobody can guess."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """Return the hash by which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def form_token(session_id: str) -> str:
    """Return what stands in every form of a session: only this browser and we can make it.

    It is made of the id and gives nothing of it away, so that nothing more has to be kept.
    """
    return hmac.new(session_id.encode(), _FORM, hashlib.sha256).hexdigest()


def is_token_of(session_id: str, token: str) -> bool:
    """Say whether a form came from a page of this session."""
    return hmac.compare_digest(form_token(session_id).encode(), token.encode())
