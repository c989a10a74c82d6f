"""The outbox: what is known about one invoice on its way to Exact, one item for each (X166).

A utility for idempotency, such as that of Powertools, is not enough here (DF12): it forgets its
record when a function raises, and raising after Exact has booked is the very case that books twice.
It also knows two answers only, done and not done, where an unanswered call needs a third.

    INTENT ──► POSTING ──► ENTRY ──► DOCUMENT ──► ATTACHED ──► DONE
      ▲  │        │          ▲ └───────────────────────────────▲
      │  │        ▼          │
      │  │     UNKNOWN ──────┘      INTENT, POSTING and UNKNOWN may end in REJECTED,
      └──┴────────┘                 and REJECTED goes back to INTENT when offered again

An invoice that becomes no entry (L33, L34) ends in REJECTED as well, with a notice for its code.
One whose entry somebody deleted in Exact goes back to INTENT too, when a person asks for that by
the id of the entry (X172, `push_entry.book_anew`). Nothing else leads back from a booking.

Each arrow is one conditional write, before and after each call that changes something (R18).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from koppeling.core.ids import ConnectionId, ExactId

LOOK_AFTER = timedelta(seconds=60)
"""X169: an unanswered call is looked for after 60 s, and again after another 60 s."""

SETTLED_AFTER = timedelta(seconds=360)
"""R19: Exact may carry a call out up to 300 s late; only after that (and 60 s) absent is absent."""

LIFE = timedelta(seconds=180)
"""So long a push runs at most: what it announced and did not note, it may have sent until then."""

HISTORY = 50
"""How many states an item remembers: enough for a person, small enough for one item."""


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

# A state that may follow itself: a call is announced or withdrawn, a probe or a telling is noted.
TRANSITIONS = {
    State.INTENT: {State.INTENT, State.POSTING, State.ENTRY, State.REJECTED},
    State.POSTING: {State.ENTRY, State.INTENT, State.REJECTED, State.UNKNOWN},
    State.UNKNOWN: {State.UNKNOWN, State.ENTRY, State.INTENT, State.REJECTED},
    State.ENTRY: {State.ENTRY, State.DOCUMENT, State.DONE, State.INTENT},
    State.DOCUMENT: {State.DOCUMENT, State.ATTACHED, State.INTENT},
    State.ATTACHED: {State.ATTACHED, State.DONE, State.INTENT},
    State.DONE: {State.DONE, State.INTENT},
    State.REJECTED: {State.REJECTED, State.INTENT},
}


class Conflict(Exception):  # noqa: N818 - it names what happened: somebody else moved first
    """The stored item is not the one this step began from."""


class IllegalMove(Exception):  # noqa: N818 - named like Conflict
    """A step that the drawing above does not hold: a mistake of ours."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One invoice. `version` is what a conditional write compares.

    `document_hash` tells a changed invoice (X167); `offered` which copy in the inbox was read.
    `customer`, `journal` and `entry_date` are what a lost entry is recognised by; `lines` is how
    many lines were sent. `posted_at` is when the entry was sent or taken over, `sent_at` when the
    call for a document or attachment was sent whose outcome is not known; both are the latest
    moment that this can have been.
    `differences` names what Exact booked otherwise.
    `decided` is the moment at which a person last chose to leave it or to take it up again; left
    are the copy in the inbox (`skipped_copy`, its version) and an entry that is gone
    (`skipped_entry`, its id). `agreed`: a person agreed with an entry that differs. `anew`: the
    entry was deleted in Exact and a person wants another one, so it is looked for before a post.
    `message` is what people read about it, `told` the digest of what QicsMilestones was told last,
    `telling` the moment of a telling that is announced and not noted yet; of the evidence the
    number of pieces and the digest of the last one are kept.
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
    offered: str = ""
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
    version: int = 1
    history: tuple[tuple[State, datetime], ...] = ()

    def to(self, state: State, at: datetime, **changes: Any) -> Self:  # noqa: ANN401 - fields vary
        """Return the item as it stands after a step.

        Raises:
            IllegalMove: the step is not one of the drawing.
        """
        if state not in TRANSITIONS[self.state]:
            raise IllegalMove(f"{self.state} -> {state}")
        history = self.history if state == self.state else (*self.history, (state, at))
        return replace(
            self, state=state, version=self.version + 1, history=history[-HISTORY:], **changes
        )

    @property
    def is_booked(self) -> bool:
        """Say whether a sales entry is known to stand in Exact."""
        return self.state in BOOKED

    @property
    def is_skipped(self) -> bool:
        """Say whether a person chose to leave it as it is, with the copy that lay there then."""
        return bool(self.skipped_copy)

    @property
    def is_skipped_without_entry(self) -> bool:
        """Say whether its entry was deleted in Exact and a person chose to leave that so."""
        return bool(self.entry_id) and self.entry_id == self.skipped_entry

    @property
    def is_unsettled(self) -> bool:
        """Say whether an entry was sent whose outcome is not known."""
        return self.state in UNSETTLED


def look_from(sent_at: datetime) -> datetime:
    """Return when an unanswered call may first be looked for (X169)."""
    return sent_at + LOOK_AFTER


def settled_from(sent_at: datetime) -> datetime:
    """Return from when on nothing found means that nothing was carried out (R19)."""
    return sent_at + SETTLED_AFTER
