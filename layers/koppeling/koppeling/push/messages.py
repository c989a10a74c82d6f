"""The messages of the sales-entry queue: which document has to be delivered, and why."""

import json
from dataclasses import dataclass
from urllib.parse import unquote_plus

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import inbox_subject

# What a person asked for: the keys in a message, and the fields here
_REQUEST_KEYS = {
    "gone": "rebook_entry_id",
    "decision": "decision",
    "decided": "decided_at",
    "seen": "decision_basis",
}


@dataclass(frozen=True, slots=True)
class InvoiceMessage:
    """A document in the inbox that has to be delivered, and how often that was tried.

    `retry`: look at a refused invoice once more, because its cause seems to be gone or a person
    asks for it. `rebook_entry_id`: book it again if the entry with this id was deleted in Exact
    (X172). `decision`, `decided_at`, `decision_basis`: what a person decided, when, and about what;
    see `koppeling.push.decisions`.
    """

    key: str
    attempt: int = 0
    retry: bool = False
    rebook_entry_id: str = ""
    decision: str = ""
    decided_at: str = ""
    decision_basis: str = ""

    @property
    def connection(self) -> ConnectionId:
        """The connection whose folder holds the document."""
        return ConnectionId(self.key.partition("/")[0])

    @property
    def subject(self) -> str:
        """The subject of problems about the document itself."""
        return inbox_subject(self.key)

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        body = {"key": self.key, "attempt": str(self.attempt)}
        if self.retry:
            body["again"] = "yes"
        request = {key: getattr(self, field) for key, field in _REQUEST_KEYS.items()}
        return body | {key: value for key, value in request.items() if value}


def read_messages(body: str) -> list[InvoiceMessage]:
    """Parse a body of the queue: an S3 notification, or a message that we put there ourselves.

    The test message that S3 sends when a notification is set up holds no document.

    Raises:
        Fatal: it is neither.
    """
    try:
        message = json.loads(body)
        if message.get("Event") == "s3:TestEvent":
            return []
        if "key" in message:
            request = {field: str(message.get(key, "")) for key, field in _REQUEST_KEYS.items()}
            retry = message.get("again") == "yes"
            return [InvoiceMessage(str(message["key"]), int(message["attempt"]), retry, **request)]
        # S3 writes a space in a key as a plus sign
        return [
            InvoiceMessage(unquote_plus(each["s3"]["object"]["key"])) for each in message["Records"]
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Fatal("message-unreadable", "no notification of the inbox") from error
