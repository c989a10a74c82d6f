from tests.infra.pulls import PULLS
from tests.infra.template import Template


def test_there_are_at_most_ten_alarms(production: Template) -> None:
    assert len(production.resources("AWS::CloudWatch::Alarm")) <= 10  # R37


def test_every_dead_letter_queue_has_an_alarm_for_its_first_message(production: Template) -> None:
    watched = {
        alarm["Dimensions"][0]["Value"]
        for alarm in production.resources("AWS::CloudWatch::Alarm").values()
        if (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"])
        == ("ApproximateNumberOfMessagesVisible", "GreaterThanThreshold", 0)
    }

    assert watched == {f"${{{pull.dead_letters}.QueueName}}" for pull in PULLS} | {
        "${SalesEntryDeadLetterQueue.QueueName}",
        "${WatchDeadLetterQueue.QueueName}",
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
