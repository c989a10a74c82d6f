"""Dead letters: what the sales-entry queue gave up on becomes a problem, and can be offered again.

look:        a problem for each document; the message stays where it is, so the alarm stays on
offer again: to the sales-entry queue, and only then the message goes
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Problems, Queue
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.push.messages import InvoiceMessage, read_messages

# Its text says that we know and that nobody has to do anything; the log tells what it was
UNKNOWN_REASON = "message-unreadable"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message of the dead-letter queue; `receipt` is by what it is taken away."""

    body: str
    receipt: str


class DeadLetterQueue(Protocol):
    """The dead-letter queue."""

    def letters(self) -> Iterator[DeadLetter]:
        """Return the messages, each once; they stay in the queue."""
        ...

    def remove(self, letter: DeadLetter) -> None:
        """Take a message away."""
        ...


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """What the sales-entry queue gave up on."""

    dead: DeadLetterQueue
    queue: Queue
    problems: Problems

    def look(self) -> Summary:
        """Open a problem for each document, unless one tells the reason already."""
        counts = {"documents": 0, "unreadable": 0}
        for letter in self.dead.letters():
            held = _documents(letter)
            counts["documents"] += len(held)
            counts["unreadable"] += not held
            for offer in held:
                self._tell(offer)
        return Summary("dead-letters", "looked", counts=counts)

    def offer_again(self, connection: ConnectionId) -> int:
        """Offer every document of a connection again; returns how many."""
        offered = 0
        for letter in self.dead.letters():
            own = [o for o in _documents(letter) if o.key.startswith(f"{connection}/")]
            if own:
                again = [replace(o, attempt=0, retry=True) for o in own]
                self.queue.send([(offer.as_message(), 0) for offer in again])
                self.dead.remove(letter)
                offered += len(own)
        return offered

    def _tell(self, offer: InvoiceMessage) -> None:
        connection, _, name = offer.key.partition("/")
        subject = f"inbox/{offer.key}"
        known = {each.subject for each in self.problems.opened(ConnectionId(connection))}
        if subject not in known:
            values = {"invoice": name.removesuffix(".json")}
            self.problems.open(Problem(ConnectionId(connection), subject, UNKNOWN_REASON, values))


def _documents(letter: DeadLetter) -> list[InvoiceMessage]:
    try:
        return read_messages(letter.body)
    except Fatal:
        return []
