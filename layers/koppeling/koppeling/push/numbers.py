"""The numbers of invoices: series, what of them was given out, and what of that is missing.

    QicsMilestones: prefix 2026, four digits, the next number is 416
    known until now: the next number was 412 ──► 412 to 415 were given out since
    handed in: 20260412, 20260414            ──► missing: 20260413, 20260415

A number is a prefix and a counter of fixed length (M36). Nothing here reads or writes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, pairwise

from koppeling.push.journal import Period

DASH = "\N{EN DASH}"

NUMBER_LENGTH = 30
"""So many characters the number of an invoice has at most, by the contract."""

LONGEST_JUMP = 100
"""Where no counter can be read, a larger step between two numbers is taken for another series."""


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """Numbers with one prefix, and a counter of so many digits."""

    prefix: str
    digits: int

    def number(self, counter: int) -> str:
        """Return the number of an invoice, such as 20260412."""
        return f"{self.prefix}{counter:0{max(self.digits, 1)}}"

    def counter(self, number: str) -> int | None:
        """Return the counter in a number; None when it is not one of this series."""
        rest = number.removeprefix(self.prefix)
        if not (rest.isascii() and rest.isdecimal()):
            return None
        found = int(rest)
        return found if found and self.number(found) == number else None

    def stretches(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield counters in stretches of equal length: only those have their order as text."""
        while first <= last:
            longest = 10 ** max(self.digits, len(str(first))) - 1
            yield first, min(last, longest)
            first = longest + 1


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a company numbers its invoices now: `upcoming` is the counter that is given out next."""

    series: Series
    upcoming: int

    @property
    def of_whole_length(self) -> "Numbering | None":
        """The same, if the length was that of the whole number; None where it cannot be."""
        digits = self.series.digits - len(self.series.prefix)
        if digits < 1 or not self.series.prefix:
            return None
        return Numbering(Series(self.series.prefix, digits), self.upcoming)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that were given out and not handed in, from `first` up to and including `last`.

    They are missing since that moment, as far as we know, and belong to the month `period`.
    """

    series: Series
    first: int
    last: int
    since: datetime
    period: Period

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return self.last - self.first + 1

    @property
    def ends(self) -> tuple[str, str]:
        """Its first and its last number."""
        return self.series.number(self.first), self.series.number(self.last)

    def without(self, handed_in: Mapping[int, Period | None]) -> Iterator["Gap"]:
        """Yield what is left of it once some numbers were handed in, each with its month.

        A number gets its date when it is given out, so what is left above it is of that month.
        """
        rest = self
        for counter in sorted(each for each in handed_in if self.first <= each <= self.last):
            if rest.first < counter:
                yield replace(rest, last=counter - 1)
            period = handed_in[counter] or rest.period
            rest = replace(rest, first=counter + 1, period=period)
        if rest.first <= rest.last:
            yield rest

    def below(self, counter: int) -> Iterator["Gap"]:
        """Yield its part below a counter."""
        if self.first < counter:
            yield replace(self, last=min(self.last, counter - 1))

    def outside(self, other: "Gap") -> Iterator["Gap"]:
        """Yield its parts that do not lie in another one."""
        if self.series != other.series or other.last < self.first or self.last < other.first:
            yield self
            return
        if self.first < other.first:
            yield replace(self, last=other.first - 1)
        if other.last < self.last:
            yield replace(self, first=other.last + 1)

    def by_length(self) -> Iterator["Gap"]:
        """Yield it in parts whose numbers are equally long."""
        for first, last in self.series.stretches(self.first, self.last):
            yield replace(self, first=first, last=last)


def count(gaps: Iterable[Gap]) -> int:
    """Return how many numbers are missing."""
    return sum(gap.count for gap in gaps)


def ranges(gaps: Iterable[Gap]) -> list[str]:
    """Return missing numbers as people write them: first and last with a dash."""
    return [_range(*gap.ends) for gap in _merged(gaps)]


def _merged(gaps: Iterable[Gap]) -> list[Gap]:
    """Return gaps in their order, those that follow one another as one."""
    found: list[Gap] = []
    for gap in sorted(gaps, key=lambda each: (each.series, each.first)):
        before = found[-1] if found else None
        if before is not None and before.series == gap.series and before.last + 1 >= gap.first:
            found[-1] = replace(before, last=max(before.last, gap.last))
        else:
            found.append(gap)
    return found


def apart(gaps: Iterable[Gap], others: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return what of some numbers does not lie in others; the size of a range costs nothing."""
    left = tuple(gaps)
    for other in others:
        left = tuple(part for gap in left for part in gap.outside(other))
    return left


def named(asked: str, gaps: Iterable[Gap]) -> list[Gap]:
    """Return the missing numbers that a person names: one, a range, or several with commas.

    It is empty unless all of them are missing.
    """
    chosen, gaps = [], list(gaps)
    for part in filter(None, (each.strip() for each in asked.split(","))):
        found = next(_readings(part, gaps), None)
        if found is None:
            return []
        chosen.append(found)
    return chosen


def _readings(part: str, gaps: Iterable[Gap]) -> Iterator[Gap]:
    """Yield each way in which a number or a range can be read; a prefix may hold a dash as well."""
    cuts = [at for at, sign in enumerate(part) if sign in {DASH, "-"}]
    pairs = [(part, part), *((part[:at].strip(), part[at + 1 :].strip()) for at in cuts)]
    for low, high in pairs:
        for gap in _merged(gaps):
            first, last = gap.series.counter(low), gap.series.counter(high)
            if first and last and gap.first <= first <= last <= gap.last:
                yield replace(gap, first=first, last=last)


def reached(upcoming: int, handed_in: Iterable[int]) -> int:
    """Return the counter after the last number that was handed in, where it cannot be read.

    A step of more than `LONGEST_JUMP` is not taken: such a number was typed by hand.
    """
    for counter in sorted(each for each in handed_in if each >= upcoming):
        if counter - upcoming > LONGEST_JUMP:
            break
        upcoming = counter + 1
    return upcoming


def begun(upcoming: int, handed_in: Iterable[int]) -> int:
    """Return the lowest number that counts for a connection, of those that were handed in.

    Likewise a number that is far below the others was typed by hand.
    """
    for counter in sorted((each for each in handed_in if each < upcoming), reverse=True):
        if upcoming - counter > LONGEST_JUMP:
            break
        upcoming = counter
    return upcoming


def between(numbers: Iterable[tuple[str, Period]], since: datetime) -> Iterator[Gap]:
    """Yield what is missing between numbers, each with its month, of which no series is known.

    Numbers are of one series when they differ in their last digits alone, are equally long and are
    at most `LONGEST_JUMP` apart.
    """
    found = ((*parts, period) for number, period in numbers if (parts := _split(number)))
    split = sorted(found, key=lambda each: each[:2])
    for series, group in groupby(split, key=lambda each: each[0]):
        for (_, low, period), (_, high, _) in pairwise(group):
            if 1 < high - low <= LONGEST_JUMP:
                yield Gap(series, low + 1, high - 1, since, period)


def _split(number: str) -> tuple[Series, int] | None:
    """Return a number as its digits at the end and what stands before them."""
    head = number.rstrip("0123456789")
    digits = len(number) - len(head)
    return (Series(head, digits), int(number[len(head) :])) if digits else None


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}{DASH}{last}"
