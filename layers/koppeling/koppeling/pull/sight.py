"""Whether QicsMilestones shows what is there: a role without rights sees empty lists (M13).

A record that is not found is created. So before the first one of a run it must be sure that the
role sees the entity at all:

a record of the entity is visible ──yes──► create
   │ no
   ▼
we linked some, or the company is not visible either ──yes──► no rights, nothing is written
   │ no: the list may be empty indeed
   ▼
create one, and see it ──no──► no rights, no second one is created
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from koppeling.core.errors import Fatal
from koppeling.core.ids import MilestonesId
from koppeling.pull.ports import RecordFinder

NO_RIGHTS = "milestones-no-rights"


@dataclass(slots=True)
class Sight:
    """What the role shows of one entity, looked at once in a run. `known` says: we linked some."""

    entity: str
    milestones: RecordFinder
    known: Callable[[], bool]
    _lock: Lock = field(default_factory=Lock)
    _is_clear: bool = False
    _is_empty: bool = False

    def create(self, code: str, make: Callable[[], MilestonesId]) -> MilestonesId:
        """Create a record with `make`, which links it as well.

        Raises:
            Fatal: the role does not show what is there.
        """
        with self._lock:
            self._look()
            if not self._is_clear:
                return self._first(code, make)
        return make()

    def check(self) -> None:
        """Make sure that a record that was not found and is not created would be shown.

        Raises:
            Fatal: the role does not show what is there.
        """
        with self._lock:
            self._look()

    def _look(self) -> None:
        if not self._is_clear and not self._is_empty:
            self._is_empty = self._is_first()
            self._is_clear = not self._is_empty

    def _is_first(self) -> bool:
        """Say whether the list is empty for a good reason."""
        if self.milestones.shows_records(self.entity):
            return False
        if self.known() or not self.milestones.shows_company():
            raise Fatal(NO_RIGHTS, f"no {self.entity} is visible", entity=self.entity)
        return True

    def _first(self, code: str, make: Callable[[], MilestonesId]) -> MilestonesId:
        self._is_empty = False
        key = make()
        if key not in self.milestones.find(self.entity, code):
            raise Fatal(NO_RIGHTS, f"a new {self.entity} is not visible", entity=self.entity)
        self._is_clear = True
        return key
