"""What is known of the numbers of one connection, and how it changes when the counter moved.

the counter is higher          ──► the numbers in between were given out
the counter is lower           ──► those from there on were not given out after all
another prefix, counter lower  ──► a new series that began at 1
another prefix, counter goes on──► a new series that began where the old one stopped
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, Self

from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period
from koppeling.push.numbers import Gap, Numbering, Series, apart

MISSING_FOR = timedelta(minutes=50)
"""Looks are an hour apart, give or take what a queue takes; at the second one a number is told."""

TAIL_WATCHED = timedelta(days=7)
"""So long the numbers are awaited that a series gave out just before another took its place."""

MOST_EXCUSED = 200
"""How many decisions are kept that a number is no invoice; the log has them all."""

MOST_GAPS = 1000
"""How many ranges of missing numbers are kept: an item of DynamoDB holds some 2,500 of them."""


@dataclass(frozen=True, slots=True)
class WatchedSeries:
    """A series, and its first counter that was not given out when we last looked.

    `left_at` is when QicsMilestones was first seen to use another one.
    """

    series: Series
    upcoming: int
    left_at: datetime | None = None

    def is_awaited(self, now: datetime) -> bool:
        """Say whether it was left a short while ago."""
        return self.left_at is not None and now < self.left_at + TAIL_WATCHED


@dataclass(frozen=True, slots=True)
class Excused:
    """Numbers of which a person said that they are no invoice, with who and why."""

    gap: Gap
    at: datetime
    by: str = ""
    role: str = ""
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NumberState:
    """What is known of the numbers of a connection; the last series is the one in use.

    `is_counter_read` is False while the role of the user may not read the counter. `told` is what
    the open problem says, empty without one. `version` is what a conditional write compares.
    """

    watched: tuple[WatchedSeries, ...] = ()
    gaps: tuple[Gap, ...] = ()
    excused: tuple[Excused, ...] = ()
    is_counter_read: bool = True
    told: str = ""
    version: int = 0

    @property
    def current(self) -> WatchedSeries | None:
        """The series that QicsMilestones used when its counter was last read."""
        return self.watched[-1] if self.watched else None

    def knows(self, series: Series) -> bool:
        """Say whether a series was seen before."""
        return any(each.series == series for each in self.watched)

    def moved_to(self, seen: Numbering, begin: int, now: datetime, period: Period) -> Self:
        """Return the state once the counter was read.

        `begin` is the lowest number of the series that was handed in for this connection, or the
        counter; only a series that is new here needs it.
        """
        current = self.current
        if current is not None and current.series == seen.series:
            return self.continued(current, seen.upcoming, now, period)
        left = tuple(
            each if each.left_at else replace(each, left_at=now)
            for each in self.watched
            if each.series != seen.series
        )
        known = next((each for each in self.watched if each.series == seen.series), None)
        if known is None:
            known = WatchedSeries(seen.series, _first(current, seen.upcoming, begin))
        back = replace(known, left_at=None)
        changed = replace(self, watched=(*left, back), is_counter_read=True)
        return changed.continued(back, seen.upcoming, now, period)

    def given_out(
        self, watched: WatchedSeries, upcoming: int, now: datetime, period: Period
    ) -> Self:
        """Return the state once numbers of a series were handed in that no counter told of."""
        return self.stepped(watched, upcoming).with_gaps(
            [Gap(watched.series, watched.upcoming, upcoming - 1, now, period)]
        )

    def with_gaps(self, found: Iterable[Gap]) -> Self:
        """Return it with more that may be missing, but for what is known or excused already."""
        known = [*self.gaps, *(each.gap for each in self.excused)]
        fresh = apart((each for each in found if each.first <= each.last), known)
        return replace(self, gaps=(*self.gaps, *fresh)) if fresh else self

    def due(self, now: datetime) -> list[Gap]:
        """Return what is missing for so long that a person hears of it."""
        return [gap for gap in self.gaps if now - gap.since >= MISSING_FOR]

    def continued(
        self, watched: WatchedSeries, upcoming: int, now: datetime, period: Period
    ) -> Self:
        """Return the state once the counter of a series that is in use was read again."""
        read = replace(self, is_counter_read=True)
        if upcoming == watched.upcoming:
            return read
        if upcoming > watched.upcoming:
            return read.given_out(watched, upcoming, now, period)
        return read.taken_back(watched, upcoming)

    def taken_back(self, watched: WatchedSeries, upcoming: int) -> Self:
        """Return the state as if a series had come no further than this."""
        gaps = tuple(
            part
            for gap in self.gaps
            for part in (gap.below(upcoming) if gap.series == watched.series else (gap,))
        )
        return replace(self, gaps=gaps).stepped(watched, upcoming)

    def fitting(self) -> Self:
        """Return it with as many gaps as an item holds.

        The series in use is taken to have come as far as the first number that does not fit. So a
        later look finds the rest, once some of the others arrived or were said to be no invoice.
        """
        current = self.current
        if current is None:
            return replace(self, gaps=self.gaps[:MOST_GAPS])
        own = sorted(gap.first for gap in self.gaps if gap.series == current.series)
        room = max(MOST_GAPS - (len(self.gaps) - len(own)), 0)
        return self if len(own) <= room else self.taken_back(current, own[room])

    def stepped(self, watched: WatchedSeries, upcoming: int) -> Self:
        """Return the state with another counter of a series."""
        moved = tuple(
            replace(each, upcoming=upcoming) if each.series == watched.series else each
            for each in self.watched
        )
        return replace(self, watched=moved)


class NumberStates(Protocol):
    """Where it is kept."""

    def read(self, connection: ConnectionId, *, surely: bool = False) -> NumberState:
        """Return what is known; an empty state before the first look.

        It may lag behind by a moment, unless it is asked for surely.
        """

    def save(self, connection: ConnectionId, before: NumberState, after: NumberState) -> None:
        """Replace it; Conflict when the stored one is no longer that of `before`."""


def _first(before: WatchedSeries | None, upcoming: int, begin: int) -> int:
    """Return the first counter of a series that is new here."""
    if before is None:
        return min(begin, upcoming)
    restarted = upcoming < before.upcoming
    return min(begin, 1 if restarted else before.upcoming)
