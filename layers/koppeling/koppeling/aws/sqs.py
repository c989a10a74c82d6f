"""Queues: messages with a delay, in batches of ten."""

import json
from collections.abc import Iterable
from itertools import batched
from typing import Any

from koppeling.core.errors import Retry

BATCH = 10  # what SQS takes in one call
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


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
