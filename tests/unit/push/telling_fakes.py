"""What a push tells of: the evidence, and the states that QicsMilestones shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from koppeling.core.errors import Consequence
from koppeling.core.ids import ConnectionId
from koppeling.push.entity_state import EntityState
from koppeling.push.evidence import Evidence
from koppeling.push.invoice import InboxDocument
from tests.unit.push.fakes import Effects


@dataclass(slots=True)
class FakeEvidence:
    """The evidence; a piece is never overwritten."""

    effects: Effects
    pieces: dict[tuple[str, int], Evidence] = field(default_factory=dict)
    last_with: dict[tuple[str, int], int] = field(default_factory=dict)
    fails: Consequence | None = None

    def add(self, *pieces: Evidence) -> Evidence | None:
        """Add pieces together, unless the number of the first has some."""
        if self.fails is not None:
            raise self.fails
        number, count = pieces[0].number, pieces[0].count
        if (number, count) in self.pieces:
            return self.pieces[number, self.last_with[number, count]]
        for piece in pieces:
            self.pieces[number, piece.count] = piece
        self.last_with[number, count] = pieces[-1].count
        self.effects.happened()
        return None

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


@dataclass(frozen=True, slots=True)
class FakeObject:
    """A file in the inbox."""

    key: str
    modified: datetime = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class FakeFolder:
    """The inbox, by keys; the content of a file is its version as well."""

    keys: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, content: bytes = b"{}") -> None:
        """Put a file."""
        self.keys[key] = content

    def list_objects(self, connection: ConnectionId) -> Iterator[FakeObject]:
        """Return the files of a connection."""
        return iter([FakeObject(key) for key in self.keys if key.startswith(f"{connection}/")])

    def holds(self, key: str) -> bool:
        """Say whether a file is there."""
        return key in self.keys

    def document(self, key: str) -> InboxDocument | None:
        """Read a file."""
        found = self.keys.get(key)
        return None if found is None else InboxDocument(found, self.version(key))

    def version(self, key: str) -> str:
        """Return the version of a file."""
        return sha256(self.keys[key]).hexdigest()
