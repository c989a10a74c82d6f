"""The time of a decision decides which of two is the later one, also between two clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.push.deciding import decision_time

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_a_first_decision_has_the_time_of_the_clock() -> None:
    assert decision_time(NOW, "") == "2026-11-24T08:00:00.000000+00:00"


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(minutes=2)])
def test_a_decision_is_later_than_the_last_one_also_when_that_clock_was_ahead(
    ahead: timedelta,
) -> None:
    last = decision_time(NOW + ahead, "")

    assert decision_time(NOW, last) > last


def test_a_decision_after_the_last_one_has_its_own_time() -> None:
    last = decision_time(NOW - timedelta(minutes=2), "")

    assert decision_time(NOW, last) == decision_time(NOW, "")
