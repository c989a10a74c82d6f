"""A queue as the link uses it: messages with a delay, in batches of ten."""

import json
from collections.abc import Iterable
from itertools import batched
from typing import Any

from koppeling.domain.errors import Retry

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
