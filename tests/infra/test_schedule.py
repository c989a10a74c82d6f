"""The schedule of the template itself: the emulator fires in UTC and would hide a mistake here."""

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.infra.cron import days, ticks
from tests.infra.template import Json, Template

AMSTERDAM = "Europe/Amsterdam"
SUMMER_BEGINS, SUMMER_ENDS = date(2027, 3, 28), date(2027, 10, 31)


@pytest.fixture
def schedule(production: Template) -> Json:
    return production.resources("AWS::Scheduler::Schedule")["PullAccountsFunctionTick"]


def on(schedule: Json, day: date) -> list[datetime]:
    return ticks(schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"], day)


def test_accounts_are_pulled_52_times_on_every_day_of_a_year(schedule: Json) -> None:
    counts = {len(on(schedule, day)) for day in days(date(2027, 1, 1), date(2027, 12, 31))}

    assert counts == {52}


@pytest.mark.parametrize(
    "day", [date(2026, 11, 24), date(2027, 7, 1), SUMMER_BEGINS, SUMMER_ENDS], ids=str
)
def test_the_first_tick_is_at_0703_and_the_last_at_1948_in_amsterdam(
    schedule: Json, day: date
) -> None:
    fired = [moment.astimezone(ZoneInfo(AMSTERDAM)).time() for moment in on(schedule, day)]

    assert (fired[0], fired[-1]) == (time(7, 3), time(19, 48))


@pytest.mark.parametrize(
    ("day", "first_in_utc"),
    [
        (SUMMER_BEGINS - timedelta(days=1), time(6, 3)),
        (SUMMER_BEGINS, time(5, 3)),
        (SUMMER_ENDS - timedelta(days=1), time(5, 3)),
        (SUMMER_ENDS, time(6, 3)),
    ],
    ids=str,
)
def test_the_first_tick_moves_along_in_utc_when_the_clocks_change(
    schedule: Json, day: date, first_in_utc: time
) -> None:
    assert on(schedule, day)[0].astimezone(UTC).time() == first_in_utc


@pytest.mark.parametrize("day", [SUMMER_BEGINS, SUMMER_ENDS], ids=str)
def test_ticks_are_a_quarter_apart_also_on_the_days_the_clocks_change(
    schedule: Json, day: date
) -> None:
    fired = on(schedule, day)

    assert {later - earlier for earlier, later in pairwise(fired)} == {timedelta(minutes=15)}


def test_the_evaluator_skips_the_hour_that_summer_time_takes_away() -> None:
    nightly = "cron(30 2 * * ? *)"

    assert ticks(nightly, AMSTERDAM, SUMMER_BEGINS) == []
    assert len(ticks(nightly, AMSTERDAM, SUMMER_ENDS)) == 1


def test_every_schedule_runs_on_amsterdam_time_and_at_the_minute_itself(
    production: Template,
) -> None:
    for schedule in production.resources("AWS::Scheduler::Schedule").values():
        assert schedule["ScheduleExpressionTimezone"] == AMSTERDAM
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_the_schedule_expression_is_a_parameter(production: Template) -> None:
    assert production.parameters["AccountsSchedule"] == "cron(3/15 7-19 * * ? *)"


def test_a_tick_that_cannot_be_delivered_is_retried_and_then_kept(schedule: Json) -> None:
    assert schedule["Target"]["RetryPolicy"] == {
        "MaximumRetryAttempts": 3,
        "MaximumEventAgeInSeconds": 600,
    }
    assert schedule["Target"]["DeadLetterConfig"] == {"Arn": "${PullAccountsDeadLetterQueue.Arn}"}


def test_a_tick_that_fails_inside_the_function_is_retried_and_then_kept(
    production: Template,
) -> None:
    handling = production.resources("AWS::Lambda::EventInvokeConfig")
    config = handling["PullAccountsFunctionEventInvokeConfig"]

    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 600)
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == (
        "${PullAccountsDeadLetterQueue.Arn}"
    )


def test_a_tick_says_its_entity_and_when_it_was_due(schedule: Json) -> None:
    assert json.loads(schedule["Target"]["Input"]) == {
        "tick": "accounts",
        "scheduled_at": "<aws.scheduler.scheduled-time>",
    }


def test_schedules_fire_in_aws_and_rest_on_a_developers_machine(
    production: Template, local: Template
) -> None:
    def states(template: Template) -> set[str]:
        return {
            schedule["State"]
            for schedule in template.resources("AWS::Scheduler::Schedule").values()
        }

    assert states(production) == {"ENABLED"}
    assert states(local) == {"DISABLED"}
