"""Problems: what a person must mend, each with a code of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from koppeling.core.ids import ConnectionId


def invoice_subject(number: str) -> str:
    """Return what problems of an invoice are about."""
    return f"invoice/{number}"


def entry_subject(number: str) -> str:
    """Return what a problem of the entry of a booked invoice is about."""
    return f"{invoice_subject(number)}/entry"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. A connection has at most one problem for each subject and code.

    `subject` names what it is about and never holds personal data: `invoice/20260412`,
    `accounts/<guid>`, `inbox/<key>`. `values` fill the placeholders of the catalogue's text.
    """

    connection: ConnectionId
    subject: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
