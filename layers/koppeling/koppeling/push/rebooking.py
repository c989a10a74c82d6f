"""Booking an invoice anew whose entry was deleted in Exact, when a person asks for it (X172)."""

from collections.abc import Mapping
from typing import Any

from koppeling.core.ids import ExactId
from koppeling.push.entry_search import look
from koppeling.push.evidence import Ending, Step
from koppeling.push.inbox_marks import unmark_pdf
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import State
from koppeling.push.unclear import NOTHING_UNCLEAR

# The fields of an invoice whose entry, document and file were deleted
_NOT_BOOKED: Mapping[str, Any] = {
    **dict.fromkeys(("entry_id", "entry_number", "booked_amount", "document_id", "attachment_id")),
    **dict.fromkeys(("pdf_sha256", "code", "posted_at", "probed_at", "sent_at")),
    **NOTHING_UNCLEAR,
    "differences": (),
    "lines": 0,
    "agreed": False,
    "is_rebooked": True,
    "skipped_entry": "",
    "message": "",
}


def rebook(job: InvoiceJob) -> None:
    """Start an invoice again whose entry was deleted, when a person asks for it (X172).

    The entry is looked for by its id as well, because changing its reference does not delete it.
    Another entry with the number is only noticed when the invoice is booked (`adopt_existing`).
    """
    deleted = ExactId(job.message.rebook_entry_id)
    found = look(job)
    exists = any(entry.id == deleted for entry in (*found.ours, *found.others))
    exists = exists or job.books.has_entry(deleted)
    job.close_entry_problems()
    if exists and job.item.skipped_entry:
        job.move(job.item.state, skipped_entry="")  # it gets its PDF again
    elif not exists:
        unmark_pdf(job)
        job.record_evidence(Step.ENTRY, Ending.GONE, "", f"EntryID {deleted}")
        job.close_problems()
        job.move(State.INTENT, **_NOT_BOOKED)
