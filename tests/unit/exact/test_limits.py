"""X35 to X37, DF13: the limits in the headers of an answer."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.rate_limit import Limits
from koppeling.exact.answers import limits_of

NOW = datetime(2023, 5, 12, 8, 18, 25, tzinfo=UTC)
SAMPLE = {
    "Date": "Fri, 12 May 2023 08:18:25 GMT",
    "X-RateLimit-Limit": "5000",
    "X-RateLimit-Remaining": "4766",
    "X-RateLimit-Reset": "1683936000000",
    "X-RateLimit-Minutely-Limit": "60",
    "X-RateLimit-Minutely-Remaining": "58",
    "X-RateLimit-Minutely-Reset": "1683879540000",
}
UNTIL_MIDNIGHT = timedelta(hours=15, minutes=41, seconds=35)


def test_the_headers_of_a_known_answer_are_understood() -> None:
    assert limits_of(SAMPLE, NOW) == Limits(
        day_limit=5000,
        day_remaining=4766,
        day_resets_in=UNTIL_MIDNIGHT,
        minute_remaining=58,
        minute_resets_in=timedelta(seconds=35),
    )


@pytest.mark.parametrize("skew", [-245, 245])
def test_a_wrong_clock_on_our_side_changes_no_pause(skew: int) -> None:
    assert limits_of(SAMPLE, NOW + timedelta(seconds=skew)) == limits_of(SAMPLE, NOW)


def test_an_answer_without_headers_means_unknown_and_not_zero() -> None:
    assert limits_of({}, NOW) == Limits()


def test_the_headers_of_a_minute_429_say_nothing_about_the_day() -> None:
    of_the_minute = {name: text for name, text in SAMPLE.items() if "Minutely" in name}
    told = limits_of(of_the_minute, NOW)
    assert (told.day_limit, told.day_remaining, told.day_resets_in) == (None, None, None)
    assert told.minute_remaining == 58


@pytest.mark.parametrize("date", [None, "", "yesterday", "Fri, 99 May 2023 08:18:25 GMT"])
def test_without_a_usable_date_the_pause_is_counted_on_our_own_clock(date: str | None) -> None:
    headers = {name: text for name, text in SAMPLE.items() if name != "Date"}
    given = headers if date is None else headers | {"Date": date}
    assert limits_of(given, NOW).minute_resets_in == timedelta(seconds=35)


def test_a_date_without_a_time_zone_is_utc() -> None:
    given = SAMPLE | {"Date": "Fri, 12 May 2023 08:18:25 -0000"}
    assert limits_of(given, NOW + timedelta(hours=1)).minute_resets_in == timedelta(seconds=35)


def test_a_reset_in_the_past_gives_a_pause_of_one_second() -> None:
    passed = limits_of(SAMPLE | {"X-RateLimit-Minutely-Reset": "1683879000000"}, NOW)
    assert passed.minute_resets_in == timedelta(seconds=1)


@pytest.mark.parametrize("value", ["", "many", "-1", "5.0", "²", "9" * 5000, "1e3"])
def test_a_header_that_is_no_number_is_unknown(value: str) -> None:
    told = limits_of({name: value for name in SAMPLE if name != "Date"}, NOW)
    assert told == Limits()


def test_spaces_around_a_number_do_not_matter() -> None:
    assert limits_of({"X-RateLimit-Remaining": " 12 "}, NOW).day_remaining == 12
