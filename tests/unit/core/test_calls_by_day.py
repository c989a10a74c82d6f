"""How many calls were made on each day, which costs no write of its own."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.rate_limit import CallBudget, Limits

FIRST = date(2026, 3, 20)


def answered(budget: CallBudget, day: date, remaining: int, hour: int = 9) -> CallBudget:
    """Return the budget after an answer on a day, whose limits are reset at midnight in UTC."""
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    limits = Limits(5000, remaining, timedelta(hours=24 - hour))
    return budget.updated(limits, now)


def at(day: date) -> datetime:
    """Return the evening of a day."""
    return datetime(day.year, day.month, day.day, 20, tzinfo=UTC)


def test_the_calls_of_today_are_those_that_are_gone_of_the_limit() -> None:
    budget = answered(CallBudget(), FIRST, 4700)

    assert budget.used_by_day(at(FIRST)) == {FIRST: 300}
    assert budget.used == {}


def test_the_first_answer_of_a_day_keeps_the_calls_of_the_day_before() -> None:
    tomorrow = FIRST + timedelta(days=1)
    budget = answered(answered(CallBudget(), FIRST, 4700), FIRST, 4600, hour=18)

    budget = answered(budget, tomorrow, 4990)

    assert budget.used == {"2026-03-20": 400}
    assert budget.used_by_day(at(tomorrow)) == {FIRST: 400, tomorrow: 10}


def test_a_day_whose_limit_was_reached_counts_whole() -> None:
    budget = answered(CallBudget(), FIRST, 20)
    spent = budget.exhausted(Limits(day_remaining=0, day_resets_in=timedelta(hours=4)), at(FIRST))

    assert spent.used_by_day(at(FIRST)) == {FIRST: 5000}


def test_a_day_without_a_call_is_not_known() -> None:
    monday = FIRST + timedelta(days=3)

    assert list(
        answered(answered(CallBudget(), FIRST, 4700), monday, 4999).used_by_day(at(monday))
    ) == [
        FIRST,
        monday,
    ]


def test_nothing_is_known_before_the_first_answer() -> None:
    assert CallBudget().used_by_day(at(FIRST)) == {}


@given(st.lists(st.integers(min_value=0, max_value=5000), min_size=1, max_size=70))
def test_of_any_row_of_days_the_last_thirty_are_known(remaining: list[int]) -> None:
    budget = CallBudget()
    days = [FIRST + timedelta(days=number) for number in range(len(remaining))]
    for day, left in zip(days, remaining, strict=True):
        budget = answered(budget, day, left)

    expected = {day: 5000 - left for day, left in zip(days, remaining, strict=True)}
    assert budget.used_by_day(at(days[-1])) == {day: expected[day] for day in days[-30:]}
    assert len(budget.used) <= 30


def test_a_day_of_which_nothing_is_told_is_no_news_to_who_knows_it() -> None:
    known = answered(CallBudget(), FIRST, 4000)
    untold = CallBudget(minute_remaining=known.minute_remaining)

    assert not untold.is_news_to(known, at(FIRST))
    assert known.is_news_to(untold, at(FIRST))
