"""The messages of the sales-entry queue, and which documents they tell of."""

import json

import pytest

from koppeling.core.errors import Fatal
from koppeling.push.messages import InvoiceMessage, read_messages


def notification(*keys: str) -> str:
    """Return what S3 sends for these keys."""
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})


def test_a_notification_of_the_inbox_offers_each_document_it_names() -> None:
    assert read_messages(notification("acme/1.json", "acme/2.json")) == [
        InvoiceMessage("acme/1.json"),
        InvoiceMessage("acme/2.json"),
    ]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("acme/Factuur+2026.json", "acme/Factuur 2026.json"),
        ("acme/a%2Bb.json", "acme/a+b.json"),
        ("acme/caf%C3%A9.json", "acme/café.json"),
    ],
)
def test_a_key_is_read_as_s3_writes_it(written: str, key: str) -> None:
    assert read_messages(notification(written)) == [InvoiceMessage(key)]


def test_an_offer_that_waited_comes_back_as_it_was_queued() -> None:
    waiting = InvoiceMessage("acme/Factuur 2026+1.json", attempt=3)
    assert read_messages(json.dumps(waiting.as_message())) == [waiting]


def test_the_test_message_of_a_new_notification_offers_nothing() -> None:
    assert (
        read_messages('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "inbox"}') == []
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"key": "acme/1.json"}',
        '{"key": "acme/1.json", "attempt": "often"}',
        '{"Records": [{"s3": {"object": {}}}]}',
        '{"Records": [{"s3": {"object": {"key": 5}}}]}',
        '{"Records": 5}',
        '{"key": "acme/1.json", "attempt": 1e400}',
        "[" * 100_000,
    ],
)
def test_what_is_no_notification_of_the_inbox_is_refused(body: str) -> None:
    with pytest.raises(Fatal) as refused:
        read_messages(body)
    assert refused.value.code == "message-unreadable"
