"""What a case works with: a connected company, and both sandboxes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koppeling.bootstrap import Wiring
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.pull.entities.registry import ENTITIES
from tests.sandbox.common.company import CONNECTION
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.stack.connect import wiring_of
from tools.stack.deployed import Stack
from tools.stack.events import Events, event_file

type Json = Mapping[str, Any]
type Effect = Callable[[Any], bool]
"""Says of what a function returned whether its work is done, from what stands elsewhere now."""

# A message that a function queued is worked on by its deployed twin
SECONDS = 90


@dataclass(frozen=True, slots=True)
class Workplace:
    """A stack on which the invented company is connected, with what a case looks at."""

    stack: Stack
    wiring: Wiring
    exact: ExactControl
    milestones: MilestonesControl

    @classmethod
    def on(cls, stack: Stack) -> "Workplace":
        """Return the one of a stack."""
        exact, milestones = ExactControl(stack.exact_url), MilestonesControl(stack.milestones_url)
        return cls(stack, wiring_of(stack), exact, milestones)

    def live(self, name: str) -> dict[str, Any]:
        """Return an event as it would arrive now; the calls of the case before no longer count."""
        self.exact.clear_limits()
        return Events(self.stack, self.wiring).live(event_file(name))

    @property
    def connection(self) -> Connection:
        """The invented company."""
        found = self.wiring.stores.connections.get(ConnectionId(CONNECTION))
        if found is None:
            raise LookupError(f"{CONNECTION} is not connected on this stack")
        return found

    def exact_codes(self, entity: str) -> set[str]:
        """Return the codes that the link owes, as QicsMilestones writes them."""
        codes = {str(record["Code"]) for record in self.exact.importable(entity)}
        return {str(int(code)) for code in codes} if entity == "employees" else codes

    def milestones_codes(self, entity: str) -> set[str]:
        """Return the codes that came."""
        return {str(row[ENTITIES[entity].target.code]).strip() for row in self.rows(entity)}

    def rows(self, entity: str) -> Sequence[Json]:
        """Return the records of an entity in QicsMilestones."""
        return self.milestones.records(ENTITIES[entity].target.path)

    def phone(self, code: str) -> str:
        """Return the telephone number of a customer in QicsMilestones."""
        customers = (row for row in self.rows("accounts") if row["CustomerCode"] == code)
        return next((str(row["VisitAddressPhoneNumber"]) for row in customers), "")


@dataclass(frozen=True, slots=True)
class Case:
    """A function with an event; `prepare` makes its work, and returns its effect."""

    function: str
    event: str
    prepare: Callable[[Workplace, Json], Effect]

    @property
    def name(self) -> str:
        """What people call it by."""
        return f"{self.function} {self.event}"
