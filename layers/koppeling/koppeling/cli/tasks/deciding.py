"""What a person decides about an invoice: its entry is right as it is, or nothing has to be done.

The decision is one conditional write. Then what the invoice waited for is forgotten, its problems
close, and a delivery tells QicsMilestones; after a crash between them the same command goes on.
"""

from typing import Any

from koppeling.cli.exits import NotFound, Stopped
from koppeling.cli.tasks.invoices import key_of
from koppeling.cli.tasks.ports import Outbox, Problems, Queue, Shelf, Waits
from koppeling.clock import Now
from koppeling.domain.names import ConnectionId
from koppeling.domain.outbox import Conflict, OutboxItem, State
from koppeling.domain.problems import entry_subject, invoice_subject
from koppeling.domain.sales_entry import DIFFERS
from koppeling.events import Offer


class Deciding:
    """Carries out decisions about invoices of one stack."""

    def __init__(  # noqa: PLR0913 - each is a place in which something is open
        self,
        *,
        outbox: Outbox,
        problems: Problems,
        waits: Waits,
        shelf: Shelf,
        queue: Queue,
        now: Now,
    ) -> None:
        self._outbox = outbox
        self._problems = problems
        self._waits = waits
        self._shelf = shelf
        self._queue = queue
        self._now = now

    def confirm(self, connection: ConnectionId, number: str) -> None:
        """Agree with an entry that differs from its invoice (X112): it is right as it stands.

        Raises:
            NotFound: there is no such invoice.
            Stopped: its entry does not differ, or it is being delivered at this moment.
        """
        item = self._item(connection, number)
        told = (invoice_subject(number), DIFFERS) in self._open(connection)
        if not item.differences and not told:
            raise Stopped(f"the entry of {number} does not differ from its invoice")
        self._decide(item, differences=())

    def skip(self, connection: ConnectionId, number: str) -> None:
        """Leave an invoice as it is: refused, changed after booking, without PDF, its entry gone.

        A new copy in the inbox and `koppeling retry` take it up again.

        Raises:
            NotFound: there is no such invoice.
            Stopped: nothing about it waits for a person, or it is being delivered at this moment.
        """
        item = self._item(connection, number)
        subjects = {subject for subject, _ in self._open(connection)}
        left = {item.offered} if item.state is State.REJECTED else set()
        if item.is_booked and invoice_subject(number) in subjects:
            left.add(item.offered)
        if item.is_booked and entry_subject(number) in subjects:
            left.add(item.entry_id or "")
        left.discard("")
        if not left:
            raise Stopped(f"nothing about {number} waits for a person")
        message = item.message if item.state is State.REJECTED else ""
        self._decide(item, message=message, skipped=tuple(sorted({*item.skipped, *left})))
        self._problems.close(connection, entry_subject(number))

    def _item(self, connection: ConnectionId, number: str) -> OutboxItem:
        item = self._outbox.get(connection, number)
        if item is None:
            raise NotFound(f"there is no invoice {number}: `koppeling invoices {connection}`")
        return item

    def _open(self, connection: ConnectionId) -> set[tuple[str, str]]:
        return {(problem.subject, problem.code) for problem in self._problems.opened(connection)}

    def _decide(self, item: OutboxItem, **changes: Any) -> None:  # noqa: ANN401 - fields of the item vary
        try:
            self._outbox.move(item, item.to(item.state, self._now(), **changes))
        except Conflict as conflict:
            told = f"{item.number} is being delivered now: try again in a minute"
            raise Stopped(told) from conflict
        for wait in self._waits.of(item.connection):
            if wait.number == item.number:
                self._waits.drop(item.connection, wait)
        self._problems.close(item.connection, invoice_subject(item.number))
        key = key_of(item.connection, item.number)
        if any(one.key == key for one in self._shelf.lying(item.connection)):
            self._queue.send([(Offer(key).as_message(), 0)])
