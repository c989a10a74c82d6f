"""An administration, in memory."""

from dataclasses import dataclass

from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import Division


@dataclass(slots=True)
class FakeFacts:
    """An administration as Exact tells of it, and what is known of it; `asked` counts the calls."""

    told: DivisionFacts | None = None
    known: DivisionFacts | None = None
    asked: int = 0

    def division_facts(self) -> DivisionFacts | None:
        """Return what Exact tells."""
        self.asked += 1
        return self.told

    def get(self, host: str, division: Division) -> DivisionFacts | None:
        """Return what was last seen."""
        del host, division
        return self.known

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        """Keep what was seen."""
        del host, division
        self.known = facts
