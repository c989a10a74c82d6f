"""M20: after a 429 of QicsMilestones no call is made until its pause is over."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
import requests
from flask import Flask, Response

from koppeling.auth.ports import FreshToken
from koppeling.core.errors import Defer
from koppeling.milestones.answers import body_of
from koppeling.milestones.pacer import Pacer
from koppeling.milestones.transport import Transport
from koppeling.pull.dispatch import LONGEST_DELAY_SECONDS, PAUSE_SECONDS
from tests.sandbox.common.clock import Clock
from tests.sandbox.common.server import running

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
# Its clock runs five minutes ahead of ours
THERE = "Tue, 24 Nov 2026 06:08:00 GMT"


def told(**headers: str) -> Defer:
    """Return what a 429 with these headers means."""
    response = requests.Response()
    response.status_code = requests.codes["too_many"]
    response.headers.update({name.replace("_", "-"): text for name, text in headers.items()})
    with pytest.raises(Defer) as stopped:
        body_of(response, "POST", "ItemCompany", NOW)
    return stopped.value


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 120 ", 120),
        ("900", 899),
        ("86400", 899),
        ("9" * 5000, 899),
        ("Tue, 24 Nov 2026 06:10:00 GMT", 120),
        ("Tue, 24 Nov 2026 06:10:00 -0000", 120),
        ("Tue, 24 Nov 2026 06:00:00 GMT", 0),
        ("Tue, 24 Nov 9999 06:00:00 GMT", 899),
        ("", 60),
        ("-5", 60),
        ("1.5", 60),
        ("\u0661", 60),
        ("soon", 60),
        ("Tue, 99 Nov 2026 06:10:00 GMT", 60),
    ],
)
def test_the_header_gives_seconds_or_a_moment_on_the_clock_of_the_server(
    asked: str, seconds: int
) -> None:
    answer = told(Retry_After=asked, Date=THERE)
    assert answer.until - NOW == timedelta(seconds=seconds)
    assert answer.code == "milestones-unavailable"


def test_without_a_header_the_pause_is_a_minute() -> None:
    assert told().until - NOW == timedelta(seconds=60)


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_a_moment_without_a_date_header_is_compared_with_our_own_clock(
    date: str,
) -> None:
    answer = told(Retry_After="Tue, 24 Nov 2026 06:10:00 GMT", Date=date)
    assert answer.until - NOW == timedelta(minutes=7)


def test_the_longest_pause_is_the_longest_delay_of_a_message() -> None:
    wait = (told(Retry_After="3600").until - NOW).total_seconds()
    assert wait + PAUSE_SECONDS <= LONGEST_DELAY_SECONDS


def test_after_a_429_no_call_is_made_until_the_pause_is_over() -> None:
    clock, app, calls = Clock(frozen_at=NOW), Flask(__name__), []

    @app.route("/item")
    def answer() -> Response:
        calls.append(clock.now() - NOW)
        refused = len(calls) == 1
        return Response("{}", 429 if refused else 200, {"Retry-After": "30"})

    bearer = FreshToken("invented", "milestones-reconnect-needed")
    with running(app) as url:
        transport = Transport(url, bearer, Pacer(0, monotonic), clock.now)
        for _ in range(3):
            with pytest.raises(Defer) as stopped:
                transport.call("GET", f"{url}/item", "ItemCompany")
            assert stopped.value.until == NOW + timedelta(seconds=30)
        clock.advance(30)
        assert transport.call("GET", f"{url}/item", "ItemCompany").body == {}

    assert calls == [timedelta(0), timedelta(seconds=30)]
