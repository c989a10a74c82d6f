"""Looking in Exact for the entry of an invoice, and when that must come before a post (X168, X170).

The first try of an invoice posts at once, since a look costs a call for each invoice. Every later
try looks first: an earlier one may have booked after all, or a person did so meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from koppeling.core.errors import Consequence, Fatal, Reauthorise, Reject
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.decisions import linked_entry
from koppeling.push.invoice_checks import is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.money import format_amount
from koppeling.push.outbox import State
from koppeling.push.ports import Outbox
from koppeling.push.sales_entry import EntryCard, fingerprint, ours, same_customer

IN_USE = "entry-number-in-use"
# Who waits this long for an invoice may have entered it by hand
LONG_WAIT = timedelta(days=1)
# After a restore of the table, what was booked just before it is not known for sure: its messages
# and documents may come again for as long as backups and inbox go back
RESTORED = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Found:
    """The entries with the number of an invoice: those that agree with it, and the others."""

    ours: Sequence[EntryCard]
    others: Sequence[EntryCard]


def look(job: InvoiceJob) -> Found:
    """Look for the entry of an invoice: one call.

    Exact compares texts without case, so an entry of `F26-A` also comes when `f26-a` is asked for.
    """
    number = job.item.number
    cards = [each for each in job.books.entries_with_reference(number) if each.your_ref == number]
    agreeing = [each for each in cards if ours(each, job.item)]
    return Found(agreeing, [each for each in cards if each not in agreeing])


def named_entry(job: InvoiceJob, found: Found) -> EntryCard | None:
    """Return the entry that a person named, even if it differs from the invoice (Koppelen).

    Raises:
        Reject: it does not carry the number of the invoice, is of another customer, belongs to
            another invoice of ours, or changed since a person compared it.
    """
    linked = linked_entry(job)
    if not linked:
        return None
    named = [each for each in (*found.ours, *found.others) if each.number == linked]
    if not named:
        raise Reject(IN_USE, "the named entry is not there", entry_number=linked)
    card = named[0]
    if job.message.linked_as not in ("", fingerprint(card)):
        raise Reject(IN_USE, "it changed since it was compared", **_named(card, job))
    if not same_customer(card, job.item):
        raise Reject(IN_USE, "it is of another customer", **_named(card, job))
    if owner_of(job.ports.outbox, job.connection.id, card.id) not in (None, job.item.number):
        raise Reject(IN_USE, "it belongs to another invoice", **_named(card, job))
    return card


def owner_of(outbox: Outbox, connection: ConnectionId, entry: ExactId) -> str | None:
    """Return the number of the invoice to which an entry belongs; it reads all invoices."""
    return next((each.number for each in outbox.all(connection) if each.entry_id == entry), None)


def must_look_first(job: InvoiceJob) -> bool:
    """Say whether the entry of an invoice may stand in Exact already."""
    item = job.item
    was_tried = item.attempts > 0 or any(state is State.REJECTED for state, _ in item.history)
    return (
        was_tried
        or item.is_rebooked
        or item.look_first
        or job.message.retry
        or is_existing(job.invoice, job.connection)
        or may_be_forgotten(job)
    )


def may_be_forgotten(job: InvoiceJob) -> bool:
    """Say whether Exact may have more of this invoice than its item tells, which may be a new one.

    So it may be after a long wait, after a restore of the table, and for an invoice that came
    before the last login: who restores a table or connects anew lets the inbox come again.
    """
    now, restored_at = job.ports.now(), job.ports.restored_at
    came = [at for _, at in job.item.history[:1]]
    came += [job.put_at] if job.put_at is not None else []
    if any(now - at > LONG_WAIT for at in came):
        return True
    if restored_at is not None and now < restored_at + RESTORED:
        return True
    logged_in_at = job.books.logged_in_at()
    return logged_in_at is not None and any(at < logged_in_at for at in came)


def note_stop(job: InvoiceJob, stopped: Consequence) -> None:
    """Note that the work waits for a login or a right: meanwhile a person may enter the invoice."""
    if waits_for_a_person(stopped) and not job.item.look_first:
        job.move(job.item.state, look_first=True)


def waits_for_a_person(stopped: Consequence) -> bool:
    """Say whether work that stopped like this may wait for hours or days."""
    return isinstance(stopped, Reauthorise | Fatal)


def in_use(job: InvoiceJob, entries: Sequence[EntryCard]) -> Reject:
    """Return the refusal that names an entry which has the number of this invoice."""
    values = _named(entries[0], job) if entries else {}
    return Reject(IN_USE, f"{len(entries)} entries have this number", **values)


def _named(entry: EntryCard, job: InvoiceJob) -> dict[str, str]:
    return {
        "entry_number": entry.number,
        "debtor_entry": entry.customer_name,
        "amount_entry": format_amount(entry.amount_incl, entry.currency or job.item.currency),
    }
