"""A mail to one person, and the port that sends it."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from dataclasses import dataclass
from typing import Protocol


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


class MailNotTaken(Exception):  # noqa: N818 - it names what happened
    """A mail was not taken; it may be tried again later unless `is_final`."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
