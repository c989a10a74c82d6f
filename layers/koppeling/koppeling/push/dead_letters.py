"""Dead letters of the sales-entry queue: each becomes a problem, and can be offered again.

look:        open a problem for each document; the message stays, so the alarm stays on
offer again: send it to the sales-entry queue, and only then remove the message. A message that
             names documents of several connections is removed as a whole, so it is sent as a whole
"""

from dataclasses import dataclass, replace

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections, Problems, Queue
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.push.messages import InvoiceMessage, read_messages
from koppeling.push.ports import DeadLetter, DeadLetterQueue
from koppeling.push.strays import stray_problem

# Its text says that we know and that nobody has to do anything; the log has the reason
UNKNOWN_REASON = "message-unreadable"


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """What the sales-entry queue gave up on."""

    dead: DeadLetterQueue
    queue: Queue
    problems: Problems
    connections: Connections

    def look(self) -> Summary:
        """Open a problem for each document, unless one with the reason is open already.

        Each document is looked at by itself: one of which that fails keeps no other from it.
        """
        counts = {"documents": 0, "unreadable": 0, "failed": 0}
        failures: list[str] = []
        for letter in self.dead.letters():
            messages = _messages(letter)
            counts["documents"] += len(messages)
            counts["unreadable"] += not messages
            for message in messages:
                try:
                    self._open_problem(message)
                except Exception as failure:  # noqa: BLE001 - whatever it is, the others are looked at
                    failures.append(type(failure).__name__)
        counts["failed"] = len(failures)
        return Summary(
            "dead-letters", "looked", detail=" ".join(sorted(set(failures))), counts=counts
        )

    def offer_again(self, connection: ConnectionId) -> int:
        """Offer every document of a connection again; returns how many."""
        offered = 0
        for letter in self.dead.letters():
            messages = _messages(letter)
            own = sum(each.connection == connection for each in messages)
            if own:
                again = [replace(each, attempt=0, retry=True) for each in messages]
                self.queue.send([(message.as_message(), 0) for message in again])
                self.dead.remove(letter)
                offered += own
        return offered

    def _open_problem(self, message: InvoiceMessage) -> None:
        if self.connections.get(message.connection) is None:
            self.problems.open(stray_problem(message.key))
            return
        known = {each.subject for each in self.problems.opened(message.connection)}
        if not known & {message.subject, message.delivery_subject}:
            values = {"invoice": message.key.partition("/")[2].removesuffix(".json")}
            problem = Problem(message.connection, message.subject, UNKNOWN_REASON, values)
            self.problems.open(problem)


def _messages(letter: DeadLetter) -> list[InvoiceMessage]:
    try:
        return read_messages(letter.body)
    except Fatal:
        return []
