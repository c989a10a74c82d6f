"""A record that the link follows: what Exact said of it, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.link_values import LinkValue, Row

type Sources = Mapping[str, Mapping[str, Row]]
"""The rows of Exact that make up one record: by feed, then by the ID of the row."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of Exact and its link with QicsMilestones.

    `sources` is the stored copy of the rows, so that a changed address or a new day can be
    judged without a call. `fingerprint` and `written` tell what was last written over there,
    `noticed` which notices a person was given, `gone` that a complete list lacked it (L8).
    """

    exact_id: ExactId
    sources: Sources = field(default_factory=dict)
    code: str | None = None
    milestones_id: MilestonesId | None = None
    fingerprint: str | None = None
    written: Mapping[str, LinkValue] = field(default_factory=dict)
    noticed: tuple[str, ...] = ()
    gone: bool = False


def merge(
    record: Record, feed: str, rows: Sequence[Row], *, anew: bool = False
) -> tuple[Record, bool]:
    """Lay newer rows over a record's stored ones; tells whether any of them was new.

    A row with a lower or equal Timestamp is passed over, whatever the order of arrival (X92); but
    not while everything is read `anew`, when Timestamps of another database are replaced (X97).
    """
    held = dict(record.sources.get(feed, {}))
    changed = anew
    for row in rows:
        before = held.get(row["ID"])
        if anew or before is None or before["Timestamp"] < row["Timestamp"]:
            held[row["ID"]] = row
            changed = True
    if not changed:
        return record, False
    return replace(record, sources={**record.sources, feed: held}), True


def as_listed(record: Record, feed: str, rows: Sequence[Row]) -> tuple[Record, bool]:
    """Put the rows of a complete list in place of the stored ones; tells whether they differ."""
    listed = {row["ID"]: row for row in rows}
    if listed == record.sources.get(feed) and not record.gone:
        return record, False
    return replace(record, sources={**record.sources, feed: listed}, gone=False), True
