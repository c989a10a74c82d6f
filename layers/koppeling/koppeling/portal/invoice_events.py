"""What happened to an invoice, one line for each event, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from koppeling.push.outbox import OutboxItem, State

_WHAT = {
    State.POSTING: "sent",
    State.UNKNOWN: "unclear",
    State.ATTACHED: "attached",
    State.DONE: "done",
    State.REJECTED: "refused",
}


@dataclass(frozen=True, slots=True)
class InvoiceEvent:
    """One event; `what` is its key in the texts."""

    at: datetime
    what: str
    entry: str = ""


def events_of(item: OutboxItem) -> Iterator[InvoiceEvent]:
    """Yield what an item remembers; steps that say nothing to a person are left out.

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
