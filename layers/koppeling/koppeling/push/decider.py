"""Who decided about an invoice, and why: it travels with a decision and stays with its invoice."""

from dataclasses import dataclass, field
from datetime import datetime

LONGEST_REASON = 500
OPERATOR_ROLE = "operator"


@dataclass(frozen=True, slots=True)
class Decider:
    """A person who decides: a mail address, or an operator by the name that AWS knows.

    The reason may be any text, so it has no repr, and goes into no log of ours.
    """

    by: str = ""
    role: str = ""
    reason: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Cut what is longer than a reason can be."""
        object.__setattr__(self, "reason", self.reason.strip()[:LONGEST_REASON])


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about an invoice: agreed, skipped, offered, linked or booked-again.

    `entry` is the number of the entry that was linked.
    """

    at: datetime
    what: str
    by: str = ""
    role: str = ""
    reason: str = field(default="", repr=False)
    entry: str = ""
