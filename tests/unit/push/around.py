"""What stands around the push in memory: turns, waits, evidence, and what is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from koppeling.core.errors import Consequence
from koppeling.core.ids import ConnectionId, Division
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.entity_state import EntityState
from koppeling.push.evidence import Evidence
from koppeling.push.ports import Permit
from tests.unit.push.fakes import Effects


@dataclass(slots=True)
class FakeSemaphore:
    """The two places before each administration."""

    taken: list[Permit] = field(default_factory=list)
    most: int = 0

    def acquire(self, host: str, division: Division) -> Permit | None:
        """Hand out a place."""
        here = [slot.place for slot in self.taken if (slot.host, slot.division) == (host, division)]
        free = [place for place in (0, 1) if place not in here]
        if not free:
            return None
        slot = Permit(host, division, free[0], "test")
        self.taken.append(slot)
        self.most = max(self.most, len(here) + 1)
        return slot

    def release(self, slot: Permit) -> None:
        """Free a place."""
        self.taken.remove(slot)


@dataclass(slots=True)
class FakeBlockedInvoices:
    """Refused invoices that wait."""

    effects: Effects
    held: dict[tuple[ConnectionId, str, str], BlockedInvoice] = field(default_factory=dict)

    def add(self, connection: ConnectionId, wait: BlockedInvoice) -> None:
        """Note a wait."""
        self.held[connection, wait.cause, wait.number] = wait
        self.effects.happened()

    def drop(self, connection: ConnectionId, wait: BlockedInvoice) -> None:
        """Forget a wait."""
        self.held.pop((connection, wait.cause, wait.number), None)
        self.effects.happened()

    def of(self, connection: ConnectionId, cause: str = "") -> Iterator[BlockedInvoice]:
        """Return what waits."""
        for (owner, held, _), wait in list(self.held.items()):
            if owner == connection and cause in ("", held):
                yield wait


@dataclass(slots=True)
class FakeEvidence:
    """The evidence; a piece is never written over."""

    effects: Effects
    pieces: dict[tuple[str, int], Evidence] = field(default_factory=dict)
    fails: Consequence | None = None

    def add(self, piece: Evidence) -> Evidence | None:
        """Keep a piece."""
        if self.fails is not None:
            raise self.fails
        standing = self.pieces.get((piece.number, piece.count))
        if standing is None:
            self.pieces[piece.number, piece.count] = piece
            self.effects.happened()
        return standing

    def of(self, number: str) -> list[Evidence]:
        """Return the story of an invoice."""
        return [piece for (own, _), piece in sorted(self.pieces.items()) if own == number]


@dataclass(slots=True)
class FakeEntityStates:
    """QicsMilestones, as far as it shows states."""

    effects: Effects
    shown: dict[str, EntityState] = field(default_factory=dict)
    fails: Consequence | None = None
    tellings: int = 0

    def write(self, state: EntityState) -> None:
        """Show a state."""
        if self.fails is not None:
            raise self.fails
        self.tellings += 1
        self.shown[state.entity_id] = state
        self.effects.happened()
