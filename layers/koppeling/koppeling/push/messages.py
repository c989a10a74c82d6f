"""The messages of the sales-entry queue: which document has to be delivered, and why."""

import json
from dataclasses import dataclass
from urllib.parse import unquote_plus

from koppeling.core.errors import Fatal

# What a person asked, by the keys that messages in flight have
_OF_A_PERSON = {
    "gone": "rebook_entry_id",
    "decision": "decision",
    "decided": "decided_at",
    "seen": "decision_basis",
}


@dataclass(frozen=True, slots=True)
class InvoiceMessage:
    """A document in the inbox that has to be delivered, and how often that was tried.

    `again`: an invoice that was refused is to be looked at once more, since its cause seems to be
    gone or a person asks for it (DESIGN 5.4). `gone`: a person asks to book it anew if the entry
    with this id was deleted in Exact (X172). `decision`: what a person decided at the moment
    `decided` about what was `seen` then; see `koppeling.push.decisions`.
    """

    key: str
    attempt: int = 0
    retry: bool = False
    rebook_entry_id: str = ""
    decision: str = ""
    decided_at: str = ""
    decision_basis: str = ""

    def as_message(self) -> dict[str, str]:
        """Return the message by which this offer waits in the queue."""
        message = {"key": self.key, "attempt": str(self.attempt)}
        if self.retry:
            message["again"] = "yes"
        told = {key: getattr(self, field) for key, field in _OF_A_PERSON.items()}
        return message | {key: value for key, value in told.items() if value}


def read_messages(body: str) -> list[InvoiceMessage]:
    """Return the documents that a message of the sales-entry queue tells of.

    It is a notification of S3, or an offer that waited. The test message that S3 sends when a
    notification is set up tells of none.

    Raises:
        Fatal: it is neither.
    """
    try:
        message = json.loads(body)
        if message.get("Event") == "s3:TestEvent":
            return []
        if "key" in message:
            told = {field: str(message.get(key, "")) for key, field in _OF_A_PERSON.items()}
            again = message.get("again") == "yes"
            return [InvoiceMessage(str(message["key"]), int(message["attempt"]), again, **told)]
        # S3 writes a space in a key as a plus sign
        return [
            InvoiceMessage(unquote_plus(each["s3"]["object"]["key"])) for each in message["Records"]
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Fatal("message-unreadable", "no notification of the inbox") from error
