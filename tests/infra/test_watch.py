"""The daily watch and its warnings, as the template wires them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.infra.cron import days, ticks
from tests.infra.template import Json, Template

AMSTERDAM = "Europe/Amsterdam"
SUMMER_BEGINS, SUMMER_ENDS = date(2027, 3, 28), date(2027, 10, 31)


def schedule(template: Template) -> Json:
    return template.resources("AWS::Scheduler::Schedule")["WatchFunctionDaily"]


def fired(template: Template, day: date) -> list[datetime]:
    wired = schedule(template)
    return ticks(wired["ScheduleExpression"], wired["ScheduleExpressionTimezone"], day)


def test_the_watch_runs_once_on_every_day_of_a_year_before_the_first_pull(
    production: Template,
) -> None:
    for day in days(date(2027, 1, 1), date(2027, 12, 31)):
        (moment,) = fired(production, day)
        assert moment.astimezone(ZoneInfo(AMSTERDAM)).time() == time(6, 30)


@pytest.mark.parametrize(
    ("day", "hour_in_utc"),
    [
        (date(2027, 3, 27), 5),
        (SUMMER_BEGINS, 4),
        (date(2027, 10, 30), 4),
        (SUMMER_ENDS, 5),
    ],
    ids=str,
)
def test_it_moves_along_in_utc_when_the_clocks_change(
    production: Template, day: date, hour_in_utc: int
) -> None:
    (moment,) = fired(production, day)

    assert moment.astimezone(UTC).time() == time(hour_in_utc, 30)


def test_its_schedule_is_a_parameter_and_invokes_the_watch(production: Template) -> None:
    wired = schedule(production)

    assert wired["ScheduleExpression"] == production.parameters["WatchSchedule"]
    assert wired["Target"]["Arn"] == "${WatchFunction.Arn}"
    assert wired["Target"]["RoleArn"] == "${WatchScheduleRole.Arn}"


def test_a_watch_that_fails_is_retried_and_then_kept_as_a_dead_letter(production: Template) -> None:
    target = schedule(production)["Target"]
    config = production.resources("AWS::Lambda::EventInvokeConfig")[
        "WatchFunctionEventInvokeConfig"
    ]
    dead_letters = "${WatchDeadLetterQueue.Arn}"

    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}
    assert target["DeadLetterConfig"] == {"Arn": dead_letters}
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 3600)
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == dead_letters


def test_topics_are_for_alarms_alone_and_customers_get_mail_through_ses(
    production: Template,
) -> None:
    assert set(production.resources("AWS::SNS::Topic")) == {"AlarmTopic", "NoticeTopic"}


def test_a_client_finds_the_watch_in_the_outputs(production: Template) -> None:
    outputs = {"WatchFunction", "WatchFunctionArn", "WatchSchedule"}

    assert outputs <= set(production.document["Outputs"])
