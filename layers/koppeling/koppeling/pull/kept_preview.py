"""What is kept of a preview: counts of each entity, and its rows by the page."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from koppeling.core.ids import ConnectionId
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.preview_rows import PreviewRow, Section

# Long enough to ask the bookkeeper; by then more has changed than anybody remembers
KEPT = timedelta(days=14)
DONE = "done"


@dataclass(frozen=True, slots=True)
class EntityPreview:
    """The preview of one entity, taken at `at`.

    `outcome` is `done`, or the code of what stopped it. `counts` has `new`, `overwritten`, `same`,
    `left_out`, `read` and `calls`; `why` how often each problem would open. The `digest` stands for
    everything that would be overwritten.
    """

    entity: str
    at: datetime
    outcome: str
    counts: Mapping[str, int] = field(default_factory=dict)
    why: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""

    @property
    def generation(self) -> str:
        """Return what the rows of this preview are kept under."""
        return self.at.strftime("%Y%m%dT%H%M%S.%f")


class KeptPreviews(Protocol):
    """The last preview of each entity of a connection."""

    def save(self, connection: ConnectionId, found: EntityPreview, plan: PreviewPlan) -> None:
        """Keep a preview with all of its rows, in the place of the one before."""

    def of(self, connection: ConnectionId) -> Mapping[str, EntityPreview]:
        """Return the last preview of each entity."""

    def rows(
        self, connection: ConnectionId, found: EntityPreview, section: Section, page: int
    ) -> list[PreviewRow]:
        """Return one page of rows, from 0; empty when there is none."""

    def codes(self, connection: ConnectionId, found: EntityPreview) -> frozenset[str]:
        """Return the codes of what would be created."""

    def marks(self, connection: ConnectionId, found: EntityPreview) -> frozenset[bytes]:
        """Return the hashes of what would be overwritten."""


def digest_of_all(previews: Iterable[EntityPreview]) -> str:
    """Return one hash of everything that a connection would overwrite."""
    said = sorted(f"{each.entity}={each.digest}" for each in previews)
    return sha256("\n".join(said).encode()).hexdigest()[:32]


def totals(previews: Iterable[EntityPreview]) -> dict[str, int]:
    """Return the counts of all entities together."""
    found: dict[str, int] = {}
    for each in previews:
        for name, count in each.counts.items():
            found[name] = found.get(name, 0) + count
    return found
