"""Whatever was given out and handed in, exactly the numbers are missing that were not handed in."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from koppeling.push.journal import Period
from koppeling.push.number_state import MOST_GAPS, NumberState, WatchedSeries
from koppeling.push.numbers import Gap, Numbering, Series, apart, between, count, ranges

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MONTH = Period(2026, 11)
SERIES = st.builds(Series, st.sampled_from(["", "2026", "V-", "Fact/"]), st.integers(1, 6))
COUNTERS = st.integers(1, 1200)


def numbers_of(gaps: list[Gap]) -> list[str]:
    return [gap.series.number(each) for gap in gaps for each in range(gap.first, gap.last + 1)]


@given(SERIES, COUNTERS, COUNTERS, st.sets(COUNTERS))
def test_exactly_what_was_not_handed_in_is_missing(
    series: Series, begin: int, more: int, handed_in: set[int]
) -> None:
    state = NumberState(watched=(WatchedSeries(series, begin),))

    moved = state.moved_to(Numbering(series, begin + more), begin, NOW, MONTH)
    left = [part for gap in moved.gaps for part in gap.without(dict.fromkeys(handed_in))]

    expected = sorted(set(range(begin, begin + more)) - handed_in)
    assert numbers_of(left) == [series.number(each) for each in expected]
    assert count(left) == len(expected)


@given(SERIES, st.lists(COUNTERS, min_size=1), st.sets(COUNTERS))
def test_the_way_in_which_a_counter_came_there_does_not_matter(
    series: Series, steps: list[int], handed_in: set[int]
) -> None:
    state = NumberState(watched=(WatchedSeries(series, 1),))
    for upcoming in steps:
        state = state.moved_to(Numbering(series, upcoming), 1, NOW, MONTH)

    left = [part for gap in state.gaps for part in gap.without(dict.fromkeys(handed_in))]

    # What a lower counter takes back was not given out, and what a higher one brings was
    given_out = set(range(1, steps[-1]))
    assert sorted(numbers_of(left)) == sorted(map(series.number, given_out - handed_in))


@given(SERIES, COUNTERS)
def test_a_number_leads_back_to_its_counter(series: Series, counter: int) -> None:
    assert series.counter(series.number(counter)) == counter


@given(SERIES, COUNTERS, st.sampled_from(["x", "-A", " ", "/1", "é"]))
def test_what_was_typed_by_hand_is_no_number_of_the_series(
    series: Series, counter: int, more: str
) -> None:
    assert series.counter(f"{series.number(counter)}{more}") is None


@given(SERIES, st.sets(COUNTERS, min_size=1))
def test_ranges_name_every_missing_number_once(series: Series, missing: set[int]) -> None:
    gaps = [Gap(series, each, each, NOW, MONTH) for each in missing]

    written = ranges(gaps)

    ends = [each.split("\N{EN DASH}") for each in written]
    found = [(series.counter(first[0]), series.counter(first[-1])) for first in ends]
    named = [each for low, high in found if low and high for each in range(low, high + 1)]
    assert named == sorted(missing)


@given(st.sets(st.integers(1, 90), min_size=2))
def test_without_a_counter_exactly_the_gaps_between_numbers_are_missing(
    handed_in: set[int],
) -> None:
    numbers = [(f"2026{each:04}", MONTH) for each in handed_in]

    found = list(between(numbers, NOW))

    expected = set(range(min(handed_in), max(handed_in))) - handed_in
    assert numbers_of(found) == [f"2026{each:04}" for each in sorted(expected)]


RANGES = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20)), max_size=8)


@given(SERIES, RANGES, RANGES)
def test_apart_from_others_is_what_lies_in_none_of_them(
    series: Series, some: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    gaps, taken = (
        [Gap(series, first, first + more, NOW, MONTH) for first, more in each]
        for each in (some, others)
    )
    left = apart(gaps, taken)

    expected = set(numbers_of(gaps)) - set(numbers_of(taken))
    assert set(numbers_of(list(left))) == expected
    assert all(gap.first <= gap.last for gap in left)


@given(SERIES, st.integers(1, 40))
def test_what_does_not_fit_in_an_item_is_found_once_the_rest_is_dealt_with(
    series: Series, more: int
) -> None:
    seen = Numbering(series, 2 * (MOST_GAPS + more) + 1)
    handed_in = dict.fromkeys(range(2, seen.upcoming, 2), MONTH)

    def looked(before: NumberState) -> NumberState:
        moved = before.moved_to(seen, 1, NOW, MONTH)
        left = (part for gap in moved.gaps for part in gap.without(handed_in))
        return replace(moved, gaps=tuple(left)).fitting()

    first = looked(NumberState(watched=(WatchedSeries(series, 1),)))
    later = looked(replace(first, gaps=()))

    assert len(first.gaps) == MOST_GAPS
    assert numbers_of([*first.gaps, *later.gaps]) == [
        series.number(counter) for counter in range(1, seen.upcoming, 2)
    ]
