"""An administration as Exact tells of it: open or not, and whether it was moved (X89, X97)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from koppeling.core.clock import today

ACTIVE, NOT_BLOCKED = 1, 0  # X89
# A backup or a conversion passes; an archived administration is looked at again the next day
LOOK_AGAIN = timedelta(hours=1)
STATES = {0: "inactief", 2: "gearchiveerd"}
BLOCKED = "geblokkeerd (back-up of conversie)"


@dataclass(frozen=True, slots=True)
class DivisionFacts:
    """What was last seen.

    `moved` are the dates of a move and of a change of the HR link, None when they are not told.
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
        """Say in a word why it is closed."""
        return STATES.get(self.status, BLOCKED)

    def has_moved_since(self, moved: str | None, looked_on: date | None) -> bool:
        """Say whether it moved after a look that saw these dates on that day (X97).

        Exact tells a day and no time, so a second move on the day of the look tells the same: a
        move on that day or later counts, which at the worst reads everything once too often.
        """
        if self.moved is None or moved is None:
            return False
        if self.moved != moved or looked_on is None:
            return self.moved != moved
        return any(day >= looked_on.isoformat() for day in self.moved.split("|"))

    def is_old(self, now: datetime) -> bool:
        """Say whether it is time to look again: each day, a block each hour (R12)."""
        if today(self.looked_at) != today(now):
            return True
        blocked = self.status == ACTIVE and not self.is_open
        return blocked and now - self.looked_at >= LOOK_AGAIN


@dataclass(frozen=True, slots=True)
class Administration:
    """An administration as a visitor sees it (X89)."""

    number: int
    name: str
    status: int
    blocking_status: int


@dataclass(frozen=True, slots=True)
class Company:
    """A company of QicsMilestones as a visitor sees it."""

    id: str
    name: str


def same_name(name: str) -> str:
    """Return a name as it is compared: without spaces around it, and in lower case."""
    return name.strip().lower()
