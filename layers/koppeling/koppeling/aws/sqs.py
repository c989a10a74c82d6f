"""A queue as the link uses it: messages with a delay, in batches of ten."""

import json
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from koppeling.core.errors import Retry
from koppeling.push.dead_letters import DeadLetter

BATCH = 10  # what SQS takes in one call


class SqsQueue:
    """Sends messages to one queue."""

    def __init__(self, client: Any, url: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._url = url

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Queue bodies, each with its delay in seconds; returns how many.

        Raises:
            Retry: the queue refused some; the caller's own retry sends all of them once more.
        """
        sent = 0
        for together in batched(messages, BATCH, strict=False):
            entries = [
                {"Id": str(place), "MessageBody": json.dumps(body), "DelaySeconds": delay}
                for place, (body, delay) in enumerate(together)
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if refused := answer.get("Failed"):
                raise Retry("queue-refused", f"{len(refused)} messages refused")
            sent += len(entries)
        return sent


# A message that was looked at is hidden for this long; so is every other while all are looked at
HIDDEN_SECONDS = 60
# So many receives in one look: a thousand dead letters are a matter for a person
ROUNDS = 100


class SqsDeadLetters:
    """Looks into a dead-letter queue, and takes messages away once they are offered again."""

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
        """Take a message away."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)
