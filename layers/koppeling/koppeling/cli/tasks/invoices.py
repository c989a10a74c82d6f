"""Invoices by hand: putting one in the inbox, and offering what lies there from before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from koppeling.cli.exits import UsageError
from koppeling.cli.tasks.ports import Outbox, Queue, Shelf
from koppeling.core.catalogue import text
from koppeling.core.connection import Connection
from koppeling.core.errors import Reject
from koppeling.core.ids import ConnectionId
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import State

type Check = Callable[[bytes], Mapping[str, Any]]

_ENDED = frozenset({State.DONE, State.REJECTED})


@dataclass(frozen=True, slots=True)
class Putting:
    """What is put in the inbox, in this order: a PDF must be there when its document arrives."""

    number: str
    objects: tuple[tuple[str, bytes], ...]


def putting(
    connection: ConnectionId, document: bytes, pdf: bytes | None, check: Check, language: str
) -> Putting:
    """Hold an invoice against the contract and say under which keys it goes in the inbox.

    Raises:
        Misused: it is not as agreed, is for another connection, or its PDF is another one.
    """
    try:
        content = check(document)
    except Reject as refusal:
        raise UsageError(text(refusal.code, language, refusal.values)) from refusal
    if content["connection_id"] != connection:
        raise UsageError(f"the document is for {content['connection_id']}, not for {connection}")
    number, announced = str(content["invoice_number"]), content["pdf"]
    objects: list[tuple[str, bytes]] = []
    if pdf is not None:
        objects.append((_pdf_key(announced, pdf), pdf))
    objects.append((key_of(connection, number), document))
    return Putting(number, tuple(objects))


def put(shelf: Shelf, what: Putting) -> None:
    """Put an invoice in the inbox; its document starts the delivery."""
    for key, content in what.objects:
        shelf.put(key, content)


def key_of(connection: ConnectionId, number: str) -> str:
    """Return where the document of an invoice lies in the inbox (DESIGN 1)."""
    return f"{connection}/{number}.json"


@dataclass(frozen=True, slots=True)
class WaitingDocument:
    """A document in the inbox that was not delivered yet, or whose delivery did not end."""

    key: str
    number: str
    invoice_date: date
    is_existing: bool


class HistoryOffer:
    """Offers what lies in the inbox already; breaking it off and beginning again loses nothing.

    What was delivered stands in the outbox and is passed over, so the outbox is the place to go on.
    """

    def __init__(
        self,
        *,
        shelf: Shelf,
        outbox: Outbox,
        read: Callable[[str], bytes | None],
        check: Check,
        queue: Queue,
    ) -> None:
        self._shelf = shelf
        self._outbox = outbox
        self._read = read
        self._check = check
        self._queue = queue

    def found(self, connection: Connection) -> Iterator[WaitingDocument | str]:
        """Yield what is to be offered; of a document that is not as agreed only its key."""
        states = {item.number: item.state for item in self._outbox.all(connection.id)}
        wants_existing = connection.existing_as_entries or connection.existing_as_pdfs
        for lying in self._shelf.lying(connection.id):
            if not lying.key.endswith(".json"):
                continue
            old = self._old(lying.key, connection)
            if isinstance(old, str) or (
                states.get(old.number) not in _ENDED and (wants_existing or not old.is_existing)
            ):
                yield old

    def offer(
        self, found: list[WaitingDocument], pause: Callable[[float], None]
    ) -> Iterator[WaitingDocument]:
        """Offer documents, at most ten a second (R36)."""
        for old in paced(found, pause):
            self._queue.send([(InvoiceMessage(old.key).as_message(), 0)])
            yield old

    def _old(self, key: str, connection: Connection) -> WaitingDocument | str:
        content = self._read(key)
        if content is None:
            return key
        try:
            document = self._check(content)
        except Reject:
            return key
        day = date.fromisoformat(document["invoice_date"])
        number = str(document["invoice_number"])
        return WaitingDocument(key, number, day, is_existing=day < connection.start_date)


def _pdf_key(announced: Mapping[str, Any] | None, pdf: bytes) -> str:
    if announced is None:
        raise UsageError("the document announces no PDF, so none can go with it")
    if sha256(pdf).hexdigest() != announced["sha256"] or len(pdf) != announced["size_bytes"]:
        raise UsageError(
            "the PDF is another one than the document announces (sha256 or size differ)"
        )
    return str(announced["key"])


A_SECOND = 10


def paced[Each](
    things: Iterable[Each], pause: Callable[[float], None], a_second: int = A_SECOND
) -> Iterator[Each]:
    """Yield things with a pause between every two of them."""
    for count, thing in enumerate(things):
        if count:
            pause(1 / a_second)
        yield thing
