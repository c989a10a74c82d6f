"""What a push tells of: the evidence, and the states that QicsMilestones shows."""

from dataclasses import dataclass, field

from koppeling.core.errors import Consequence
from koppeling.push.entity_state import EntityState
from koppeling.push.evidence import Evidence
from tests.unit.push.fakes import Effects


@dataclass(slots=True)
class FakeEvidence:
    """The evidence; a piece is never overwritten."""

    effects: Effects
    pieces: dict[tuple[str, int], Evidence] = field(default_factory=dict)
    fails: Consequence | None = None

    def add(self, piece: Evidence) -> Evidence | None:
        """Add a piece, unless its number has one."""
        if self.fails is not None:
            raise self.fails
        stored = self.pieces.get((piece.number, piece.count))
        if stored is None:
            self.pieces[piece.number, piece.count] = piece
            self.effects.happened()
        return stored

    def of(self, number: str) -> list[Evidence]:
        """Return the pieces of an invoice in their order."""
        return [piece for (own, _), piece in sorted(self.pieces.items()) if own == number]


@dataclass(slots=True)
class FakeEntityStates:
    """The states that QicsMilestones shows."""

    effects: Effects
    shown: dict[str, EntityState] = field(default_factory=dict)
    fails: Consequence | None = None
    writes: int = 0

    def write(self, state: EntityState) -> None:
        """Show a state."""
        if self.fails is not None:
            raise self.fails
        self.writes += 1
        self.shown[state.entity_id] = state
        self.effects.happened()
