"""The PDF follows the entry once it is in the inbox: one document with one attachment (L38)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from koppeling.core.errors import Consequence, Defer, Reject, Retry, Uncertain
from koppeling.core.ids import ExactId
from koppeling.core.problems import ENTRY_GONE
from koppeling.push.entry_search import may_be_forgotten, waits_for_a_person
from koppeling.push.evidence import Ending, Step, without_file
from koppeling.push.invoice import PdfReference
from koppeling.push.invoice_checks import is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import LIFE, LOOK_AFTER, SETTLED_AFTER, SentFile, State
from koppeling.push.pdf import (
    DAMAGED,
    AttachmentCard,
    attachment_body,
    check_pdf,
    check_upload,
    document_body,
    file_name_of,
    same_document,
)
from koppeling.push.unclear import (
    NO_ANSWER_YET,
    NOTHING_UNCLEAR,
    is_enough,
    is_likely_refusal,
    stop_of,
    text_of_answer,
    unclear,
)

MISSING = "pdf-missing"
NOT_UPLOADED = "pdf-upload-failed"
CHANGED = "pdf-changed-after-booking"
ASK_AGAIN = timedelta(minutes=15)  # for a file that is not in the inbox yet
TRY_AGAIN = timedelta(hours=1)  # for a file that Exact refused; Exact counts refusals (X40)
PATIENCE = timedelta(days=7)  # counted from the booking, or from the copy that brought the PDF


def attach_pdf(job: InvoiceJob) -> int:
    """Bring a booked invoice to DONE; returns how many bytes of PDF were sent to Exact.

    Raises:
        Reject: the file is not the announced one or did not come in time, its entry is gone, or
            another file hangs there.
        Defer: the file is not there yet.
        Retry: an upload got no answer; the next delivery looks for it.
    """
    size = 0
    if not job.item.is_skipped_without_entry:
        _settle_another_file(job)
    if _is_due(job):
        size = _upload(job)
    job.move(State.DONE)
    _check_same_file(job)
    return size


def take_later_pdf(job: InvoiceJob) -> bool:
    """Take up an invoice that was done without a PDF, when this copy has one.

    Meanwhile a person may have hung it on the entry, so it is looked for first.

    Raises:
        Reject: another PDF is there already; Exact keeps what was uploaded, so a person decides.
    """
    if not _is_wanted(job):
        return False
    if job.item.attachment_id is None:
        job.move(State.ENTRY, look_first=True)
        return True
    _check_same_file(job)
    return False


def _check_same_file(job: InvoiceJob) -> None:
    """Refuse a PDF beside the one that hangs at the entry."""
    pdf = job.invoice.pdf
    if pdf is not None and job.item.pdf_sha256 not in (None, pdf.sha256):
        raise Reject(CHANGED)


def _is_due(job: InvoiceJob) -> bool:
    """Say whether a PDF must still go up; none does once a person left the entry deleted."""
    if job.item.is_skipped_without_entry:
        return False
    is_begun = job.item.state is State.DOCUMENT
    return is_begun or (job.item.state is State.ENTRY and _is_wanted(job))


def _is_wanted(job: InvoiceJob) -> bool:
    """Say whether this connection transfers the PDF of an invoice of this date (L40, L41)."""
    existing = is_existing(job.invoice, job.connection)
    chosen = job.connection.existing_as_pdfs if existing else job.connection.with_pdfs
    return chosen and job.invoice.announces_pdf


def _upload(job: InvoiceJob) -> int:
    pdf = job.invoice.pdf
    if job.invoice.pdf_fault:
        raise Reject(DAMAGED, job.invoice.pdf_fault)
    if pdf is None:  # an earlier copy of the invoice had one, and its document was created
        raise Reject(MISSING, "the offer has no PDF any more")
    content = _fetch(job, pdf)
    check_pdf(content, pdf, job.invoice)
    if job.item.state is State.ENTRY:
        _create_document(job)
    _attach(job, pdf, content)
    return len(content)


def _fetch(job: InvoiceJob, pdf: PdfReference) -> bytes:
    content = job.ports.inbox.pdf(pdf.key)
    if content is not None:
        return content
    now = job.ports.now()
    until = (job.item.pdf_awaited_since or now) + PATIENCE
    if now >= until:
        raise Reject(MISSING, "waited for it in vain", until=until.isoformat())
    job.open_problem(MISSING, until=until.isoformat())
    raise Defer(MISSING, now + ASK_AGAIN)


def _create_document(job: InvoiceJob) -> None:
    entry, customer = _known(job.item.entry_id), _known(job.item.customer)

    def find() -> ExactId | None:
        cards = job.books.documents_of_entry(entry)
        return next((card.id for card in cards if same_document(card, job.invoice)), None)

    body = document_body(job.invoice, customer, entry)
    document = _find_or_post(job, Step.DOCUMENT, body, find, lambda: job.books.post_document(body))
    job.move(State.DOCUMENT, document_id=document, sent_at=None, **NOTHING_UNCLEAR)


def _attach(job: InvoiceJob, pdf: PdfReference, content: bytes) -> None:
    document, name = _known(job.item.document_id), file_name_of(job.invoice, pdf)

    def find() -> AttachmentCard | None:
        return _attachment_named(job, name)

    body = attachment_body(document, name, content)
    shown = without_file(body, pdf.sha256, len(content))
    card = _find_or_post(job, Step.ATTACHMENT, shown, find, lambda: job.books.post_attachment(body))
    # A file of another size stays announced: it is looked for again, never sent twice (R22)
    _attached(job, check_upload(card, len(content), job.invoice), pdf.sha256)


def _settle_another_file(job: InvoiceJob) -> None:
    """Find out what became of a file that an earlier copy announced, before another one is sent.

    Raises:
        Defer: it is too early to tell.
        Reject: Exact has a part of it.
    """
    item, pdf = job.item, job.invoice.pdf
    sent, sent_at = item.sent_file, item.sent_at
    if item.state is not State.DOCUMENT or sent is None or sent_at is None:
        return
    if pdf is not None and pdf.sha256 == sent.sha256:
        return
    _leave_alone(job, sent_at)
    card = _attachment_named(job, sent.name)
    if card is None:
        _check_absent(job, sent_at)
        job.move(item.state, sent_at=None)
    else:
        job.record_evidence(Step.ATTACHMENT, Ending.FOUND, "", str(card))
        _attached(job, check_upload(card, sent.size, job.invoice), sent.sha256)


def _attachment_named(job: InvoiceJob, name: str) -> AttachmentCard | None:
    cards = job.books.attachments_of_document(_known(job.item.document_id))
    return next((card for card in cards if card.file_name == name), None)


def _attached(job: InvoiceJob, attachment: ExactId, sha256: str) -> None:
    job.move(
        State.ATTACHED,
        attachment_id=attachment,
        pdf_sha256=sha256,
        sent_at=None,
        **NOTHING_UNCLEAR,
    )


def _find_or_post[T](
    job: InvoiceJob,
    step: Step,
    shown: Mapping[str, object],
    find: Callable[[], T | None],
    post: Callable[[], T],
) -> T:
    """Post, but search first if an earlier attempt may have succeeded (X126, R22).

    `shown` is the body as the evidence shows it.
    """
    sent_at = job.item.sent_at
    if sent_at is not None:
        _leave_alone(job, sent_at)
    if sent_at is not None or _may_be_there(job):
        found = find()
        if found is not None:
            job.record_evidence(step, Ending.FOUND, "", str(found))
            return found
    if sent_at is not None:
        _check_absent(job, sent_at)
    return _post(job, step, shown, post)


def _leave_alone(job: InvoiceJob, sent_at: datetime) -> None:
    if job.ports.now() < sent_at + LOOK_AFTER:
        raise Defer(NOT_UPLOADED, sent_at + LOOK_AFTER, "an unanswered upload is left alone")


def _may_be_there(job: InvoiceJob) -> bool:
    """Say whether a document or file may stand in Exact that no answer told of."""
    item, existing = job.item, is_existing(job.invoice, job.connection)
    return item.look_first or existing or may_be_forgotten(job)


def _check_absent(job: InvoiceJob, sent_at: datetime) -> None:
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
    announced = {"sent_at": job.ports.now() + LIFE, "sent_file": _file_of(job, step)}
    job.move(job.item.state, **announced, **NO_ANSWER_YET)
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
    entry = _known(job.item.entry_id)
    if job.books.has_entry(entry):
        return
    job.move(job.item.state, sent_at=None, look_first=True, **NOTHING_UNCLEAR)
    raise Reject(ENTRY_GONE, f"EntryID {entry}")


def _is_out_of_patience(job: InvoiceJob) -> bool:
    now = job.ports.now()
    return now >= (job.item.pdf_awaited_since or now) + PATIENCE


def _known(value: ExactId | None) -> ExactId:
    if value is None:
        raise ValueError("an item in this state has this id")
    return value
