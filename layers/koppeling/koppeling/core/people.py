"""The people of a connection: who may look at its pages, and who may decide there."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

# As many as nobody finds a second address for
_DIGEST_LENGTH = 32


class Role(StrEnum):
    """What a person may do on the pages of a connection."""

    LOOK = "look"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a connection. `mail` is the address at which this person signs in."""

    mail: str
    role: Role = Role.LOOK
    language: str = "nl"

    def __post_init__(self) -> None:
        """Take the role as JSON and YAML have it: as a text."""
        object.__setattr__(self, "role", Role(self.role))

    @property
    def may_decide(self) -> bool:
        """Say whether this person may do more than look."""
        return self.role is Role.DECIDE

    def is_at(self, mail: str) -> bool:
        """Say whether an address is that of this person; case and space around it do not count."""
        return same_mail(self.mail) == same_mail(mail)


def mail_digest(mail: str) -> str:
    """Return what stands for an address where the address itself must not be read (S13)."""
    return hashlib.sha256(same_mail(mail).encode()).hexdigest()[:_DIGEST_LENGTH]


def same_mail(mail: str) -> str:
    """Return the form in which two spellings of one address are equal."""
    return mail.strip().casefold()
