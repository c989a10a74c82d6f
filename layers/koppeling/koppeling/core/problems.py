"""Problems: what a person must mend, each with a code of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from koppeling.core.ids import ConnectionId

OPERATOR = ConnectionId("@operator")
"""Owner of problems that belong to no connection; no connection can have this id."""

ENTRY_GONE = "entry-gone"
ENTRY_DOUBLED = "entry-doubled"
# How the subjects of problems with an entry end, by their codes
_ENDINGS = {ENTRY_GONE: "/entry", ENTRY_DOUBLED: "/doubled"}
_INVOICE = "invoice/"


# What says that a login ended, and at which system. It is one problem of a connection, whatever it
# stopped: each entity and each invoice would tell of it otherwise
LOST_LOGINS: Mapping[str, str] = {
    "exact-reconnect-needed": "exact",
    "milestones-reconnect-needed": "milestones",
}


def login_subject(provider: str) -> str:
    """Return the subject of problems of a login."""
    return f"login/{provider}"


def subject_of(code: str, stopped: str) -> str:
    """Return the subject of what stopped something: the login if that ended, else what stopped."""
    provider = LOST_LOGINS.get(code)
    return stopped if provider is None else login_subject(provider)


def inbox_subject(key: str) -> str:
    """Return the subject of problems of a file in the inbox."""
    return f"inbox/{key}"


def invoice_subject(number: str) -> str:
    """Return the subject of problems of an invoice.

    Its number may hold slashes. They are encoded, so that the invoice `X/entry` is not taken for
    the entry of invoice `X`.
    """
    return f"{_INVOICE}{_encoded(number)}"


def entry_subject(number: str) -> str:
    """Return the subject of the problem that the entry of a booked invoice is gone."""
    return f"{invoice_subject(number)}{_ENDINGS[ENTRY_GONE]}"


def doubled_subject(number: str) -> str:
    """Return the subject of the problem that an invoice stands in the books twice."""
    return f"{invoice_subject(number)}{_ENDINGS[ENTRY_DOUBLED]}"


def invoice_of(subject: str) -> str | None:
    """Return the number of the invoice that a subject is; None for its entry or anything else."""
    kind, _, rest = subject.partition("/")
    return _decoded(rest) if f"{kind}/" == _INVOICE and "/" not in rest else None


def number_in(subject: str) -> str | None:
    """Return the number of the invoice that a subject, or the entry in it, belongs to."""
    kind, _, rest = subject.partition("/")
    return _decoded(rest.partition("/")[0]) if f"{kind}/" == _INVOICE else None


def plain_subject(subject: str) -> str:
    """Return a subject with the number as people write it, and as earlier releases stored it."""
    return _decoded(subject) if subject.startswith(_INVOICE) else subject


def current_subject(subject: str, code: str) -> str:
    """Return the subject of a stored problem as it is built now (R40).

    Earlier releases did not encode numbers. The code tells whether the ending belongs to a number.
    """
    ending = _ENDINGS.get(code, "")
    if not (subject.startswith(_INVOICE) and subject.endswith(ending)):
        return subject
    number = subject.removeprefix(_INVOICE).removesuffix(ending)
    is_encoded = _encoded(_decoded(number)) == number
    return subject if is_encoded else f"{invoice_subject(number)}{ending}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. A connection has at most one problem per subject and code.

    `subject` says what it is about, without personal data: `invoice/20260412`, `accounts/<guid>`,
    `inbox/<key>`. `values` fill the placeholders in the text of the catalogue. `since` is when a
    problem that is read was first opened.
    """

    connection: ConnectionId
    subject: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that a problem was open; `closed_at` is None while it still is.

    Of an earlier release the moment of opening is not known once it was closed.
    """

    code: str
    opened_at: datetime | None
    closed_at: datetime | None = None


def is_lost_login(problem: Problem) -> bool:
    """Say whether a problem is that a login ended."""
    return problem.code in LOST_LOGINS


def _encoded(number: str) -> str:
    return number.replace("%", "%25").replace("/", "%2F")


def _decoded(number: str) -> str:
    return number.replace("%2F", "/").replace("%25", "%")
