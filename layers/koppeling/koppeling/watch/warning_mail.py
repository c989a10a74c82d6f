"""Warnings by mail: what a customer is told when the link waits for a login, or soon will."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from koppeling.core import catalogue
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.logins import TICKET_LIFE
from koppeling.core.text import cut

LANGUAGE = "nl"
EXPIRES = "exact-consent-expires-soon"
# Which login mends what; a warning with one of these codes carries the link to it
LOGIN_AT: Mapping[str, str] = {
    "exact-reconnect-needed": "exact",
    "milestones-reconnect-needed": "milestones",
    EXPIRES: "exact",
}
SUBJECT_LENGTH = 100  # what SNS takes


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """One warning. It has no repr: its body holds a login link."""

    connection: ConnectionId
    subject: str
    body: str


def mail_of(connection: Connection, code: str, values: Mapping[str, str], link: str | None) -> Mail:
    """Write a warning: what is wrong, how to mend it, and which administration it is about."""
    known = {"exact_user": connection.exact_user, **values}
    title = catalogue.title(code, LANGUAGE, known)
    text = catalogue.text(code, LANGUAGE, known).removeprefix(title).strip()
    # The catalogue marks the names of buttons, which a mail shows as they are
    parts = [title, text.replace("*", "")]
    if link is not None:
        parts.append(f"Opnieuw verbinden:\n{link}")
        parts.append(
            f"Log in als {_user(connection, code)}. De link werkt één keer en verloopt na"
            f" {TICKET_LIFE.days} dagen."
        )
    name, number = connection.administration_name, connection.division
    parts.append(f"Administratie: {name} ({number})\nKoppeling: {connection.id}")
    subject = f"{title.rstrip('.')} ({connection.administration_name})"
    return Mail(connection.id, cut(_ascii(subject), SUBJECT_LENGTH), "\n\n".join(parts) + "\n")


def _user(connection: Connection, code: str) -> str:
    exact = LOGIN_AT.get(code) == "exact"
    return connection.exact_user if exact else connection.milestones_user


def _ascii(text: str) -> str:
    """Return a text in the signs that a subject may have, letters without their accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.split())
