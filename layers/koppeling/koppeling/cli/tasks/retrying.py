"""What an operator names to be offered again: parked records, and invoices that wait.

The link itself does the work: the next pull takes the records, a delivery takes each invoice.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from koppeling.cli.exits import NotFound
from koppeling.cli.tasks.invoices import paced
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import plain_subject
from koppeling.pull.offering import RecordOffer, RecordOffers
from koppeling.push.decider import Decider
from koppeling.push.offering import InvoiceOffer, InvoiceOffers

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

type Offer = RecordOffer | InvoiceOffer


class Retrier:
    """Finds what waits for a person, and offers it again."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._problems = stack.stores.problems
        self._records = RecordOffers(stack.stores.retries, stack.now)
        outbox, problems = stack.stores.outbox, stack.stores.problems
        self._invoices = InvoiceOffers(
            outbox, problems, stack.inbox, stack.sales_entry_queue, stack.now
        )

    def found(self, connection: ConnectionId, subject: str = "") -> list[Offer]:
        """Return what can be offered again, all of it or what a subject names.

        Raises:
            NotFound: the subject names nothing that waits.
        """
        invoices = self._invoices
        everything: list[Offer] = [
            *self._records.found(connection),
            *invoices.found(connection),
            *invoices.strays(connection),
        ]
        if not subject:
            return [one for one in everything if not by_name_only(one)]
        opened = {one.subject for one in self._problems.opened(connection)}
        wanted = [one for one in everything if _is_named(one.subject, subject)]
        if not wanted and subject not in opened:
            wanted = [one for one in everything if _is_named(plain_subject(one.subject), subject)]
        if not wanted and subject in opened | set(map(plain_subject, opened)):
            raise NotFound(f"{subject} cannot be offered: its document does not lie in the inbox")
        if not wanted:
            raise NotFound(
                f"{subject} does not wait: `koppeling problems {connection}` lists subjects"
            )
        return wanted

    def offer(
        self, connection: ConnectionId, wanted: list[Offer], by: Decider
    ) -> Iterator[tuple[Offer, bool]]:
        """Offer things again, at most ten a second; yields each, and whether it still waited."""
        for one in paced(self._stack, wanted):
            if isinstance(one, RecordOffer):
                yield one, self._records.offer(connection, one)
            else:
                self._invoices.offer(one, by)
                yield one, True


def by_name_only(one: Offer) -> bool:
    """Say whether a thing is offered only when a person names it."""
    return isinstance(one, InvoiceOffer) and one.by_name_only


def _is_named(subject: str, named: str) -> bool:
    """Say whether this is a subject, or the last part of one."""
    return named in {subject, subject.partition("/")[2]}
