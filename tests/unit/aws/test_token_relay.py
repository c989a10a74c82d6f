"""A handed-on pair: nothing to read in its message, and nothing to forge."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from koppeling.auth.ports import HandOver
from koppeling.auth.token_pair import TokenKey, TokenPair, TokenState
from koppeling.aws.kms import TABLE_KEY, KmsCipher
from koppeling.aws.token_relay import SqsTokenRelay
from koppeling.core.clock import now
from koppeling.core.errors import Fatal
from tests.unit.aws.fakes import FakeKms

KEY = TokenKey("exact", "jan@x.nl", "start.exactonline.nl")
GRANTED, REFRESH_FROM = (datetime(2026, 11, 24, 12, minute, 1, 5, UTC) for minute in (0, 9))
PAIR = TokenPair(
    KEY,
    "a-secret",
    "r-secret",
    GRANTED,
    REFRESH_FROM,
    TokenState.UNCERTAIN,
    fencing=7,
    generation=3,
)


@dataclass(slots=True)
class Queue:
    """A queue in memory."""

    sent: list[tuple[dict[str, str], int]] = field(default_factory=list)

    def send(self, messages: Any) -> int:  # noqa: ANN401 - the port's
        """Take messages."""
        self.sent += messages
        return len(self.sent)


def relays() -> tuple[SqsTokenRelay, SqsTokenRelay, Queue]:
    """Return the relays of two processes with one KMS, and the queue between them."""
    kms, queue = FakeKms(), Queue()
    one, other = (
        SqsTokenRelay(lambda: queue, KmsCipher(lambda: kms, "tokens-key", now)) for _ in range(2)
    )
    return one, other, queue


def forged(**changes: Any) -> tuple[SqsTokenRelay, str]:  # noqa: ANN401 - whatever a message may hold
    """Return a relay, and a message to it that somebody changed."""
    one, other, _ = relays()
    return other, json.dumps({**one.sealed(PAIR, HandOver.LOGIN), **changes})


@pytest.mark.parametrize("hand_over", HandOver)
def test_another_process_opens_the_whole_pair(hand_over: HandOver) -> None:
    one, other, queue = relays()
    one.send(one.sealed(PAIR, hand_over))
    ((message, delay),) = queue.sent
    assert other.opened(json.dumps(message)) == (PAIR, hand_over)
    assert delay == 0


def test_the_message_holds_no_token_in_clear() -> None:  # S2, S3
    message = json.dumps(relays()[0].sealed(PAIR, HandOver.REFRESH))
    assert "secret" not in message


@pytest.mark.parametrize(
    "changes",
    [
        {"oauth_user": "piet@x.nl"},
        {"host": "start.exactonline.be"},
        {"provider": "milestones"},
        {"sealed": "AAAA"},
        {"sealed": None},
        {"data_key": 4},
        {"cipher": "aes-256-gcm"},
        {"cipher": "rot13"},
        {"cipher": ["aes-256-gcm-hkdf"]},
    ],
    ids=str,
)
def test_a_message_that_was_changed_opens_nothing_and_shows_nothing(
    changes: dict[str, Any],
) -> None:
    relay, body = forged(**changes)
    with pytest.raises(Fatal) as unreadable:
        relay.opened(body)
    assert unreadable.value.code == "message-unreadable"
    assert unreadable.value.__cause__ is None


def test_a_pair_in_clear_is_not_taken_for_one_of_an_earlier_release() -> None:
    content = json.dumps({"access_token": "a", "refresh_token": "r"})
    relay, body = forged(cipher=TABLE_KEY, sealed=content)
    with pytest.raises(Fatal):
        relay.opened(body)


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", '"text"', "[" * 100_000])
def test_what_is_no_message_of_ours_is_unreadable(body: str) -> None:
    with pytest.raises(Fatal, match="no sealed token pair"):
        relays()[0].opened(body)
