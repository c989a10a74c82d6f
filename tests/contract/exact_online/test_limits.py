"""Calls per minute and day, their headers, and the error block: X34 to X40, X182, X183."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.contract.exact_online.conftest import NOON, Caller

CENTERS = "hrm/Costcenters?$select=Code"
BROKEN = "hrm/Costcenters?$select=Kode"


def limits_in(answer: requests.Response) -> dict[str, int]:
    found = answer.headers.items()
    return {
        name.removeprefix("X-RateLimit-"): int(value)
        for name, value in found
        if name.startswith("X-RateLimit-")
    }


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def test_answers_carry_both_limits_with_resets_in_epoch_milliseconds(exact: Caller) -> None:
    assert limits_in(exact.get(CENTERS)) == {
        "Limit": 5000,
        "Remaining": 4999,
        "Reset": milliseconds(datetime(2026, 11, 25, tzinfo=UTC)),
        "Minutely-Limit": 60,
        "Minutely-Remaining": 59,
        "Minutely-Reset": milliseconds(NOON.replace(second=0) + timedelta(minutes=1)),
    }


def test_the_61st_call_of_a_clock_minute_is_429_with_the_minute_headers_only(
    exact: Caller,
) -> None:
    for _ in range(60):
        assert exact.get(CENTERS).status_code == 200
    answer = exact.get(CENTERS)
    assert (answer.status_code, answer.text) == (429, "")
    assert set(limits_in(answer)) == {"Minutely-Limit", "Minutely-Remaining", "Minutely-Reset"}
    assert limits_in(answer)["Minutely-Remaining"] == 0
    assert "Retry-After" not in answer.headers


def test_a_new_clock_minute_gives_new_calls_although_no_minute_has_passed(exact: Caller) -> None:
    for _ in range(61):
        exact.get(CENTERS)
    exact.sandbox.clock.advance(55)
    assert exact.get(CENTERS).status_code == 200


def test_the_call_above_the_daily_limit_is_429_with_the_day_headers_only(exact: Caller) -> None:
    exact.sandbox.switches.daily_limit = 2
    exact.get(CENTERS)
    exact.get(CENTERS)
    answer = exact.get(CENTERS)
    assert (answer.status_code, answer.text) == (429, "")
    assert set(limits_in(answer)) == {"Limit", "Remaining", "Reset"}


def test_the_day_ends_at_midnight_utc(exact: Caller) -> None:
    exact.sandbox.switches.daily_limit = 1
    exact.get(CENTERS)
    exact.sandbox.clock.advance(12 * 3600 + 59 * 60 + 50)
    exact.connect()
    assert exact.get(CENTERS).status_code == 429
    exact.sandbox.clock.advance(10)
    assert exact.get(CENTERS).status_code == 200


def test_a_429_can_come_while_calls_seemed_to_remain(exact: Caller) -> None:
    exact.sandbox.switches.hidden_minute_calls = 58
    exact.get(CENTERS)
    exact.get(CENTERS)
    answer = exact.get(CENTERS)
    assert answer.status_code == 429
    assert limits_in(answer)["Minutely-Remaining"] == 58


def test_a_refused_call_counts_as_a_call(exact: Caller) -> None:
    exact.get(BROKEN)
    assert limits_in(exact.get(CENTERS))["Remaining"] == 4998


def test_a_switch_takes_the_limit_headers_from_error_answers(exact: Caller) -> None:
    assert limits_in(exact.get(BROKEN))
    exact.sandbox.switches.limit_headers_on_errors = False
    assert not limits_in(exact.get(BROKEN))


def test_the_clock_of_the_server_can_be_ahead(exact: Caller) -> None:
    exact.sandbox.switches.clock_skew_seconds = 245
    answer = exact.get(CENTERS)
    shown = parsedate_to_datetime(answer.headers["Date"][-29:])
    assert shown == NOON + timedelta(seconds=245)
    minute_end = NOON.replace(second=0) + timedelta(seconds=60 + 245)
    assert limits_in(answer)["Minutely-Reset"] == milliseconds(minute_end)


def break_ten_times(exact: Caller) -> None:
    for _ in range(10):
        assert exact.get(BROKEN).status_code == 400


def test_ten_errors_in_an_hour_close_the_endpoint_for_an_hour(exact: Caller) -> None:
    break_ten_times(exact)
    blocked = exact.get(CENTERS)
    assert (blocked.status_code, blocked.text) == (429, "")
    assert not limits_in(blocked)
    exact.sandbox.clock.advance(3599)
    exact.connect()
    assert exact.get(CENTERS).status_code == 429
    exact.sandbox.clock.advance(1)
    assert exact.get(CENTERS).status_code == 200


def test_the_error_block_closes_that_endpoint_only(exact: Caller) -> None:
    break_ten_times(exact)
    assert exact.get("vat/VATCodes?$select=Code").status_code == 200


def test_the_error_block_is_per_user(exact: Caller) -> None:
    break_ten_times(exact)
    exact.connect("administratie@veldhuis.example")
    assert exact.get(CENTERS).status_code == 200


def test_errors_of_more_than_an_hour_ago_do_not_count(exact: Caller) -> None:
    for _ in range(9):
        exact.get(BROKEN)
    exact.sandbox.clock.advance(3600)
    exact.connect()
    exact.get(BROKEN)
    assert exact.get(CENTERS).status_code == 200


def test_a_second_block_lasts_longer(exact: Caller) -> None:
    break_ten_times(exact)
    exact.sandbox.clock.advance(3600)
    exact.connect()
    break_ten_times(exact)
    exact.sandbox.clock.advance(3600)
    exact.connect()
    assert exact.get(CENTERS).status_code == 429


def test_an_error_500_does_not_count_for_the_block(exact: Caller) -> None:
    for _ in range(11):
        exact.refused(Customer=None)
    assert exact.book()["EntryNumber"] == 26700001


def test_refreshes_that_come_too_early_count_for_the_block(exact: Caller) -> None:
    for _ in range(10):
        assert exact.refresh().status_code == 400
    exact.sandbox.clock.advance(580)
    assert exact.refresh().status_code == 429
    exact.sandbox.clock.advance(3600)
    assert exact.refresh().status_code == 200


@pytest.mark.parametrize("path", ["hrm/Costcenters(guid'00000000-0000-0000-0000-000000000001')"])
def test_reading_a_key_that_does_not_exist_is_404_and_counts(exact: Caller, path: str) -> None:
    for _ in range(10):
        assert exact.get(path).status_code == 404
    assert exact.get(CENTERS).status_code == 429
