"""A record that the link keeps in step: what Exact said of it, and what was written."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.entities.fields import timestamp_of
from koppeling.pull.link_values import LinkValue, Row

type Sources = Mapping[str, Mapping[str, Row]]
"""The rows of Exact that make up one record: by feed, then by the ID of the row."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The last read of everything that came by a record in one feed, by its number.

    `unseen` are the rows held of that feed that the read has not shown yet.
    """

    read: int
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One record of Exact and its link with QicsMilestones.

    `sources` is the stored copy of the rows, so that a changed address or a new day can be mapped
    without a call. `fingerprint` and `written` are of the link values last written, `noticed` are
    the codes of its open notices, and `gone` says that Exact has it no more (L8): a complete list
    lacked it, or the feed of deletions names it. `seen` is what a read of everything showed.
    """

    exact_id: ExactId
    sources: Sources = field(default_factory=dict)
    code: str | None = None
    milestones_id: MilestonesId | None = None
    fingerprint: str | None = None
    written: Mapping[str, LinkValue] = field(default_factory=dict)
    noticed: tuple[str, ...] = ()
    gone: bool = False
    seen: Mapping[str, Sighting] = field(default_factory=dict)

    def written_code(self, field: str) -> str | None:
        """Return the code that was last written, which `field` holds in QicsMilestones."""
        written = self.written.get(field)
        return None if written is None else str(written)

    def under(self, field: str, code: str | int) -> "Record":
        """Return the record with another code in QicsMilestones, which is not its own one."""
        written = {**self.written, field: code}
        return replace(self, code=str(code), written=written, fingerprint=None)


def unlinked(record: Record) -> Record:
    """Return a record without its link: what was written belongs to the record that has it now."""
    return replace(record, milestones_id=None, fingerprint=None, written={})


def merge(
    record: Record, feed: str, rows: Sequence[Row], *, reread: bool = False
) -> tuple[Record, bool]:
    """Lay newer rows over a record's stored ones; also returns whether any of them was new.

    A row with a lower or equal Timestamp is skipped, whatever the order of arrival (X92). Not so
    on a `reread`: after a move (X97) the stored Timestamps are those of another database. A row
    without a readable Timestamp is laid over as well, so that its record tells of it.
    """
    held = dict(record.sources.get(feed, {}))
    changed = reread
    for row in rows:
        if reread or _is_newer(row, held.get(row["ID"])):
            held[row["ID"]] = row
            changed = True
    if not changed:
        return record, False
    # A deletion that was told of before a newer row of the record itself was of nothing
    gone = record.gone and not any(row["ID"] == record.exact_id for row in rows)
    return replace(record, sources={**record.sources, feed: held}, gone=gone), True


def without(record: Record, feed: str, ids: Collection[str]) -> Record:
    """Return a record that holds some rows of a feed no more."""
    held = record.sources.get(feed, {})
    if held.keys().isdisjoint(ids):
        return record
    kept = {row_id: row for row_id, row in held.items() if row_id not in ids}
    return replace(record, sources={**record.sources, feed: kept})


def is_older(row: Row, other: Row) -> bool:
    """Say whether a row was written before another version of it."""
    stamp, stamp_of_other = timestamp_of(row), timestamp_of(other)
    return stamp is not None and stamp_of_other is not None and stamp < stamp_of_other


def _is_newer(row: Row, before: Row | None) -> bool:
    if before is None:
        return True
    stamp, held = timestamp_of(row), timestamp_of(before)
    if stamp is None:
        return row != before
    return held is None or held < stamp


def as_listed(record: Record, feed: str, rows: Sequence[Row]) -> tuple[Record, bool]:
    """Replace the stored rows by those of a complete list; also returns whether they differ."""
    listed = {row["ID"]: row for row in rows}
    if listed == record.sources.get(feed) and not record.gone:
        return record, False
    return replace(record, sources={**record.sources, feed: listed}, gone=False), True


# R15: a list that lost a fifth of its rows may be a right that was taken away
SHRUNK_BY = Decimal("0.2")


def digest_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a hash of a list that does not depend on the order of its rows."""
    texts = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
    return sha256("\n".join(texts).encode(errors="surrogatepass")).hexdigest()


def has_shrunk(before: int | None, after: int) -> bool:
    """Say whether a list is too much shorter than the last one to be trusted."""
    return before is not None and after <= before * (1 - SHRUNK_BY) and after < before


@dataclass(frozen=True, slots=True)
class ParkedChange:
    """A change that is kept for later, by its mapped values.

    `values` are the link fields still to be written. `is_complete` says that they are all of them,
    so that the record counts as written afterwards. `code` is why it waits, None when only the
    time ran out; `waits_for` names the references it waits for, as `<entity>/<code>`. One that
    `is_compared` is written even if its values are those last written (R17).
    """

    exact_id: ExactId
    values: Mapping[str, LinkValue]
    is_complete: bool
    parked_at: datetime
    not_before: datetime
    attempts: int = 0
    code: str | None = None
    waits_for: tuple[str, ...] = ()
    is_compared: bool = False

    def is_due(self, now: datetime, arrived: frozenset[str]) -> bool:
        """Say whether to try again: its pause is over, or its reference arrived."""
        return self.not_before <= now or self.waits_for_any(arrived)

    def waits_for_any(self, arrived: frozenset[str]) -> bool:
        """Say whether something that it waits for arrived."""
        return not arrived.isdisjoint(self.waits_for)
