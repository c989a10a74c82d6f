"""The state of an invoice that QicsMilestones shows beside it (EntityState)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from koppeling.core import catalogue, rendering
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.sales_entry import DIFFERS

SOURCE = "Exact Online"
SKIPPED = "Overgeslagen: de koppeling doet hier niets meer mee."


@dataclass(frozen=True, slots=True)
class EntityState:
    """The state of one invoice: `key` is the id of its entry, `message` is for a bookkeeper."""

    entity_id: str
    key: str
    at: datetime
    is_error: bool
    message: str

    @property
    def digest(self) -> str:
        """A hash of everything but the moment."""
        text = f"{self.key}|{self.is_error}|{self.message}"
        return sha256(text.encode()).hexdigest()[:16]


def state_of(item: OutboxItem, entity_id: str, at: datetime, page: str = "") -> EntityState | None:
    """Return the state to show now; None while the invoice is being processed.

    A text that asks somebody to act ends with the address of the page where the buttons are.
    """
    if item.state is State.REJECTED:
        return _refused(item, entity_id, at, page)
    if not item.is_booked:
        return None
    if item.is_skipped_without_entry:
        gone = f"Boekstuk {item.entry_number} is uit Exact Online verwijderd. {SKIPPED}"
        return EntityState(entity_id, "", at, is_error=False, message=gone)
    words = [f"Geboekt in Exact Online als boekstuk {item.entry_number}."]
    if item.attachment_id is not None:
        words.append("De pdf staat bij de boeking.")
    if item.differences:
        words.append(catalogue.title(DIFFERS, "nl", {"invoice": item.number}))
    if item.message:  # the booking stands, its PDF does not
        words.append(item.message)
    is_error = bool(item.differences or item.message)
    message = _shown(" ".join(words), page if is_error else "")
    return EntityState(entity_id, item.entry_id or "", at, is_error=is_error, message=message)


def _refused(item: OutboxItem, entity_id: str, at: datetime, page: str) -> EntityState:
    if item.is_skipped:
        return EntityState(entity_id, "", at, is_error=False, message=SKIPPED)
    notice = item.code is not None and catalogue.entry(item.code).level == "notice"
    message = _shown(item.message, "" if notice else page)
    return EntityState(entity_id, "", at, is_error=not notice, message=message)


def _shown(message: str, page: str) -> str:
    """Return a text as QicsMilestones shows it: without marks of emphasis, with the address."""
    text = rendering.plain(message)
    return f"{text} De knoppen staan op {page}" if page else text
