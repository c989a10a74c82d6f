"""What answers at the address of the webhook: a status, and nothing that tells what is known."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from koppeling.core.summary import Summary
from koppeling.pull.webhook.desk import WebhookDesk
from tests.unit.pull.test_early_ticks import DIVISION, Ground
from tests.unit.pull.test_webhook_message import SECRET, message

TOLD = b'{"Topic":"Accounts","Division":%d,"Key":"1"}' % DIVISION


def event(body: bytes, *, encoded: bool = False) -> Mapping[str, Any]:
    if encoded:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {"body": body.decode(), "isBase64Encoded": False}


def desk(ground: Ground, secret: bytes = SECRET, said: list[Summary] | None = None) -> WebhookDesk:
    report = (said if said is not None else []).append
    return WebhookDesk(ground.early_ticks(), lambda: secret, report)


def test_the_empty_body_by_which_exact_tries_the_address_is_taken() -> None:
    def unread() -> bytes:
        raise AssertionError("nobody asked for the secret")

    trying = WebhookDesk(Ground().early_ticks(), unread, lambda summary: summary)

    assert trying.answer({"isBase64Encoded": False})["statusCode"] == 200
    assert trying.answer({"body": "", "isBase64Encoded": False})["statusCode"] == 200


@pytest.mark.parametrize("encoded", [False, True])
def test_a_message_of_exact_queues_an_early_tick(*, encoded: bool) -> None:
    ground = Ground()

    answer = desk(ground).answer(event(message(TOLD), encoded=encoded))

    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert len(ground.queue.sent) == 1


@pytest.mark.parametrize(
    "sent",
    [
        event(message(TOLD, b"another")),
        event(b"{}"),
        {"body": "no base64", "isBase64Encoded": True},
        {"body": 1, "isBase64Encoded": False},
        {"body": "\ud800", "isBase64Encoded": False},
    ],
)
def test_whatever_has_no_signature_of_ours_is_refused_without_a_word(
    sent: Mapping[str, Any],
) -> None:
    ground, said = Ground(), list[Summary]()

    answer = desk(ground, said=said).answer(sent)

    assert (answer["statusCode"], answer["body"]) == (403, "")
    assert ground.queue.sent == []
    assert said == [Summary("webhook", "refused")]


def test_a_stack_without_the_secret_refuses_everything() -> None:
    assert desk(Ground(), secret=b"").answer(event(message(TOLD, b"")))["statusCode"] == 403


def test_an_unknown_administration_gets_the_answer_of_a_known_one() -> None:
    ground = Ground()
    known = desk(ground).answer(event(message(TOLD)))
    unknown = message(b'{"Topic":"Accounts","Division":1,"Key":"1"}')

    assert desk(ground).answer(event(unknown)) == known


def test_a_topic_that_no_pull_is_about_is_taken_and_left() -> None:
    ground = Ground()
    other = message(b'{"Topic":"SalesEntries","Division":%d}' % DIVISION)

    assert desk(ground).answer(event(other))["statusCode"] == 200
    assert ground.queue.sent == []


def test_a_body_above_64_kilobytes_is_not_looked_at() -> None:
    large = message(b'{"Topic":"Accounts","Division":1,"Key":"%b"}' % (b"x" * 65_536))

    assert desk(Ground()).answer(event(large))["statusCode"] == 413
