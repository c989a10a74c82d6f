"""What happened to an invoice, one line for each event, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from koppeling.push.decider import OPERATOR_ROLE
from koppeling.push.outbox import OutboxItem, State

# Who works there has a name that means something to AWS alone
QICS = "Qics"
_WHAT = {
    State.POSTING: "sent",
    State.UNKNOWN: "unclear",
    State.ATTACHED: "attached",
    State.DONE: "done",
    State.REJECTED: "refused",
}


@dataclass(frozen=True, slots=True)
class InvoiceEvent:
    """One event; `what` is its key in the texts. A decision has a person, and mostly a reason."""

    at: datetime
    what: str
    entry: str = ""
    who: str = ""
    reason: str = ""


def events_of(item: OutboxItem) -> list[InvoiceEvent]:
    """Return what an item remembers, in its order: first what was decided, then what followed."""
    decided = [
        InvoiceEvent(
            each.at.replace(microsecond=0),
            f"decided-{each.what}",
            each.entry,
            QICS if each.role == OPERATOR_ROLE else each.by,
            each.reason,
        )
        for each in item.decisions
    ]
    # What came within one second stays in its order: not every step keeps parts of it
    return sorted([*decided, *_steps_of(item)], key=lambda event: event.at.replace(microsecond=0))


def _steps_of(item: OutboxItem) -> Iterator[InvoiceEvent]:
    """Yield the steps of an item; those that say nothing to a person are left out.

    An entry that comes without another offer is the same one, for which a later PDF came.
    """
    was_offered = is_booked = False
    for state, at in item.history:
        match state:
            case State.INTENT:
                yield InvoiceEvent(at, "offered-again" if was_offered else "offered")
                was_offered, is_booked = True, False
            case State.ENTRY if is_booked:
                yield InvoiceEvent(at, "pdf-came")
            case State.ENTRY:
                entry = item.entry_number or ""
                yield InvoiceEvent(at, "booked" if entry else "booked-nameless", entry)
                is_booked = True
            case State.REJECTED if item.is_passed_over:
                yield InvoiceEvent(at, "passed-over")
            case _ if state in _WHAT:
                yield InvoiceEvent(at, _WHAT[state])
            case _:
                pass
