"""The outbox: what is known about one invoice on its way to Exact, one item for each (X166).

An idempotency utility, such as that of Powertools, is not enough here (DF12). It forgets its record
when a function raises, and a function that raises after Exact has booked is the very case that
books twice. It also knows only two answers, done and not done; an unanswered call needs a third.

    INTENT ──► POSTING ──► ENTRY ──► DOCUMENT ──► ATTACHED ──► DONE
      ▲  │        │          ▲ └───────────────────────────────▲
      │  │        ▼          │
      │  │     UNKNOWN ──────┘      INTENT, POSTING and UNKNOWN may end in REJECTED,
      └──┴────────┘                 and REJECTED goes back to INTENT when it is tried again

An invoice that becomes no entry (L33, L34) ends in REJECTED as well; its code is a notice. A booked
invoice goes back to INTENT only when its entry was deleted in Exact and a person asks for another
one by the id of that entry (X172, `rebooking`). An invoice that was done without a PDF goes back
to ENTRY when a later copy brings one (`attachment.take_later_pdf`). One with a document goes from
there to DONE when its entry was deleted and a person leaves that so.

Each arrow is one conditional write, before and after each call that changes something (R18).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.decider import Decision
from koppeling.push.invoice import Invoice, key_of
from koppeling.push.invoice_checks import Skip

LOOK_AFTER = timedelta(seconds=60)
"""X169: the result of an unanswered call is looked for after 60 s, and once more after 60 s."""

SETTLED_AFTER = timedelta(seconds=360)
"""R19: Exact may execute a call up to 300 s late; what is absent after 360 s was not executed."""

LIFE = timedelta(seconds=180)
"""How long a push runs at most: until then it may send the call that it announced."""

HISTORY = 50
"""How many states and decisions an item remembers: enough for a person, few enough for an item."""


class State(StrEnum):
    """Where an invoice stands."""

    INTENT = "INTENT"
    POSTING = "POSTING"
    ENTRY = "ENTRY"
    DOCUMENT = "DOCUMENT"
    ATTACHED = "ATTACHED"
    DONE = "DONE"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"


BOOKED = frozenset({State.ENTRY, State.DOCUMENT, State.ATTACHED, State.DONE})
UNSETTLED = frozenset({State.POSTING, State.UNKNOWN})
UNFINISHED = UNSETTLED | {State.INTENT, State.DOCUMENT, State.ATTACHED}
# From these states on an invoice is on its way: to an entry, or to its PDF
TAKEN_UP = frozenset({State.INTENT, State.ENTRY})

# A state follows itself when a call is announced or withdrawn, or a probe or write-back is noted
TRANSITIONS = {
    State.INTENT: {State.INTENT, State.POSTING, State.ENTRY, State.REJECTED},
    State.POSTING: {State.ENTRY, State.INTENT, State.REJECTED, State.UNKNOWN},
    State.UNKNOWN: {State.UNKNOWN, State.ENTRY, State.INTENT, State.REJECTED},
    State.ENTRY: {State.ENTRY, State.DOCUMENT, State.DONE, State.INTENT},
    State.DOCUMENT: {State.DOCUMENT, State.ATTACHED, State.DONE, State.INTENT},
    State.ATTACHED: {State.ATTACHED, State.DONE, State.INTENT},
    State.DONE: {State.DONE, State.ENTRY, State.INTENT},
    State.REJECTED: {State.REJECTED, State.INTENT},
}


class Conflict(Exception):  # noqa: N818 - it names what happened: somebody else moved first
    """The stored item is no longer the one that this step started from."""


class IllegalMove(Exception):  # noqa: N818 - named like Conflict
    """A step that is not in the drawing above: a mistake of ours."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was announced to Exact: what it is found and recognised by."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One invoice; `version` is what a conditional write compares.

    Content: `document_key` says where its document lies in the inbox, empty for the usual place,
    `pdf_name` what its PDF is called in the folder of the connection, empty without a PDF and None
    when an earlier release wrote it, `document_hash` whether the
    invoice changed (X167), `refused_copy` is the version of the copy in the inbox that was last
    refused, passed over or skipped. `dated` is the invoice date, once posted the same as
    `entry_date`. `debtor` is a number, `debtor_name` that of its relation once that was found.
    Entry: `customer`, `journal` and `entry_date` identify an entry whose answer got lost; `lines`
    is how many lines were posted, 0 when that is unknown. `differences` are the fields that Exact
    booked otherwise, `agreed` says that a person accepted them. `posted_at` is the latest moment at
    which the entry can have been posted, or when it was adopted; `sent_at` is the same of an
    unanswered call for a document or attachment, `sent_file` the file that was last announced: a
    later copy may bring another one before that call is settled. `is_rebooked`: the first entry was
    deleted, so another one may exist already and is looked for before the post. `look_first`: an
    earlier try was stopped, or its entry was found and may have a PDF already.
    Unclear answers: `unclear_code` and `unclear_values` are what the last one would mean if nothing
    was stored, `unclear_posts` how many there were since something was stored for sure.
    `gone_entry` is the id of an entry that a comparison no longer found in Exact. `is_listed` says
    whether the list of its month had it when it was read: those of an earlier release are in none.
    Decisions: `decided` is when a person last skipped it or took it up; `skipped_copy` is the
    version of the skipped copy, `skipped_entry` the id of a deleted entry that stays deleted.
    Write-back: `message` is what people read, `written_back_digest` the digest of the state that
    QicsMilestones shows, `write_back_started_at` when a write-back began that has not ended.
    Wait: before `held_until` the copy `held_copy` is not tried; every other step ends that wait.
    """

    connection: ConnectionId
    number: str
    state: State
    document_hash: str
    kind: str
    currency: str
    amount_excl: Decimal
    vat_amount: Decimal
    amount_incl: Decimal
    refused_copy: str = ""
    customer: ExactId | None = None
    journal: str | None = None
    entry_date: date | None = None
    lines: int = 0
    entry_id: ExactId | None = None
    entry_number: str | None = None
    booked_amount: Decimal | None = None
    differences: tuple[str, ...] = ()
    decided: str = ""
    skipped_copy: str = ""
    skipped_entry: str = ""
    agreed: bool = False
    is_rebooked: bool = False
    document_id: ExactId | None = None
    attachment_id: ExactId | None = None
    pdf_sha256: str | None = None
    code: str | None = None
    message: str = ""
    written_back_digest: str = ""
    write_back_started_at: str = ""
    evidence_count: int = 0
    evidence_digest: str = ""
    attempts: int = 0
    posted_at: datetime | None = None
    probed_at: datetime | None = None
    sent_at: datetime | None = None
    document_key: str = ""
    look_first: bool = False
    unclear_code: str = ""
    unclear_values: Mapping[str, str] = field(default_factory=dict)
    unclear_posts: int = 0
    version: int = 1
    history: tuple[tuple[State, datetime], ...] = ()
    held_until: datetime | None = None
    held_copy: str = ""
    sent_file: SentFile | None = None
    dated: date | None = None
    debtor: str = ""
    debtor_name: str = ""
    gone_entry: str = ""
    decisions: tuple[Decision, ...] = ()
    is_listed: bool = field(default=True, compare=False)
    pdf_name: str | None = None

    def to(self, state: State, at: datetime, **changes: Any) -> Self:  # noqa: ANN401 - fields vary
        """Return the item as it stands after a step.

        Raises:
            IllegalMove: the step is not in the drawing.
        """
        if state not in TRANSITIONS[self.state]:
            raise IllegalMove(f"{self.state} -> {state}")
        # Whole seconds tell a person enough, and keep the item small
        step_at = (state, at.replace(microsecond=0))
        history = self.history if state == self.state else (*self.history, step_at)
        step = {"history": history[-HISTORY:], "held_until": None, "held_copy": ""} | changes
        # Whatever writes a step lists it as well
        return replace(self, state=state, version=self.version + 1, is_listed=True, **step)

    @property
    def is_booked(self) -> bool:
        """Say whether Exact is known to have its sales entry."""
        return self.state in BOOKED

    @property
    def is_passed_over(self) -> bool:
        """Say whether it became no entry although nothing was wrong with it (L33, L34)."""
        return self.state is State.REJECTED and self.code in set(Skip)

    @property
    def is_skipped(self) -> bool:
        """Say whether a person chose to skip the copy that was in the inbox then."""
        return bool(self.skipped_copy)

    @property
    def is_skipped_without_entry(self) -> bool:
        """Say whether its entry was deleted in Exact and a person chose to leave that as it is."""
        return bool(self.entry_id) and self.entry_id == self.skipped_entry

    @property
    def is_gone(self) -> bool:
        """Say whether its entry was seen to be deleted in Exact, and nobody left that so."""
        is_seen = bool(self.entry_id) and self.entry_id == self.gone_entry
        return is_seen and self.is_booked and not self.is_skipped_without_entry

    @property
    def day(self) -> date | None:
        """Its invoice date; of an earlier release the day on which it came, if nothing else."""
        came = self.history[0][1].date() if self.history else None
        return self.dated or self.entry_date or came

    @property
    def pdf_awaited_since(self) -> datetime | None:
        """When it was booked, or when a later copy brought a PDF; None before that."""
        entered = (at for state, at in reversed(self.history) if state is State.ENTRY)
        return next(entered, self.posted_at)

    @property
    def is_unsettled(self) -> bool:
        """Say whether an entry was posted and the outcome is unknown."""
        return self.state in UNSETTLED

    @property
    def is_unfinished(self) -> bool:
        """Say whether the link still works on it; a booked one may wait for its PDF alone."""
        return self.is_open_ended or self.state in UNFINISHED

    @property
    def is_under_way(self) -> bool:
        """Say whether a step is still to come without a person, if only that of its PDF."""
        waits_for_pdf = self.state is State.ENTRY and not (self.message or self.is_skipped)
        return self.is_unfinished or waits_for_pdf

    @property
    def working_since(self) -> datetime:
        """When the link took it up, or took it up again; now and then only its call is known."""
        taken_up = (at for state, at in reversed(self.history) if state in TAKEN_UP)
        found = next(taken_up, self.posted_at or self.sent_at)
        return found or datetime.max.replace(tzinfo=UTC)

    @property
    def is_open_ended(self) -> bool:
        """Say whether the outcome of any call is unknown: of an entry, a document or a file."""
        return self.is_unsettled or self.sent_at is not None


def begun(invoice: Invoice, key: str, at: datetime) -> OutboxItem:
    """Return the first item of an invoice whose document lies under this key."""
    return OutboxItem(
        connection=invoice.connection,
        number=invoice.number,
        state=State.INTENT,
        # The usual one is known without it, and an item is small
        document_key="" if key == key_of(invoice.connection, invoice.number) else key,
        history=((State.INTENT, at),),
        **content_of(invoice),
    )


def content_of(invoice: Invoice) -> dict[str, Any]:
    """Return the fields of an item that come from the document."""
    return {
        "document_hash": invoice.content_hash,
        "kind": invoice.kind,
        "currency": invoice.currency,
        "amount_excl": invoice.amount_excl,
        "vat_amount": invoice.vat_amount,
        "amount_incl": invoice.amount_incl,
        "dated": invoice.invoice_date,
        "debtor": invoice.debtor_code,
        "pdf_name": invoice.pdf_name,
    }
