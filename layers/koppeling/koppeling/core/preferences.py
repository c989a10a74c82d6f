"""Which mails a person wants of a connection: everything, as long as nothing was chosen."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from enum import StrEnum
from typing import Protocol

from koppeling.core.ids import ConnectionId


class MailChoice(StrEnum):
    """The mails that a person may do without. The one that signs in is always sent."""

    WARNINGS = "warnings"
    """A login that ended or will end, a first load that is done, a link that rests for a week."""
    MORNING = "morning"
    """What waits, on the morning of a working day."""


class MailPreferences(Protocol):
    """What people chose."""

    def wanted(self, connection: ConnectionId, mail: str) -> frozenset[MailChoice]:
        """Return the mails that a person wants of a connection."""

    def choose(self, connection: ConnectionId, mail: str, wanted: frozenset[MailChoice]) -> None:
        """Keep what a person wants from now on."""
