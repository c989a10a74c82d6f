"""One upload of a document or a file: announced, made, and looked for when its fate is unknown."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from koppeling.core.errors import Consequence, Defer, Reject, Retry, Uncertain
from koppeling.core.ids import ExactId
from koppeling.core.problems import ENTRY_GONE
from koppeling.push.entry_search import may_be_forgotten, waits_for_a_person
from koppeling.push.evidence import Ending, Step
from koppeling.push.invoice_checks import is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import LIFE, LOOK_AFTER, SETTLED_AFTER, SentFile
from koppeling.push.pdf import DAMAGED, file_name_of
from koppeling.push.unclear import (
    NO_ANSWER_YET,
    NOTHING_UNCLEAR,
    is_enough,
    is_likely_refusal,
    stop_of,
    text_of_answer,
    unclear,
)

NOT_UPLOADED = "pdf-upload-failed"
TRY_AGAIN = timedelta(hours=1)  # for a file that Exact refused; Exact counts refusals (X40)
PATIENCE = timedelta(days=7)  # counted from the booking, or from the copy that brought the PDF


def find_or_post[T](
    job: InvoiceJob,
    step: Step,
    shown: Mapping[str, object],
    find: Callable[[], T | None],
    post: Callable[[], T],
) -> T:
    """Post, but search first if an earlier attempt may have succeeded (X126, R22).

    `shown` is the body as the evidence shows it.
    """
    sent_at = None if job.is_file_announced else job.item.sent_at
    if sent_at is not None:
        leave_alone(job, sent_at)
    if sent_at is not None or _may_be_there(job):
        found = find()
        if found is not None:
            job.record_evidence(step, Ending.FOUND, "", str(found))
            return found
    if sent_at is not None:
        check_absent(job, sent_at)
    return _post(job, step, shown, post)


def leave_alone(job: InvoiceJob, sent_at: datetime) -> None:
    """Leave an unanswered upload alone for a minute.

    Raises:
        Defer: that minute is not over.
    """
    if job.ports.now() < sent_at + LOOK_AFTER:
        raise Defer(NOT_UPLOADED, sent_at + LOOK_AFTER, "an unanswered upload is left alone")


def _may_be_there(job: InvoiceJob) -> bool:
    """Say whether a document or file may stand in Exact that no answer told of."""
    item, existing = job.item, is_existing(job.invoice, job.connection)
    return item.look_first or existing or may_be_forgotten(job)


def check_absent(job: InvoiceJob, sent_at: datetime) -> None:
    """Wait until an unanswered upload surely is absent, and longer when that happens often.

    Raises:
        Defer: it is too early to post again.
        Reject: it stayed unclear until patience ran out.
        Fatal: it was not carried out, for want of a right.
    """
    item, now = job.item, job.ports.now()
    until = sent_at + (TRY_AGAIN if is_enough(item) else SETTLED_AFTER)
    if now < until:
        raise Defer(NOT_UPLOADED, until, "it may still come")
    stop, is_over = stop_of(item), is_enough(item) and _is_out_of_patience(job)
    if stop is None and not is_over:
        return
    job.move(item.state, sent_at=None, look_first=True)
    raise stop or Reject(NOT_UPLOADED, "unclear until patience ran out")


def _post[T](job: InvoiceJob, step: Step, shown: Mapping[str, object], post: Callable[[], T]) -> T:
    """Announce a call and make it: after a crash it is looked for and not repeated (R18)."""
    if not job.is_file_announced:
        job.move(job.item.state, **_announced(job, step), **NO_ANSWER_YET)
    job.is_file_announced = False
    try:
        return job.post(step, shown, post)
    except Uncertain as lost:
        job.move(job.item.state, sent_at=job.ports.now(), **unclear(job.item, lost))
        if is_likely_refusal(job.item):
            _check_entry(job)
        answer = text_of_answer(job.item)
        job.open_problem(NOT_UPLOADED, **({"message": answer} if answer else {}))
        raise Retry(NOT_UPLOADED, lost.detail) from lost
    except Reject as refusal:
        job.move(job.item.state, sent_at=None, look_first=True)
        raise _refused(job, refusal) from refusal
    except Consequence as stopped:  # X165: Exact did not execute the call
        look_first = job.item.look_first or waits_for_a_person(stopped)
        job.move(job.item.state, sent_at=None, look_first=look_first)
        raise


def announcement_of_file(job: InvoiceJob) -> dict[str, Any]:
    """Return what announces the file together with the step that made its document.

    A file that may be there already is looked for first, so nothing is announced of it yet.
    """
    if _may_be_there(job):
        return {"sent_at": None}
    job.is_file_announced = True
    return _announced(job, Step.ATTACHMENT)


def _announced(job: InvoiceJob, step: Step) -> dict[str, Any]:
    return {"sent_at": job.ports.now() + LIFE, "sent_file": _file_of(job, step)}


def _file_of(job: InvoiceJob, step: Step) -> SentFile | None:
    pdf = job.invoice.pdf
    if pdf is None or step is not Step.ATTACHMENT:
        return None
    return SentFile(file_name_of(job.invoice, pdf), pdf.sha256, pdf.size_bytes)


def _refused(job: InvoiceJob, refusal: Reject) -> Consequence:
    """Return what follows when Exact refuses a PDF: another attempt, unless it is damaged.

    Raises:
        Reject: its entry was deleted.
    """
    if refusal.code == DAMAGED:
        return Reject(DAMAGED, refusal.detail)
    _check_entry(job)
    if _is_out_of_patience(job):
        return Reject(NOT_UPLOADED, "refused until patience ran out")
    job.open_problem(NOT_UPLOADED, message=refusal.values.get("message", ""))
    return Defer(NOT_UPLOADED, job.ports.now() + TRY_AGAIN, refusal.detail)


def _check_entry(job: InvoiceJob) -> None:
    """Make sure that the entry still stands, when Exact seems to refuse what hangs on it (X172).

    Without it nothing is looked for any more: what Exact may hold of the PDF hangs on nothing.

    Raises:
        Reject: somebody deleted it in Exact.
    """
    entry = known(job.item.entry_id)
    if job.books.has_entry(entry):
        return
    job.move(job.item.state, sent_at=None, look_first=True, **NOTHING_UNCLEAR)
    raise Reject(ENTRY_GONE, f"EntryID {entry}")


def _is_out_of_patience(job: InvoiceJob) -> bool:
    now = job.ports.now()
    return now >= (job.item.pdf_awaited_since or now) + PATIENCE


def known(value: ExactId | None) -> ExactId:
    """Return an id that an item in this state has."""
    if value is None:
        raise ValueError("an item in this state has this id")
    return value
