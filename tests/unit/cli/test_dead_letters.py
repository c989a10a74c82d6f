"""What the queues gave up on, as an operator sees and empties it."""

import json
from typing import Any

import pytest

from koppeling.aws.sqs import lying_in
from koppeling.cli.tasks.dead_letters import about
from tests.unit.cli.conftest import Office

QUEUE = "SalesEntryDeadLetterQueueUrl"


def lay(office: Office, **body: Any) -> None:  # noqa: ANN401 - messages have any shape
    office.aws["sqs"].send_message(
        QueueUrl=office.stack.location.outputs[QUEUE], MessageBody=json.dumps(body)
    )


def lying(office: Office) -> int:
    url = office.stack.location.outputs[QUEUE]
    return lying_in(office.aws["sqs"], [url])


def test_what_lies_where_is_listed(office: Office) -> None:
    lay(office, key="acme/1.json", attempt="12")

    result = office.run("dead-letters", "list", "--json")

    assert json.loads(result.stdout) == [
        {"queue": "SalesEntry", "lying": 1, "about": ["acme/1.json"]}
    ]


def test_nothing_is_removed_without_a_yes(office: Office) -> None:
    lay(office, key="acme/1.json", attempt="12")

    shown = office.run("dead-letters", "purge", "SalesEntry")

    assert "acme/1.json" in shown.stdout
    assert "--yes does" in shown.stdout
    assert lying(office) == 1


def test_with_a_yes_the_queue_is_emptied(office: Office) -> None:
    for number in range(3):
        lay(office, key=f"acme/{number}.json", attempt="12")

    result = office.run("dead-letters", "purge", "SalesEntry", "--yes")

    assert (result.exit_code, "3 removed from SalesEntry" in result.stdout) == (0, True)
    assert lying(office) == 0


def test_a_queue_that_is_not_there_is_answered_with_those_that_are(office: Office) -> None:
    result = office.run("dead-letters", "purge", "Invoices", "--yes")

    assert result.exit_code == 3
    assert "those are: SalesEntry" in result.stderr


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"connection": "acme", "slot": "2026-11-24T06:00"},
            "connection acme, slot 2026-11-24T06:00",
        ),
        ({"requestPayload": {"watch": "daily"}, "responsePayload": {}}, "watch daily"),
        ({"provider": "exact", "oauth_user": "a@b.nl", "sealed": "x"}, "a token pair"),
        ({"round": "login", "user": "a@b.nl"}, "round login"),
        ({"other": 1}, "unreadable"),
        ([1], "unreadable"),
        ({"requestPayload": "tick"}, "unreadable"),
        ({"requestPayload": None}, "unreadable"),
    ],
)
def test_a_letter_is_told_without_what_may_not_be_shown(body: Any, told: str) -> None:  # noqa: ANN401 - messages have any shape
    assert about(json.dumps(body)) == told
    assert about("no json") == "unreadable"
