"""The invoice that is being delivered, and the result of a delivery."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from koppeling.core import catalogue
from koppeling.core import decimal_json as decimals
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Reject, Uncertain
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import ENTRY_GONE, Problem, entry_subject, invoice_subject
from koppeling.push.evidence import Ending, EvidenceDraft, Step, chained
from koppeling.push.invoice import Invoice
from koppeling.push.invoice_texts import values_of
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.ports import Books, PushPorts

# Steps that no list shows: what they write beside themselves would cost a write of its index
_UNSEEN = frozenset({State.INTENT, State.POSTING})


class PushOutcome(StrEnum):
    """How a delivery ended that the queue does not have to repeat."""

    BOOKED = "booked"
    ALREADY_BOOKED = "already-booked"
    BOOKED_WITHOUT_PDF = "booked-without-pdf"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    SETTLED = "settled"
    STRAY = "belongs-to-nobody"


@dataclass(frozen=True, slots=True)
class PushResult:
    """What goes into the summary line: numbers and codes, no names."""

    outcome: PushOutcome
    connection: ConnectionId
    invoice: str = ""
    code: str = ""
    pdf_bytes: int = 0
    notes: tuple[str, ...] = ()
    retry_write_back: bool = False


@dataclass(slots=True)
class InvoiceJob:
    """The invoice that is being delivered, and its outbox item as it is now.

    `copy_version` is the version of the document in the inbox that was read, `put_at` when it was
    put there. `is_absent` says that in this delivery Exact was asked and surely has no entry.
    `pdf_version` is the version of the PDF that was read. The last step may announce what follows
    at once: `announced_write_back` says so of a write-back, `is_file_announced` of a file.
    """

    ports: PushPorts
    connection: Connection
    invoice: Invoice
    books: Books
    item: OutboxItem
    message: InvoiceMessage
    copy_version: str
    put_at: datetime | None = None
    is_absent: bool = False
    pdf_version: str = ""
    announced_write_back: bool = False
    is_file_announced: bool = False
    notes: list[str] = field(default_factory=list)
    _learned: dict[str, Any] = field(default_factory=dict)
    _held_back: list[EvidenceDraft] = field(default_factory=list)
    _evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def is_overtaken(self) -> bool:
        """Say whether another delivery has moved this invoice since."""
        stored = self.ports.outbox.get(self.connection.id, self.item.number)
        return stored is None or stored.version != self.item.version

    def move(self, state: State, *further: State, **changes: Any) -> None:  # noqa: ANN401 - fields of the item vary
        """Take one step: one conditional write, also when further steps follow at once."""
        now = self.ports.now()
        learned = {} if state in _UNSEEN else self._learned
        after = self.item.to(state, now, **self._evidence, **learned | changes)
        for each in further:
            after = after.to(each, now)
        self.ports.outbox.move(self.item, after)
        self.item, self._evidence = after, {}

    def learn(self, **changes: Any) -> None:  # noqa: ANN401 - fields of the item vary
        """Note what is worth no step of its own: the next one that shows in a list writes it."""
        self._learned |= changes

    def post[T](self, step: Step, sent: Mapping[str, object], call: Callable[[], T]) -> T:
        """Make a call that changes something in Exact, and record it as evidence.

        Raises:
            Consequence: what the call raises.
        """
        try:
            answer = call()
        except Uncertain as lost:
            self.record_evidence(step, Ending.UNANSWERED, sent, lost.detail)
            raise
        except Reject as refusal:
            message = refusal.values.get("message", refusal.code)
            self.record_evidence(step, Ending.REFUSED, sent, message)
            raise
        except Consequence:
            self.store_evidence()
            raise
        self.record_evidence(step, Ending.ANSWERED, sent, answer)
        return answer

    def record_evidence(self, step: Step, ending: Ending, sent: object, answer: object) -> None:
        """Store what was sent and what came back; the next move notes it in the outbox.

        Each object costs a call (P15), so what follows within seconds is stored together: that of
        an entry and of its document with that of the file, or at the end of the delivery.
        """
        is_held_back = ending is Ending.ANSWERED and self._is_soon_followed(step)
        now = self.ports.now().isoformat()
        self._held_back.append(EvidenceDraft(step, ending, now, _as_text(sent), _as_text(answer)))
        if not is_held_back:
            self.store_evidence()

    def _is_soon_followed(self, step: Step) -> bool:
        """Say whether a step has another one after it, and a crash in between would show.

        An entry without any evidence shows: see `note_lost_evidence`. A second entry would not.
        """
        return step is Step.DOCUMENT or (step is Step.ENTRY and not self._has_evidence)

    @property
    def _has_evidence(self) -> bool:
        return bool(self._held_back or self._evidence or self.item.evidence_count)

    def note_lost_evidence(self) -> None:
        """Record what the outbox knows of an entry whose evidence went down with its delivery."""
        if not self.item.is_booked or self._has_evidence:
            return
        item = self.item
        known = {"EntryID": item.entry_id, "EntryNumber": item.entry_number}
        self.record_evidence(Step.ENTRY, Ending.FOUND, "", known)

    def store_evidence(self) -> None:
        """Store what was held back.

        Evidence that cannot be stored is noted in the log and stops no booking.
        """
        drafts, self._held_back = self._held_back, []
        try:
            self._evidence |= self._store(drafts)
        except Consequence as failure:
            self.notes.append(f"{failure.code}: {failure.detail}")

    def _store(self, drafts: Sequence[EvidenceDraft]) -> dict[str, Any]:
        count = self._evidence.get("evidence_count", self.item.evidence_count)
        previous = self._evidence.get("evidence_digest", self.item.evidence_digest)
        while drafts:
            owner = (self.connection.id, self.invoice.number)
            pieces = chained(*owner, drafts, count, previous)
            stored = self.ports.evidence.add(*pieces)
            if stored is None:
                return {"evidence_count": pieces[-1].count, "evidence_digest": pieces[-1].digest}
            # A crash came before that piece was noted in the outbox: continue after it
            count, previous = stored.count, stored.digest
        return {}

    def open_problem(self, code: str, /, **values: str) -> None:
        """Open a problem about this invoice, or about its entry when that was deleted."""
        subject_of = entry_subject if code == ENTRY_GONE else invoice_subject
        subject = subject_of(self.invoice.number)
        problem = Problem(self.connection.id, subject, code, self._values(code, values))
        self.ports.problems.open(problem)

    def close_problems(self) -> None:
        """Close all problems about this invoice."""
        self.ports.problems.close(self.connection.id, invoice_subject(self.invoice.number))

    def close_entry_problems(self) -> None:
        """Close all problems about the entry of this invoice, such as that it is gone."""
        self.ports.problems.close(self.connection.id, entry_subject(self.item.number))

    def text_of(self, code: str, /, **values: str) -> str:
        """Return the text of the catalogue, filled in for this invoice."""
        return catalogue.text(code, "nl", self._values(code, values))

    def _values(self, code: str, values: Mapping[str, str]) -> dict[str, str]:
        return values_of(self.invoice, self.connection, self.item, code, values)


def _as_text(body: object) -> str:
    """Return a body as it goes over the wire."""
    return decimals.dumps(body).decode() if isinstance(body, Mapping) else str(body)
