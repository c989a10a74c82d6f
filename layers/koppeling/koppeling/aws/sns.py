"""Mail through SNS: one topic, to which each address subscribes for its own connections."""

from collections.abc import Callable
from typing import Any

from koppeling.watch.notifier import Mail


class SnsMailer:
    """Sends mails through one topic.

    A subscription filters on the attribute `connection`, so that an address gets no mail of others.
    """

    def __init__(self, client: Callable[[], Any], topic: str) -> None:
        self._client = client
        self._topic = topic

    def send(self, mail: Mail) -> None:
        self._client().publish(
            TopicArn=self._topic,
            Subject=mail.subject,
            Message=mail.body,
            MessageAttributes={
                "connection": {"DataType": "String", "StringValue": mail.connection}
            },
        )
