"""The schedule of the template itself: the emulator fires in UTC and would hide a mistake here."""

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from koppeling.pull.schedule import is_due
from tests.infra.cron import days, ticks
from tests.infra.pulls import FOUR_HOURLY, PULLS, QUARTER_HOURLY, Pull
from tests.infra.template import Json, Template

AMSTERDAM = "Europe/Amsterdam"
SUMMER_BEGINS, SUMMER_ENDS = date(2027, 3, 28), date(2027, 10, 31)
CHANGES = [SUMMER_BEGINS, SUMMER_ENDS]
TICKS_A_DAY = {QUARTER_HOURLY: 52, FOUR_HOURLY: 4}
LAST_HOUR = {QUARTER_HOURLY: 45, FOUR_HOURLY: 0}

every_pull = pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.name)


def schedule_of(template: Template, pull: Pull) -> Json:
    return template.resources("AWS::Scheduler::Schedule")[pull.schedule]


def on(template: Template, pull: Pull, day: date) -> list[datetime]:
    schedule = schedule_of(template, pull)
    return ticks(schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"], day)


def test_every_pull_and_the_watch_have_a_schedule_and_nothing_else_has_one(
    production: Template,
) -> None:
    schedules = set(production.resources("AWS::Scheduler::Schedule"))

    looks = {"WatchFunctionDaily", "WatchFunctionDeadLetters", "WatchFunctionMorning"}
    assert schedules == {*(pull.schedule for pull in PULLS), *looks}


@every_pull
def test_a_pull_is_due_as_often_on_every_day_of_a_year(production: Template, pull: Pull) -> None:
    year = days(date(2027, 1, 1), date(2027, 12, 31))

    assert {len(on(production, pull, day)) for day in year} == {TICKS_A_DAY[pull.minutes]}


@every_pull
@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2027, 7, 1), *CHANGES], ids=str)
def test_the_first_tick_is_in_the_first_quarter_of_the_window_and_the_last_in_its_last_hour(
    production: Template, pull: Pull, day: date
) -> None:
    fired = [moment.astimezone(ZoneInfo(AMSTERDAM)).time() for moment in on(production, pull, day)]

    assert fired[0] == time(7, pull.minute)
    assert fired[-1] == time(19, pull.minute + LAST_HOUR[pull.minutes])


@every_pull
@pytest.mark.parametrize(
    ("day", "hour_in_utc"),
    [
        (SUMMER_BEGINS - timedelta(days=1), 6),
        (SUMMER_BEGINS, 5),
        (SUMMER_ENDS - timedelta(days=1), 5),
        (SUMMER_ENDS, 6),
    ],
    ids=str,
)
def test_the_first_tick_moves_along_in_utc_when_the_clocks_change(
    production: Template, pull: Pull, day: date, hour_in_utc: int
) -> None:
    first = on(production, pull, day)[0].astimezone(UTC)

    assert first.time() == time(hour_in_utc, pull.minute)


@every_pull
@pytest.mark.parametrize("day", CHANGES, ids=str)
def test_ticks_are_one_interval_apart_also_on_the_days_the_clocks_change(
    production: Template, pull: Pull, day: date
) -> None:
    fired = [moment.astimezone(UTC) for moment in on(production, pull, day)]

    assert {later - earlier for earlier, later in pairwise(fired)} == {
        timedelta(minutes=pull.minutes)
    }


@every_pull
@pytest.mark.parametrize("day", CHANGES, ids=str)
def test_every_tick_of_the_template_finds_connections_that_are_due(
    production: Template, pull: Pull, day: date
) -> None:
    """The schedule and the rule of who is due count the same quarters."""
    assert [slot for slot in on(production, pull, day) if not is_due(slot, pull.minutes)] == []


def test_pulls_that_others_refer_to_tick_earlier_in_the_quarter() -> None:
    at = {pull.name: pull.minute for pull in PULLS}

    assert at["vat_codes"] == at["payment_conditions"] == at["cost_centers"] == 0
    assert at["vat_codes"] < at["accounts"] < at["items"] < at["employees"] == at["projects"]


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


@every_pull
def test_the_schedule_expression_is_a_parameter(production: Template, pull: Pull) -> None:
    schedule = schedule_of(production, pull)

    assert schedule["ScheduleExpression"] == production.parameters[f"{pull.entity}Schedule"]


@every_pull
def test_a_tick_that_cannot_be_delivered_is_retried_and_then_kept(
    production: Template, pull: Pull
) -> None:
    target = schedule_of(production, pull)["Target"]

    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600}
    assert target["DeadLetterConfig"] == {"Arn": f"${{{pull.dead_letters}.Arn}}"}


@every_pull
def test_a_tick_that_fails_inside_the_function_is_retried_and_then_kept(
    production: Template, pull: Pull
) -> None:
    handling = production.resources("AWS::Lambda::EventInvokeConfig")
    config = handling[f"{pull.function}EventInvokeConfig"]

    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 600)
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == (
        f"${{{pull.dead_letters}.Arn}}"
    )


@every_pull
def test_a_tick_says_its_entity_and_when_it_was_due(production: Template, pull: Pull) -> None:
    assert json.loads(schedule_of(production, pull)["Target"]["Input"]) == {
        "tick": pull.name,
        "scheduled_at": "<aws.scheduler.scheduled-time>",
    }


def test_schedules_are_enabled_in_aws_and_disabled_on_a_developers_machine(
    production: Template, local: Template
) -> None:
    def states(template: Template) -> set[str]:
        return {
            schedule["State"]
            for schedule in template.resources("AWS::Scheduler::Schedule").values()
        }

    assert states(production) == {"ENABLED"}
    assert states(local) == {"DISABLED"}
