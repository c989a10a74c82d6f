"""A change that is to be written: what a record means today, and what is held of an earlier try."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from koppeling.pull.cursor import ReadMode
from koppeling.pull.link_values import LinkValue, Mapped, fingerprint
from koppeling.pull.record import ParkedChange, Record


@dataclass(frozen=True, slots=True)
class PendingChange:
    """What a record means today, to be written; `held` is set when it comes from the retry set.

    One that `is_compared` is of a full comparison: it is written even if nothing changed (R17).
    """

    record: Record
    mapped: Mapped
    held: ParkedChange | None = None
    is_compared: bool = False

    @property
    def is_complete(self) -> bool:
        """Say whether all link values are written, not only those that waited."""
        return self.held is None or self.held.is_complete

    @property
    def values(self) -> Mapping[str, LinkValue]:
        """Return the link values to write."""
        if self.held is None or self.held.is_complete:
            return self.mapped.values
        return self.held.values

    def as_whole(self) -> "PendingChange":
        """Return the change with all link values, in place of those that waited."""
        if self.held is None:
            return self
        return replace(self, held=replace(self.held, values=self.mapped.values, is_complete=True))

    def written_code(self, field: str) -> str:
        """Return the code that the record has in QicsMilestones, which `field` holds there."""
        return self.record.written_code(field) or self.mapped.code

    def under_written_code(self, field: str) -> Record:
        """Return the record under the code by which it is found until the new one is written."""
        return replace(self.record, code=self.written_code(field))


def needs_write(record: Record, mapped: Mapped, mode: ReadMode) -> bool:
    """Say whether a record is written: its link values changed, or all are compared (R17, L8)."""
    if record.gone:
        return False
    differs = mode is ReadMode.FULL or fingerprint(mapped.values) != record.fingerprint
    if record.milestones_id is None:
        return mapped.importable or (mapped.adoptable and differs)
    return differs
