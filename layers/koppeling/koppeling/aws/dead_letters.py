"""The messages in a dead-letter queue."""

from collections.abc import Iterator
from typing import Any

from koppeling.aws.sqs import BATCH
from koppeling.push.ports import DeadLetter

# A message that was read is hidden for this long, so that one look sees each message once
HIDDEN_SECONDS = 60
# At most this many receives in one look: a thousand dead letters are a matter for a person
ROUNDS = 100


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
