from pathlib import Path

import pytest

from tests.infra.template import TEMPLATE, Template, expanded

ALL_ENTITIES = [
    "Accounts",
    "CostCenters",
    "Employees",
    "Items",
    "Projects",
    "VatCodes",
    "PaymentConditions",
]


@pytest.fixture(scope="session")
def seven_entities(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template with all seven entities in its loops, to see what they will cost."""
    source = TEMPLATE.read_text()
    assert source.count("- [Accounts]\n") == 2
    rows = "".join(f"    {name}:\n      Name: {name.lower()}\n" for name in ALL_ENTITIES[1:])
    schedules = "".join(
        f"  {name}Schedule:\n    Type: String\n    Default: cron(0/15 7-19 * * ? *)\n"
        for name in ALL_ENTITIES[1:]
    )
    grown: Path = tmp_path_factory.mktemp("seven") / "template.yaml"
    grown.write_text(
        source.replace("- [Accounts]\n", f"- [{', '.join(ALL_ENTITIES)}]\n")
        .replace("      Name: accounts\n", f"      Name: accounts\n{rows}")
        .replace("\nConditions:", f"\n{schedules}\nConditions:")
    )
    return expanded("production", grown)


def test_an_entity_more_is_a_name_a_row_and_a_schedule_and_nothing_else(
    seven_entities: Template,
) -> None:
    schedules = seven_entities.resources("AWS::Scheduler::Schedule")

    assert len(schedules) == 7
    assert "PullPaymentConditionsQueue" in seven_entities.resources("AWS::SQS::Queue")
    assert "PullVatCodesQueueUrl" in seven_entities.document["Outputs"]


def test_there_are_at_most_ten_alarms_also_with_seven_entities(seven_entities: Template) -> None:
    assert len(seven_entities.resources("AWS::CloudWatch::Alarm")) <= 10


def test_every_dead_letter_queue_has_an_alarm_for_its_first_message(production: Template) -> None:
    watched = {
        alarm["Dimensions"][0]["Value"]
        for alarm in production.resources("AWS::CloudWatch::Alarm").values()
        if (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"])
        == ("ApproximateNumberOfMessagesVisible", "GreaterThanThreshold", 0)
    }

    assert watched == {"${PullAccountsDeadLetterQueue.QueueName}"} | {
        "${SalesEntryDeadLetterQueue.QueueName}"
    }


def test_an_invoice_that_waits_for_more_than_15_minutes_raises_an_alarm(
    production: Template,
) -> None:
    alarm = production.resources("AWS::CloudWatch::Alarm")["OldestInvoiceAlarm"]

    assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "${SalesEntryQueue.QueueName}"}]
    assert alarm["Threshold"] == 900


def test_alarms_tell_when_they_begin_and_when_they_end(production: Template) -> None:
    for alarm in production.resources("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${AlarmTopic}"]


def test_alarms_are_mailed_only_if_an_address_was_given(
    production: Template, local: Template
) -> None:
    (subscription,) = production.resources("AWS::SNS::Subscription").values()

    assert subscription["Endpoint"] == "beheer@koppeling.example"
    assert local.resources("AWS::SNS::Subscription") == {}
