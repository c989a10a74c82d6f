"""The queue: batches of ten, each message with its own delay, and no message lost in silence."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from koppeling.aws.sqs import SqsQueue
from koppeling.core.errors import Retry


@dataclass(slots=True)
class Sqs:
    """An SQS that takes every batch, or refuses some messages of it."""

    refuses: int = 0
    batches: list[list[dict[str, Any]]] = field(default_factory=list)

    def send_message_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - AWS names it so
        Entries: list[dict[str, Any]],  # noqa: N803 - likewise
    ) -> dict[str, Any]:
        """Take a batch."""
        assert QueueUrl == "queue"
        self.batches.append(Entries)
        return {"Failed": [{}] * self.refuses} if self.refuses else {}


def test_messages_go_in_batches_of_ten_with_a_name_of_their_own() -> None:
    sqs = Sqs()

    sent = SqsQueue(sqs, "queue").send(({"n": str(n)}, n) for n in range(23))

    assert sent == 23
    assert [len(batch) for batch in sqs.batches] == [10, 10, 3]
    assert all(len({entry["Id"] for entry in batch}) == len(batch) for batch in sqs.batches)
    last = sqs.batches[-1][-1]
    assert (json.loads(last["MessageBody"]), last["DelaySeconds"]) == ({"n": "22"}, 22)


def test_nothing_to_send_costs_no_call() -> None:
    sqs = Sqs()

    assert SqsQueue(sqs, "queue").send([]) == 0
    assert sqs.batches == []


def test_messages_that_sqs_refuses_do_not_count_as_sent() -> None:
    with pytest.raises(Retry, match="2 messages refused"):
        SqsQueue(Sqs(refuses=2), "queue").send([({"n": "1"}, 0)] * 3)
