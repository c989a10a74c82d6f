"""Documents in the inbox that never became an invoice, such as after a notification that got lost.

once a day, per connection: the documents of the last days
    no invoice, no problem, and old enough ──► offer it again, and tell the operator
    its invoice is there by now            ──► close the problem
    a file that nothing uses               ──► see `koppeling.push.unused_files`
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections, Problems, Queue
from koppeling.core.problems import OPERATOR, Problem, inbox_subject
from koppeling.core.summary import Summary
from koppeling.push.messages import InvoiceMessage
from koppeling.push.ports import Folder, Outbox, Placed
from koppeling.push.proof import needs_a_person
from koppeling.push.strays import DOCUMENT
from koppeling.push.unused_files import UnusedFiles

UNSEEN = "inbox-not-taken-up"
# A queue may hold a message back for a while, and a push that failed comes again within hours
OLD_ENOUGH = timedelta(hours=4)
# A look may fall out for a day or two
YOUNG_ENOUGH = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Unseen:
    """Compares the inbox with the outbox, and offers again what got lost in between."""

    inbox: Folder
    outbox: Outbox
    connections: Connections
    problems: Problems
    queue: Queue
    now: Now

    def look(self, connection_id: ConnectionId) -> Summary:
        """Look at one connection; one that is paused or needs a person waits as it is."""
        unseen: list[str] = []
        unused = 0
        connection = self.connections.get(connection_id)
        if connection is not None and not connection.paused:
            opened = list(self.problems.opened(connection_id))
            subjects = {each.subject for each in opened}
            if not any(map(needs_a_person, opened)):
                placed = list(self.inbox.list_objects(connection_id))
                unseen = list(self._unseen(placed, subjects))
                files = UnusedFiles(self.outbox, self.problems, self.now)
                unused = files.look(connection_id, placed, opened)
        for key in unseen:
            folder, _, name = key.partition("/")
            values = {"key": name, "connection": folder}
            self.problems.open(Problem(OPERATOR, inbox_subject(key), UNSEEN, values))
            self.queue.send([(InvoiceMessage(key, retry=True).as_message(), 0)])
        counts = {"found": len(unseen), "unused": unused}
        return Summary("unseen", "looked", connection_id, counts=counts)

    def close_seen(self) -> Summary:
        """Close the problems of documents that are gone, or that were taken up or refused since."""
        closed = 0
        for problem in [each for each in self.problems.opened(OPERATOR) if each.code == UNSEEN]:
            message = InvoiceMessage(problem.subject.partition("/")[2])
            is_there = self.inbox.holds(message.key)
            if not is_there or self._is_known(message, self._subjects(message)):
                closed += 1
                self.problems.close(OPERATOR, problem.subject, lambda each: each.code == UNSEEN)
        return Summary("unseen", "looked", counts={"taken_up": closed})

    def _unseen(self, folder: Iterable[Placed], subjects: set[str]) -> Iterator[str]:
        now = self.now()
        for placed in folder:
            is_recent = OLD_ENOUGH <= now - placed.modified <= YOUNG_ENOUGH
            if is_recent and placed.key.endswith(DOCUMENT):
                message = InvoiceMessage(placed.key)
                if not self._is_known(message, subjects):
                    yield placed.key

    def _subjects(self, message: InvoiceMessage) -> set[str]:
        return {each.subject for each in self.problems.opened(message.connection)}

    def _is_known(self, message: InvoiceMessage, subjects: set[str]) -> bool:
        """Say whether a document became an invoice, or a problem that a person reads."""
        if subjects & {message.subject, message.delivery_subject}:
            return True
        connection, _, name = message.key.partition("/")
        number = name.removesuffix(DOCUMENT)
        if self.outbox.get(ConnectionId(connection), number) is not None:
            return True
        # The contract names a file by its number; one that is named otherwise is booked as well
        return any(item.document_key == message.key for item in self.outbox.all(message.connection))
