"""Small pictures of numbers per day: bars for an SVG, and the same numbers for a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# The space of the picture, in units in which its figures can be read on a phone
WIDTH, HEIGHT = 300, 80
_GAP = 2


@dataclass(frozen=True, slots=True)
class DayCount:
    """How much there was on a day; `held` is the part of it that waits."""

    day: date
    count: int
    held: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place from the left, its width, and the heights of its two parts."""

    x: int
    width: int
    height: int
    held: int
    of: DayCount


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars of days that follow each other. `limit` is a line across, `top` what the height is."""

    bars: tuple[Bar, ...]
    top: int
    limit: int = 0

    width: int = WIDTH
    height: int = HEIGHT

    @property
    def limit_height(self) -> int:
        """How high the line of the limit is."""
        return _scaled(self.limit, self.top)

    @property
    def days(self) -> list[DayCount]:
        """The days on which there was something, for the table."""
        return [bar.of for bar in self.bars if bar.of.count]


def bar_chart(days: Iterable[DayCount], limit: int = 0) -> BarChart:
    """Return the picture of some days."""
    counted = list(days)
    top = max([limit, 1, *(each.count for each in counted)])
    step = WIDTH // max(1, len(counted))
    bars = (
        Bar(
            place * step,
            max(1, step - _GAP),
            _scaled(each.count, top),
            _scaled(each.held, top),
            each,
        )
        for place, each in enumerate(counted)
    )
    return BarChart(tuple(bars), top, limit)


def _scaled(value: int, top: int) -> int:
    """Return a height; the least there is can still be seen."""
    return 0 if value <= 0 else max(2, min(HEIGHT, round(HEIGHT * value / top)))
