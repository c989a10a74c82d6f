"""The invoice that is being delivered, and what comes of a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from koppeling.core import catalogue
from koppeling.core import decimal_json as decimals
from koppeling.core.connection import Connection
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem, invoice_subject
from koppeling.push.evidence import Ending, Evidence, Step
from koppeling.push.invoice import Invoice
from koppeling.push.invoice_texts import values_of
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.ports import Books, PushPorts


class PushOutcome(StrEnum):
    """How one delivery ended when nothing has to be offered again by itself."""

    BOOKED = "booked"
    ALREADY_BOOKED = "already-booked"
    BOOKED_WITHOUT_PDF = "booked-without-pdf"
    SKIPPED = "skipped"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PushResult:
    """What the summary line tells: numbers and codes, no names."""

    outcome: PushOutcome
    connection: ConnectionId
    invoice: str = ""
    code: str = ""
    entry_number: str = ""
    amount_incl: Decimal | None = None
    currency: str = ""
    pdf_bytes: int = 0
    notes: tuple[str, ...] = ()
    retry_write_back: bool = False


@dataclass(slots=True)
class InvoiceJob:
    """The invoice that is being delivered, and its outbox item as it stands now."""

    ports: PushPorts
    connection: Connection
    invoice: Invoice
    books: Books
    item: OutboxItem
    message: InvoiceMessage
    copy_version: str
    notes: list[str] = field(default_factory=list)
    _evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What problems of this invoice are about."""
        return invoice_subject(self.invoice.number)

    @property
    def is_overtaken(self) -> bool:
        """Say whether another delivery moved this invoice since."""
        standing = self.ports.outbox.get(self.connection.id, self.item.number)
        return standing is None or standing.version != self.item.version

    def move(self, state: State, **changes: Any) -> None:  # noqa: ANN401 - fields of the item vary
        """Take one step: one conditional write."""
        after = self.item.to(state, self.ports.now(), **self._evidence, **changes)
        self.ports.outbox.move(self.item, after)
        self.item, self._evidence = after, {}

    def record_evidence(self, step: Step, ending: Ending, sent: object, answer: object) -> None:
        """Keep what was sent and what came back; the next step notes it in the outbox.

        Evidence that cannot be kept is told in the log, and stops no booking.
        """
        told, came = _in_json(sent), _in_json(answer)
        try:
            self._evidence = self._kept(step, ending, told, came)
        except Retry as failure:
            self.notes.append(f"{failure.code}: {failure.detail}")

    def _kept(self, step: Step, ending: Ending, sent: str, answer: str) -> dict[str, Any]:
        count = self._evidence.get("evidence_count", self.item.evidence_count)
        previous = self._evidence.get("evidence_digest", self.item.evidence_digest)
        while True:
            piece = Evidence(
                connection=self.connection.id,
                number=self.invoice.number,
                count=count + 1,
                step=step,
                ending=ending,
                at=self.ports.now().isoformat(),
                sent=sent,
                answer=answer,
                previous=previous,
            )
            standing = self.ports.evidence.add(piece)
            if standing is None:
                return {"evidence_count": piece.count, "evidence_digest": piece.digest}
            # A crash came between keeping that piece and noting it: the story goes on after it
            count, previous = standing.count, standing.digest

    def open(self, code: str, /, **values: str) -> None:
        """Open a problem about this invoice."""
        problem = Problem(self.connection.id, self.subject, code, self._values(code, values))
        self.ports.problems.open(problem)

    def text_of(self, code: str, /, **values: str) -> str:
        """Return what the catalogue says to a bookkeeper about this invoice."""
        return catalogue.text(code, "nl", self._values(code, values))

    def _values(self, code: str, values: Mapping[str, str]) -> dict[str, str]:
        return {**values_of(self.invoice, self.connection, self.item, code), **values}

    def close_problems(self) -> None:
        """Close what is open about this invoice."""
        self.ports.problems.close(self.connection.id, self.subject)


def _in_json(told: object) -> str:
    """Return a body as it goes over the wire; a text as it is."""
    return told if isinstance(told, str) else decimals.dumps(told).decode()
