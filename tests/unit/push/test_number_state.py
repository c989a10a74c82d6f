"""Series of numbers over a year: other prefixes, a counter that is put back, numbers by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.push.journal import Period
from koppeling.push.number_state import MOST_GAPS, TAIL_WATCHED, Excused, NumberState
from koppeling.push.numbers import DASH, Gap, Numbering, Series, begun, named, ranges, reached

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MONTH = Period(2026, 11)
OLD, NEW = Series("2026", 4), Series("2026B", 4)


def seen(state: NumberState, series: Series, upcoming: int, at: datetime = NOW) -> NumberState:
    return state.moved_to(Numbering(series, upcoming), upcoming, at, MONTH)


def test_a_company_that_goes_back_to_a_prefix_goes_on_where_it_was() -> None:
    state = seen(seen(NumberState(), OLD, 412), NEW, 1)

    back = seen(state, OLD, 414)

    assert ranges(back.gaps) == [f"20260412{DASH}20260413"]
    assert [(each.series, each.upcoming) for each in back.watched] == [(NEW, 1), (OLD, 414)]
    assert back.current is not None
    assert back.current.left_at is None


def test_another_prefix_with_a_counter_that_goes_on_begins_where_the_old_one_stopped() -> None:
    state = seen(seen(NumberState(), OLD, 412), NEW, 414)

    assert ranges(state.gaps) == [f"2026B0412{DASH}2026B0413"]


def test_another_prefix_with_the_counter_of_the_old_one_has_given_out_nothing() -> None:
    state = seen(seen(NumberState(), OLD, 412), NEW, 412)

    assert state.gaps == ()


def test_without_a_series_as_many_gaps_are_kept_as_an_item_holds() -> None:
    single = [Gap(OLD, number, number, NOW, MONTH) for number in range(1, 2 * MOST_GAPS, 2)]
    fits = NumberState(gaps=tuple(single))

    assert fits.fitting() == fits
    assert NumberState(gaps=(*single, single[-1])).fitting() == fits


def test_another_prefix_with_a_lower_counter_began_at_1() -> None:
    state = seen(seen(NumberState(), OLD, 412), NEW, 3)

    assert ranges(state.gaps) == [f"2026B0001{DASH}2026B0002"]


def test_the_last_numbers_of_a_series_that_was_left_are_awaited_for_a_week() -> None:
    state = seen(seen(NumberState(), OLD, 412), NEW, 1)
    left = state.watched[0]

    assert left.is_awaited(NOW + TAIL_WATCHED - timedelta(seconds=1))
    assert not left.is_awaited(NOW + TAIL_WATCHED)
    assert not state.watched[1].is_awaited(NOW)


def test_a_counter_that_is_put_back_takes_back_what_was_not_given_out_after_all() -> None:
    state = seen(seen(NumberState(), OLD, 412), OLD, 5000)

    assert ranges(seen(state, OLD, 414).gaps) == [f"20260412{DASH}20260413"]


def test_what_a_person_excused_is_not_missing_again() -> None:
    gap = Gap(OLD, 413, 413, NOW, MONTH)
    state = NumberState(excused=(Excused(gap, NOW),))

    found = state.with_gaps([Gap(OLD, 412, 414, NOW, MONTH)])

    assert ranges(found.gaps) == ["20260412", "20260414"]


@pytest.mark.parametrize("dash", ["-", DASH, f" {DASH} "])
def test_a_person_names_a_range_with_any_dash(dash: str) -> None:
    gaps = [Gap(Series("V-", 3), 7, 8, NOW, MONTH), Gap(Series("V-", 3), 9, 12, NOW, MONTH)]

    chosen = named(f"V-008{dash}V-011, V-012", gaps)

    assert [(gap.first, gap.last) for gap in chosen] == [(8, 11), (12, 12)]


@pytest.mark.parametrize("asked", ["", "V-006", "V-012-V-013", "V-7", "20260412", "V-007, 1"])
def test_what_is_not_missing_is_not_chosen(asked: str) -> None:
    assert named(asked, [Gap(Series("V-", 3), 7, 12, NOW, MONTH)]) == []


def test_a_number_far_from_the_others_was_typed_by_hand() -> None:
    assert reached(412, [412, 413, 415, 9999]) == 416
    assert begun(412, [1, 350, 351, 410]) == 350


def test_a_counter_that_outgrows_its_length_goes_on() -> None:
    gap = Gap(Series("F", 2), 98, 101, NOW, MONTH)

    assert [part.ends for part in gap.by_length()] == [("F98", "F99"), ("F100", "F101")]
