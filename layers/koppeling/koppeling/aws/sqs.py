"""Queues: messages with a delay, in batches of ten, and the messages in a dead-letter queue."""

import json
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from koppeling.core.errors import Retry
from koppeling.push.ports import DeadLetter

BATCH = 10  # what SQS takes in one call
# A message that was read is hidden for this long, so that one look sees each message once
HIDDEN_SECONDS = 60
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
# At most this many receives in one look: a thousand dead letters are a matter for a person
ROUNDS = 100


class SqsQueue:
    """Sends messages to one queue."""

    def __init__(self, client: Any, url: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._url = url

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Send in batches.

        Raises:
            Retry: the queue refused some; the caller's own retry sends all of them again.
        """
        sent = 0
        for batch in batched(messages, BATCH, strict=False):
            entries = [
                {"Id": str(place), "MessageBody": json.dumps(body), "DelaySeconds": delay}
                for place, (body, delay) in enumerate(batch)
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if refused := answer.get("Failed"):
                raise Retry("queue-refused", f"{len(refused)} messages refused")
            sent += len(entries)
        return sent


def lying_in(client: Any, urls: Iterable[str]) -> int:  # noqa: ANN401 - a boto3 client
    """Return how many messages lie in some queues together, also those that are hidden."""
    return sum(
        int(count)
        for url in urls
        for count in client.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)[
            "Attributes"
        ].values()
    )


class SqsDeadLetters:
    """Reads a dead-letter queue, and deletes messages once they were offered again."""

    def __init__(self, client: Any, url: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._url = url

    def letters(self) -> Iterator[DeadLetter]:
        """Return the messages, each once; they stay in the queue, hidden for a minute."""
        seen: set[str] = set()
        for _ in range(ROUNDS):
            answer = self._client.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=BATCH, VisibilityTimeout=HIDDEN_SECONDS
            )
            fresh = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
            if not fresh:
                return
            for message in fresh:
                seen.add(message["MessageId"])
                yield DeadLetter(message["Body"], message["ReceiptHandle"])

    def remove(self, letter: DeadLetter) -> None:
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)
