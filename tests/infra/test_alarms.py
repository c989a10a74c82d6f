"""The alarms: at most ten, each with a runbook, and none that watches what nobody measures."""

import re

from koppeling.bootstrap.observability import SERVICE
from koppeling.core.measures import Metric
from koppeling.pull.entities.registry import ENTITIES
from tests.infra.cloudwatch import alarms_of
from tests.infra.pulls import PULLS
from tests.infra.template import MAIL, Json, Template, expanded
from tools.paths import ROOT

RUNBOOK = (ROOT / "docs/operate.md").read_text()
# What AWS measures by itself, with the dimensions of each as its documentation has them
OF_AWS = {
    ("AWS/Lambda", "Errors"): set[str](),
    ("AWS/Lambda", "Throttles"): set[str](),
    ("AWS/Lambda", "ClaimedAccountConcurrency"): set[str](),
    ("AWS/ApiGateway", "5xx"): {"ApiId"},
}


def alarms(template: Template) -> dict[str, Json]:
    return template.resources("AWS::CloudWatch::Alarm")


def test_there_are_at_most_ten_alarms(production: Template) -> None:
    assert len(alarms(production)) <= 10  # R37


def test_every_alarm_has_a_runbook_under_its_name_and_names_it(production: Template) -> None:
    headings = set(re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE))
    section = RUNBOOK[RUNBOOK.index("## When an alarm rings") :]
    described = re.findall(r"^### (\w+)$", section.split("\n## ")[0], re.MULTILINE)

    assert set(described) == alarms(production).keys() <= headings
    for name, alarm in alarms(production).items():
        assert alarm["AlarmDescription"].endswith(f"Runbook: docs/operate.md, {name}")


def test_an_alarm_is_urgent_or_a_notice_and_tells_when_it_begins_and_ends(
    production: Template,
) -> None:
    topics = {"urgent": ["${AlarmTopic}"], "notice": ["${NoticeTopic}"]}
    for name, alarm in alarms(production).items():
        _, _, severity, own = alarm["AlarmName"].split("-")
        assert own == name
        assert alarm["AlarmActions"] == alarm["OKActions"] == topics[severity]


def mails(template: Template) -> dict[str, str]:
    subscriptions = template.resources("AWS::SNS::Subscription").values()
    return {each["TopicArn"]: each["Endpoint"] for each in subscriptions}


def test_alarms_are_mailed_and_notices_to_an_address_of_their_own_if_one_is_given(
    production: Template,
) -> None:
    ours, later = "beheer@koppeling.example", "later@koppeling.example"
    other = expanded("production", AlarmMail=ours, NoticeMail=later, **MAIL)

    assert mails(production) == {"${AlarmTopic}": ours, "${NoticeTopic}": ours}
    assert mails(other) == {"${AlarmTopic}": ours, "${NoticeTopic}": later}


def test_the_emulator_makes_no_metrics_so_it_has_no_alarms(local: Template) -> None:
    assert alarms(local) == {}
    assert local.resources("AWS::SNS::Subscription") == {}


def test_every_metric_that_an_alarm_watches_is_measured_by_us_or_by_aws(
    production: Template,
) -> None:
    ours = {(production.parameters["AWS::StackName"], metric.value) for metric in Metric}
    watched = set()
    for alarm in alarms_of(alarms(production)).values():
        for wanted in alarm.metrics.values():
            metric = wanted["Metric"]
            key = (metric["Namespace"], metric["MetricName"])
            dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
            watched.add(key)
            if key in ours:
                assert dimensions == {"service": SERVICE}
            else:
                assert set(dimensions) == OF_AWS[key]

    # Each of our metrics is there for an alarm, and there are no others
    assert watched == ours | OF_AWS.keys()


def test_no_alarm_names_more_metrics_than_cloudwatch_takes(production: Template) -> None:
    assert all(len(each.metrics) <= 10 for each in alarms_of(alarms(production)).values())


def test_all_dead_letter_queues_are_counted(production: Template) -> None:
    queues = {each for each in production.resources("AWS::SQS::Queue") if "DeadLetter" in each}
    watch = production.resources("AWS::Lambda::Function")["WatchFunction"]
    counted = watch["Environment"]["Variables"]["DEAD_LETTER_URLS"].split(" ")

    assert {pull.dead_letters for pull in PULLS} < queues
    assert set(counted) == {f"${{{name}}}" for name in queues}


def test_the_watch_expects_ticks_as_often_as_the_schedules_of_the_template_fire() -> None:
    assert {pull.name: pull.minutes for pull in PULLS} == {
        name: entity.interval_minutes for name, entity in ENTITIES.items()
    }
