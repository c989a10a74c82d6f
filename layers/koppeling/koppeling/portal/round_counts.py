"""What the rounds of each entity brought, by the lines of the log."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from koppeling.core.clock import today
from koppeling.core.log import LogEntry

# What a page says of a round, by the counts in its line of the log
NAMES = {"new": "created", "changed": "changed", "waiting": "waiting", "refused": "refused"}


@dataclass(frozen=True, slots=True)
class RoundCounts:
    """The last round of an entity that brought something, and all of today together."""

    last_at: datetime | None = None
    last: Mapping[str, int] = field(default_factory=dict)
    today: Mapping[str, int] = field(default_factory=dict)


def grouped(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of a run as a page calls them; what is 0 is left out."""
    return {name: counts[key] for name, key in NAMES.items() if counts.get(key)}


def counts_of(entries: Iterable[LogEntry], day: date) -> dict[str, RoundCounts]:
    """Return the counts by entity, of lines that come newest first."""
    last: dict[str, LogEntry] = {}
    sums: dict[str, Counter[str]] = {}
    for entry in entries:
        last.setdefault(entry.subject, entry)
        if today(entry.at) == day:
            sums.setdefault(entry.subject, Counter()).update(grouped(entry.counts))
    return {
        entity: RoundCounts(entry.at, grouped(entry.counts), sums.get(entity, Counter()))
        for entity, entry in last.items()
    }


def last_logged(entries: Iterable[LogEntry]) -> dict[str, datetime]:
    """Return when each entity last had a round that is in the log; lines come newest first."""
    found: dict[str, datetime] = {}
    for entry in entries:
        found.setdefault(entry.subject, entry.at)
    return found
