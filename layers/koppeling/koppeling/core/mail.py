"""A mail to one person, and the port that sends it."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class MailKind(StrEnum):
    """What a mail is about. A person chooses which of these to get, but for the first two."""

    SIGN_IN = "sign-in"
    TEST = "test"
    LOGIN = "login"
    MORNING = "morning"
    FIRST_LOAD = "first-load"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingMail:
    """One mail to one address. It has no repr, because it may hold a link that signs in.

    `kind` says what it is about, such as `sign-in` or `morning`; it goes into logs, the rest does
    not. `text` and `html` say the same. `preferences` is the address of the page on which this
    person chooses mails; a mail that was asked for, such as one that signs in, has none.
    """

    to: str
    kind: str
    subject: str
    text: str
    html: str
    preferences: str = ""


class Mailer(Protocol):
    """Sends mails."""

    def send(self, mail: OutgoingMail) -> None:
        """Send a mail; it counts as sent when this returns.

        Raises:
            MailNotTaken: it was not taken, or the address may not be written to.
        """


@dataclass(frozen=True, slots=True)
class AddressTrouble:
    """Why an address is not written to: mail to it came back (`bounce`), or was called spam."""

    since: datetime
    why: str


class MailAddresses(Protocol):
    """What is known of addresses to which mail could not be delivered."""

    def trouble_of(self, mail: str) -> AddressTrouble | None:
        """Return why an address is not written to; None when it is."""

    def troubles_of(self, mails: Iterable[str]) -> Mapping[str, AddressTrouble]:
        """Return why some of these addresses are not written to, with few reads."""

    def note_trouble(self, mail: str, why: str, at: datetime) -> None:
        """Write to an address no more; what was noted first stays."""

    def clear(self, mail: str) -> bool:
        """Write to an address again; False when nothing kept it from being written to."""


@dataclass(frozen=True, slots=True)
class CarefulMailer:
    """Sends mails, but for addresses to which mail could not be delivered."""

    addresses: MailAddresses
    mailer: Mailer

    def send(self, mail: OutgoingMail) -> None:
        """Send a mail.

        Raises:
            MailNotTaken: it was not taken, or the address may not be written to.
        """
        trouble = self.addresses.trouble_of(mail.to)
        if trouble is not None:
            raise MailNotTaken(trouble.why, is_final=True)
        self.mailer.send(mail)


class MailNotTaken(Exception):  # noqa: N818 - it names what happened
    """A mail was not taken; it may be tried again later unless `is_final`.

    When only the answer is missing it `may_have_gone`: then it counts among the mails of the day.
    """

    def __init__(self, reason: str, *, is_final: bool = False, may_have_gone: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.may_have_gone = may_have_gone
