"""The level of an open problem: a warning that stays open for long is an error."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.catalogue import codes, entry, level_of
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
AGING = [code for code in sorted(codes()) if entry(code, "nl").error_after_hours is not None]


def level(code: str, since: datetime | None) -> str:
    return level_of(Problem(ConnectionId("acme"), "push/connection", code, since=since), NOW)


@pytest.mark.parametrize("code", AGING)
def test_a_warning_becomes_an_error_after_its_hours_and_not_before(code: str) -> None:
    told = entry(code, "nl")
    due = NOW - HOUR * (told.error_after_hours or 0)

    assert told.level != "error"
    assert level(code, due + SECOND) == told.level
    assert level(code, due) == "error"
    assert level(code, None) == told.level, "since when it is open may not be known"


@pytest.mark.parametrize("code", sorted(codes() - set(AGING)))
def test_any_other_problem_keeps_its_level_however_long_it_is_open(code: str) -> None:
    assert level(code, NOW - HOUR * 10_000) == entry(code, "nl").level


def test_a_code_of_a_later_release_is_an_error() -> None:
    assert level("written-by-a-later-release", NOW) == "error"


def test_some_warnings_become_errors() -> None:
    assert "exact-unavailable" in AGING
