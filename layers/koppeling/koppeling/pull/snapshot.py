"""All records of one entity in QicsMilestones, from one reading of its list.

It answers what would else be a call for each record: which records have a code, and what differs
from what Exact says. It holds what was read, so it is minutes old; a record is still read anew
directly before it is written (M22, M24).
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from koppeling.core.ids import MilestonesId


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where the reading of a list goes on: the link to the next page, and the rows so far."""

    link: str
    received: int


class Snapshot(Protocol):
    """The records of one entity of one company; 100,000 customers take less than 60 MB."""

    def __len__(self) -> int:
        """Return how many records there are."""

    def __iter__(self) -> Iterator[MilestonesId]:
        """Yield their keys, in the order of the list."""

    def find(self, code: str) -> list[MilestonesId]:
        """Return the keys of all records with exactly this code."""

    def fields(self, key: MilestonesId) -> Mapping[str, Any] | None:
        """Return a record as the list showed it, all fields as on the wire; None if it did not.

        Of a record that was noted since, only its key and its code are known.
        """

    def differences(
        self, key: MilestonesId, values: Mapping[str, Any]
    ) -> Mapping[str, tuple[Any, Any]] | None:
        """Return the fields that differ from these, each with its present and its wanted value.

        None when that is not known: the record, or one of the fields, was not in the list.
        """


@dataclass(frozen=True, slots=True)
class KeptSnapshot:
    """What is kept of a snapshot between two invocations: compressed pages, and where it goes on.

    `place` is None when the list was read to its end. `doubtful` are codes of which it is not sure
    what a POST did.
    """

    blocks: tuple[bytes, ...]
    place: ListPlace | None
    doubtful: frozenset[str] = frozenset()


class GrowingSnapshot(Snapshot, Protocol):
    """A snapshot that is read page by page, and kept between two invocations."""

    @property
    def has_begun(self) -> bool:
        """Say whether any page was read; before that, there is nothing to keep."""

    @property
    def is_complete(self) -> bool:
        """Say whether the list is read to its end; before that, nothing may be concluded."""

    def read(self, is_time_left: Callable[[], bool]) -> bool:
        """Read on while there is time; returns whether the list is read to its end."""

    def note(self, key: MilestonesId, code: str) -> None:
        """Note a record that was written since: its code is known, and nothing else."""

    def taken_since(self) -> KeptSnapshot:
        """Return what was read and noted since the last time, to be kept."""


class SnapshotSource(Protocol):
    """QicsMilestones, as far as its lists are read whole."""

    def snapshot(self, entity: str) -> Snapshot:
        """Read the list of an entity to its end."""

    def growing_snapshot(self, entity: str, kept: KeptSnapshot | None) -> GrowingSnapshot:
        """Return a snapshot that is yet to be read, from where an earlier reading stopped."""
