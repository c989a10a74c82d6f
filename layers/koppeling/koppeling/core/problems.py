"""Problems: what a person must mend, each with a code of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from koppeling.core.ids import ConnectionId

OPERATOR = ConnectionId("@operator")
"""Owner of problems that belong to no connection; no connection can have this id."""

ENTRY_GONE = "entry-gone"
ENTRY_DOUBLED = "entry-doubled"


def inbox_subject(key: str) -> str:
    """Return the subject of problems of a file in the inbox."""
    return f"inbox/{key}"


def invoice_subject(number: str) -> str:
    """Return the subject of problems of an invoice."""
    return f"invoice/{number}"


def entry_subject(number: str) -> str:
    """Return the subject of a problem with the entry of a booked invoice."""
    return f"{invoice_subject(number)}/entry"


def doubled_subject(number: str) -> str:
    """Return the subject of the problem that an invoice stands in the books twice."""
    return f"{invoice_subject(number)}/doubled"


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
