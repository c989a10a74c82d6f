"""An administration as Exact lists it: whether it is open, and whether it was moved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from koppeling.core.clock import today

ACTIVE, NOT_BLOCKED = 1, 0  # X89
# A backup or conversion ends soon, so a blocked administration is checked again after an hour
LOOK_AGAIN = timedelta(hours=1)
STATES = {0: "inactief", 2: "gearchiveerd"}
BLOCKED = "geblokkeerd (back-up of conversie)"


@dataclass(frozen=True, slots=True)
class DivisionFacts:
    """The state of an administration at the last check.

    `moved` holds the dates of a move and of a change of the HR link, None when they are unknown.
    """

    status: int
    blocking_status: int
    moved: str | None
    looked_at: datetime

    @property
    def is_open(self) -> bool:
        """Say whether the administration can be read and booked in."""
        return self.status == ACTIVE and self.blocking_status == NOT_BLOCKED

    @property
    def state(self) -> str:
        """Return one word for why it is closed."""
        return STATES.get(self.status, BLOCKED)

    def has_moved_since(self, moved: str | None, looked_on: date | None) -> bool:
        """Say whether it moved after a check that saw these dates on that day (X97).

        Exact gives a day without a time, so a second move on the day of the check shows the same
        date. That is why a move on that day or later counts, even if everything is read once more
        than needed.
        """
        if self.moved is None or moved is None:
            return False
        if self.moved != moved or looked_on is None:
            return self.moved != moved
        return any(day >= looked_on.isoformat() for day in self.moved.split("|"))

    def is_old(self, now: datetime) -> bool:
        """Say whether to check again: every day, and every hour while it is blocked (R12)."""
        if today(self.looked_at) != today(now):
            return True
        blocked = self.status == ACTIVE and not self.is_open
        return blocked and now - self.looked_at >= LOOK_AGAIN


@dataclass(frozen=True, slots=True)
class Administration:
    """An administration as the user who logged in sees it."""

    number: int
    name: str
    status: int
    blocking_status: int


@dataclass(frozen=True, slots=True)
class Company:
    """A company of QicsMilestones as the user who logged in sees it."""

    id: str
    name: str


def same_name(name: str) -> str:
    """Return a name in the form in which names are compared: trimmed and in lower case."""
    return name.strip().lower()
