"""Invoices by hand: putting one in the inbox, and offering what is in it from before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from koppeling.cli.exits import UsageError
from koppeling.core.catalogue import text
from koppeling.core.connection import Connection
from koppeling.core.errors import Reject
from koppeling.core.ids import ConnectionId
from koppeling.push.contract import check
from koppeling.push.invoice import Invoice, key_of
from koppeling.push.messages import InvoiceMessage
from koppeling.push.offering import PER_SECOND
from koppeling.push.outbox import State

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

_ENDED = frozenset({State.DONE, State.REJECTED})


@dataclass(frozen=True, slots=True)
class InvoiceUpload:
    """An invoice for the inbox; its objects go there in this order, the document last.

    `notes` name the fields that are wrong but stop no booking.
    """

    number: str
    objects: tuple[tuple[str, bytes], ...]
    notes: tuple[str, ...]


def invoice_upload(
    connection: ConnectionId, document: bytes, pdf: bytes | None, language: str
) -> InvoiceUpload:
    """Check an invoice against the contract and return under which keys it goes in the inbox.

    Raises:
        UsageError: it breaks the contract, is for another connection, or the PDF is not its own.
    """
    try:
        content = check(document)
    except Reject as refusal:
        raise UsageError(text(refusal.code, language, refusal.values)) from refusal
    if content["connection_id"] != connection:
        raise UsageError(f"the document is for {content['connection_id']}, not for {connection}")
    invoice = Invoice.from_document(content)
    objects: list[tuple[str, bytes]] = []
    if pdf is not None:
        objects.append((_pdf_key(invoice, pdf), pdf))
    objects.append((key_of(connection, invoice.number), document))
    return InvoiceUpload(invoice.number, tuple(objects), invoice.notes)


@dataclass(frozen=True, slots=True)
class WaitingDocument:
    """A document in the inbox that was not delivered yet, or whose delivery did not end."""

    key: str
    number: str
    invoice_date: date
    is_existing: bool


class HistoryOffer:
    """Offers what is in the inbox already.

    What was delivered is in the outbox and is passed over. So it may be broken off and begun again.
    """

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def found(self, connection: Connection) -> Iterator[WaitingDocument | str]:
        """Yield what is to be offered; of a document that breaks the contract its key alone."""
        items = self._stack.stores.outbox.all(connection.id)
        states = {item.number: item.state for item in items}
        wants_existing = connection.existing_as_entries or connection.existing_as_pdfs
        for each in self._stack.inbox.list_objects(connection.id):
            if not each.key.endswith(".json"):
                continue
            waiting = self._waiting(each.key, connection)
            if isinstance(waiting, str) or (
                states.get(waiting.number) not in _ENDED
                and (wants_existing or not waiting.is_existing)
            ):
                yield waiting

    def offer(self, found: list[WaitingDocument]) -> Iterator[WaitingDocument]:
        """Offer documents, at most ten a second."""
        for waiting in paced(self._stack, found):
            message = InvoiceMessage(waiting.key).as_message()
            self._stack.sales_entry_queue.send([(message, 0)])
            yield waiting

    def _waiting(self, key: str, connection: Connection) -> WaitingDocument | str:
        document = self._stack.inbox.document(key)
        if document is None:
            return key
        try:
            content = check(document.content)
        except Reject:
            return key
        day = date.fromisoformat(content["invoice_date"])
        number = str(content["invoice_number"])
        return WaitingDocument(key, number, day, is_existing=day < connection.start_date)


def paced[Each](stack: "Stack", things: Iterable[Each]) -> Iterator[Each]:
    """Yield things with a pause between every two of them."""
    for count, thing in enumerate(things):
        if count:
            stack.pause(1 / PER_SECOND)
        yield thing


def _pdf_key(invoice: Invoice, pdf: bytes) -> str:
    announced = invoice.pdf
    if invoice.pdf_fault:
        raise UsageError(f"the PDF is not announced as agreed: {invoice.pdf_fault}")
    if announced is None:
        raise UsageError("the document announces no PDF, so none can go with it")
    if sha256(pdf).hexdigest() != announced.sha256 or len(pdf) != announced.size_bytes:
        raise UsageError(
            "the PDF is another one than the document announces (sha256 or size differ)"
        )
    return announced.key
