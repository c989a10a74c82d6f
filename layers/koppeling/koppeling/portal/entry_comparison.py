"""An entry in Exact beside an invoice, before a person says that they belong together."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from koppeling.core.ids import ConnectionId

PDF = "pdf"


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field of both, as people read it; `name` is its key in the texts."""

    name: str
    ours: str
    theirs: str

    @property
    def verdict(self) -> str:
        """How they compare, as a key in the texts: a pdf that is missing is hung on the entry."""
        if self.ours == self.theirs:
            return "equal"
        return "pdf-added" if self.name == PDF else "differs"

    @property
    def differs(self) -> bool:
        """Say whether somebody should look twice before linking them."""
        return self.verdict == "differs"


@dataclass(frozen=True, slots=True)
class EntryBeside:
    """What was found in Exact under the number of an entry; nothing without an `entry_id`.

    `objection` says why it can never be the entry of this invoice, as a key in the texts. `seen` is
    what the entry was like, so that its delivery can tell whether it still is; `of` is the content
    of the invoice.
    """

    entry_number: str
    at: datetime
    entry_id: str = ""
    objection: str = ""
    fields: tuple[ComparedField, ...] = ()
    seen: str = ""
    of: str = ""

    @property
    def shown(self) -> tuple[str, str, str]:
        """The entry as the page shows it: its number, its id, and what both were like then."""
        return self.entry_number, self.entry_id, self.mark

    @property
    def mark(self) -> str:
        """What the entry and the invoice were like, for the form of the page."""
        return f"{self.seen}/{self.of}"

    @property
    def may_be_linked(self) -> bool:
        """Say whether a person may say that it is the entry of the invoice."""
        return bool(self.entry_id) and not self.objection


class EntryComparisons(Protocol):
    """Comparisons of entries with invoices; they take some seconds, and are kept for an hour."""

    def ask(self, connection: ConnectionId, number: str, entry_number: str) -> None:
        """Ask for one."""

    def last(self, connection: ConnectionId, number: str) -> EntryBeside | None:
        """Return the last one of an invoice."""
