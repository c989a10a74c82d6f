"""Keys of the HTTPS API: a text that a program sends with each request, kept as its hash alone.

    kop_<connection>_<64 characters 0-9 and a-f>

The text names its connection, so that one read finds the key. A connection has at most two: the new
one is in use before the old one is revoked.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from koppeling.core.ids import ConnectionId

MOST_KEYS = 2
SECRET_BYTES = 32  # 256 bits
# How much of the hash people see of a key: enough to tell two apart, and nothing of its text
ID_LENGTH = 8
_TEXT = re.compile(r"kop_(?P<connection>[a-z0-9][a-z0-9_-]{2,63})_(?P<secret>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class KeyText:
    """The text of a key, as a program sends it."""

    connection: ConnectionId
    digest: str


@dataclass(frozen=True, slots=True)
class IntakeKey:
    """A key as it is kept. `last_used` is a day; None while nobody has used it."""

    connection: ConnectionId
    digest: str
    made_at: datetime
    made_by: str = ""
    last_used: date | None = None

    @property
    def id(self) -> str:
        """What people call it; nothing can be done with it at the API."""
        return self.digest[:ID_LENGTH]

    def is_of(self, text: KeyText) -> bool:
        """Say whether this is the key of a text; it takes as long whatever the answer is."""
        return hmac.compare_digest(self.digest, text.digest)


def new_key_text(connection: ConnectionId) -> str:
    """Return the text of a new key, which nobody can guess."""
    return f"kop_{connection}_{secrets.token_hex(SECRET_BYTES)}"


def read_key(text: str) -> KeyText | None:
    """Read the text of a key; None for anything else."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    return KeyText(ConnectionId(found["connection"]), digest_of(text))


def digest_of(text: str) -> str:
    """Return the hash by which a key is kept."""
    return hashlib.sha256(text.encode()).hexdigest()
