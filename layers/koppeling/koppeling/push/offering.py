"""Offering invoices again that wait for a person; a delivery takes each of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Problems, Queue
from koppeling.core.problems import (
    ENTRY_GONE,
    OPERATOR,
    Problem,
    entry_subject,
    inbox_subject,
    invoice_of,
    invoice_subject,
    number_in,
)
from koppeling.push.decider import Decider
from koppeling.push.deciding import NOBODY, decided_by, decision_time
from koppeling.push.invoice import key_of
from koppeling.push.messages import LONGEST_DELAY_SECONDS, TAKE_UP, InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.ports import DocumentFolder, Outbox
from koppeling.push.strays import STRAY, strays

PER_SECOND = 10  # R36
# Problems whose subject ends in the key of a document: what it says, and how its delivery went
_DOCUMENTS = frozenset({"inbox", "push"})


@dataclass(frozen=True, slots=True)
class InvoiceOffer:
    """One invoice that can be offered again, by the key of its document.

    `gone` is the id of an entry that was deleted in Exact: the invoice is booked again.
    `decided` is when it was last decided about; `is_skipped` says that it was left as it is.
    """

    subject: str
    code: str
    key: str
    gone: str = ""
    decided: str = ""
    is_skipped: bool = False

    @property
    def by_name_only(self) -> bool:
        """Say whether it is offered only when a person names it."""
        return bool(self.gone) or self.is_skipped


@dataclass(frozen=True, slots=True)
class InvoiceOffers:
    """Finds the invoices that wait for a person, and offers them again."""

    outbox: Outbox
    problems: Problems
    inbox: DocumentFolder
    queue: Queue
    now: Now

    def found(self, connection: ConnectionId) -> Iterator[InvoiceOffer]:
        """Find every invoice that was refused, or whose PDF, document or entry has a problem.

        It reads all invoices of the connection, and lists its folder in the inbox.
        """
        present = {one.key for one in self.inbox.list_objects(connection)}
        items = {item.number: item for item in self.outbox.all(connection)}
        offers = _offers(connection, items, self.problems.opened(connection))
        yield from (one for one in offers if one.key in present)

    def named(self, connection: ConnectionId, subjects: Iterable[str]) -> list[InvoiceOffer]:
        """Find what these subjects name, without a look at any other invoice.

        A subject is that of a problem, or of a skipped invoice.
        """
        wanted = set(subjects)
        numbers = {number for each in wanted if (number := number_in(each)) is not None}
        found = (self.outbox.get(connection, number) for number in sorted(numbers))
        items = {item.number: item for item in found if item is not None}
        problems = [each for each in self.problems.opened(connection) if each.subject in wanted]
        offers = _offers(connection, items, problems)
        return [one for one in offers if one.subject in wanted and self.inbox.holds(one.key)]

    def strays(self, connection: ConnectionId) -> Iterator[InvoiceOffer]:
        """Find documents that came before their connection existed."""
        for key in strays(self.problems):
            if key.partition("/")[0] == connection and self.inbox.holds(key):
                yield InvoiceOffer(inbox_subject(key), STRAY, key)

    def offer(self, one: InvoiceOffer, by: Decider = NOBODY) -> None:
        """Offer an invoice again, at once."""
        self.queue.send([(self._message(one, by), 0)])
        if one.code == STRAY:
            # From here on the delivery tells how it went
            self.problems.close(OPERATOR, one.subject)

    def offer_all(self, offers: Iterable[InvoiceOffer], by: Decider = NOBODY) -> int:
        """Offer invoices again in one go; the queue hands out ten a second (R36)."""
        return self.queue.send(
            (self._message(one, by), min(place // PER_SECOND, LONGEST_DELAY_SECONDS))
            for place, one in enumerate(offers)
        )

    def _message(self, one: InvoiceOffer, by: Decider) -> dict[str, str]:
        message = InvoiceMessage(
            one.key,
            retry=True,
            rebook_entry_id=one.gone,
            decision=TAKE_UP,
            decided_at=decision_time(self.now(), one.decided),
        )
        return decided_by(message, by).as_message()


def _offers(
    connection: ConnectionId, items: Mapping[str, OutboxItem], problems: Iterable[Problem]
) -> Iterator[InvoiceOffer]:
    """Return what can be offered again, as far as these invoices and problems show it.

    Problems name an invoice by its number, and a document or its delivery by its key.
    """
    entries = {entry_subject(number): item for number, item in items.items()}
    gone = {number: item for number, item in items.items() if item.is_skipped_without_entry}
    codes = {
        number: item.code or ""
        for number, item in items.items()
        if item.state is State.REJECTED or (item.is_skipped and number not in gone)
    }
    keys: dict[tuple[str, str], str] = {}
    for problem in problems:
        kind, _, name = problem.subject.partition("/")
        number = invoice_of(problem.subject)
        if problem.code == ENTRY_GONE and problem.subject in entries:
            gone[entries[problem.subject].number] = entries[problem.subject]
        elif number is not None:
            codes.setdefault(number, problem.code)
        elif kind in _DOCUMENTS:
            keys.setdefault((problem.subject, name), problem.code)
    yield from (_rebooking(item) for item in gone.values() if item.entry_id is not None)
    for number, code in sorted(codes.items()):
        yield _offer(connection, number, code, items.get(number))
    for (subject, key), code in sorted(keys.items()):
        yield InvoiceOffer(subject, code, key)


def _offer(
    connection: ConnectionId, number: str, code: str, item: OutboxItem | None
) -> InvoiceOffer:
    return InvoiceOffer(
        invoice_subject(number),
        code,
        key_of(connection, number),
        decided="" if item is None else item.decided,
        is_skipped=item is not None and item.is_skipped,
    )


def _rebooking(item: OutboxItem) -> InvoiceOffer:
    """Return what books an invoice again whose entry was deleted in Exact (X172)."""
    return InvoiceOffer(
        entry_subject(item.number),
        ENTRY_GONE,
        key_of(item.connection, item.number),
        gone=str(item.entry_id),
        decided=item.decided,
    )
