"""The messages of the sales-entry queue: which document has to be delivered, and why."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import unquote_plus

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import inbox_subject

TAKE_UP = "take-up"  # the decision of a person who offers an invoice again
LONGEST_DELAY_SECONDS = 900  # what SQS allows
# What a body that nobody of us wrote can raise, such as lists in lists without end
_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError)
# Fields that are a text: their keys in a message, and their names here
_TEXTS = {
    "gone": "rebook_entry_id",
    "decision": "decision",
    "decided": "decided_at",
    "seen": "decision_basis",
    "held_until": "held_until",
    "settle": "settles",
    "entry": "linked_entry",
    "compared": "linked_as",
    "by": "decided_by",
    "role": "decider_role",
    "reason": "reason",
    "login": "waited_for",
}


@dataclass(frozen=True, slots=True)
class InvoiceMessage:
    """A document in the inbox that has to be delivered, and how often that was tried.

    `retry`: look at a refused invoice once more, because its cause seems to be gone or a person
    asks for it. `rebook_entry_id`: book it again if the entry with this id was deleted in Exact
    (X172). `decision`, `decided_at`, `decision_basis`: what a person decided, when, and about what;
    see `koppeling.push.decisions`. `linked_entry` is the number of the entry in Exact that a person
    says is that of this invoice as it was then (Koppelen). `held_until` is the moment from which it
    may be tried, when that is later than a queue can hold a message. `settles`: find out what
    became of the entry of this invoice, without its document; see `koppeling.push.settling`.
    `linked_as` is what a named entry was like when a person compared it; see
    `koppeling.push.beside`. `decided_by`, `decider_role` and `reason` say who decided, and why.
    `waited_for` is the code of a login that had ended when it was tried: only the release before
    reads it, and closes that problem by it (R40).
    """

    key: str
    attempt: int = 0
    retry: bool = False
    rebook_entry_id: str = ""
    decision: str = ""
    decided_at: str = ""
    decision_basis: str = ""
    held_until: str = ""
    settles: str = ""
    linked_entry: str = ""
    linked_as: str = ""
    decided_by: str = ""
    decider_role: str = ""
    reason: str = field(default="", repr=False)
    waited_for: str = ""

    @property
    def connection(self) -> ConnectionId:
        """The connection whose folder holds the document."""
        return ConnectionId(self.key.partition("/")[0])

    @property
    def subject(self) -> str:
        """The subject of problems about the document itself."""
        return inbox_subject(self.key)

    @property
    def delivery_subject(self) -> str:
        """The subject of trouble with delivering this document, whatever it says."""
        return f"push/{self.key}"

    def seconds_early(self, now: datetime) -> float:
        """Return how many seconds are left before it may be tried; 0 when it may be tried now."""
        if not self.held_until:
            return 0
        return max(0.0, (datetime.fromisoformat(self.held_until) - now).total_seconds())

    def held(self, seconds: float, now: datetime) -> Self:
        """Return the message that waits so many seconds; a short wait is left to the queue."""
        is_long = seconds > LONGEST_DELAY_SECONDS
        until = now + timedelta(seconds=seconds)
        return replace(self, held_until=until.isoformat() if is_long else "")

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        body = {"key": self.key, "attempt": str(self.attempt)}
        if self.retry:
            body["again"] = "yes"
        texts = {key: getattr(self, field) for key, field in _TEXTS.items()}
        return body | {key: value for key, value in texts.items() if value}


def group_of(body: str) -> str:
    """Return the connection of the first document that a body names; empty when there is none."""
    try:
        return next((each.connection for each in read_messages(body)), "")
    except Fatal:
        return ""


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
            texts = {field: str(message.get(key, "")) for key, field in _TEXTS.items()}
            retry = message.get("again") == "yes"
            return [InvoiceMessage(str(message["key"]), int(message["attempt"]), retry, **texts)]
        # S3 writes a space in a key as a plus sign
        return [
            InvoiceMessage(unquote_plus(each["s3"]["object"]["key"])) for each in message["Records"]
        ]
    except _UNREADABLE as error:
        raise Fatal("message-unreadable", "no notification of the inbox") from error
