"""The PDF: it follows the entry when it is there, in one document with one attachment (L38)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from koppeling.core.errors import Consequence, Defer, Reject, Retry, Uncertain
from koppeling.core.ids import ExactId
from koppeling.push.evidence import Ending, Step, without_file
from koppeling.push.invoice import PdfReference
from koppeling.push.invoice_checks import is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import LIFE, State, look_from, settled_from
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

MISSING = "pdf-missing"
NOT_UPLOADED = "pdf-upload-failed"
ASK_AGAIN = timedelta(minutes=15)  # for a file that is not in the inbox yet
TRY_AGAIN = timedelta(hours=1)  # for a file that Exact refused; each refusal counts (X40)
PATIENCE = timedelta(days=7)  # counted from the booking


def attach_pdf(job: InvoiceJob) -> int:
    """Bring a booked invoice to DONE; returns how many bytes of PDF stand in Exact by now.

    Raises:
        Reject: the file is not the one that was announced, or did not come in time.
        Defer: the file is not there yet.
        Retry: an upload got no answer; it will be looked for.
    """
    size = 0
    if job.item.state is State.DOCUMENT or (job.item.state is State.ENTRY and _wanted(job)):
        size = _upload(job)
    job.move(State.DONE)
    return size


def _wanted(job: InvoiceJob) -> bool:
    """Say whether this connection transfers PDFs of invoices this old (L40, L41)."""
    existing = is_existing(job.invoice, job.connection)
    chosen = job.connection.existing_as_pdfs if existing else job.connection.with_pdfs
    return chosen and job.invoice.pdf is not None


def _upload(job: InvoiceJob) -> int:
    pdf = job.invoice.pdf
    if pdf is None:  # a document was made for a file that a later offer no longer has
        raise Reject(MISSING, "the offer has no PDF any more")
    content = _fetch(job, pdf)
    check_pdf(content, pdf, job.invoice)
    if job.item.state is State.ENTRY:
        _make_document(job)
    _attach(job, pdf, content)
    return len(content)


def _fetch(job: InvoiceJob, pdf: PdfReference) -> bytes:
    content = job.ports.inbox.pdf(pdf.key)
    if content is not None:
        return content
    now = job.ports.now()
    until = (job.item.posted_at or now) + PATIENCE
    if now >= until:
        raise Reject(MISSING, "waited for it in vain", until=until.isoformat())
    job.open(MISSING, until=until.isoformat())
    raise Defer(MISSING, now + ASK_AGAIN)


def _make_document(job: InvoiceJob) -> None:
    entry, customer = _known(job.item.entry_id), _known(job.item.customer)

    def look() -> ExactId | None:
        cards = job.books.documents_of_entry(entry)
        return next((card.id for card in cards if same_document(card, job.invoice)), None)

    body = document_body(job.invoice, customer, entry)
    upload = _Upload(Step.DOCUMENT, body, look, lambda: job.books.post_document(body))
    document = _once(job, upload)
    job.move(State.DOCUMENT, document_id=document, sent_at=None)


def _attach(job: InvoiceJob, pdf: PdfReference, content: bytes) -> None:
    document, name = _known(job.item.document_id), file_name_of(job.invoice, pdf)

    def look() -> AttachmentCard | None:
        cards = job.books.attachments_of_document(document)
        return next((card for card in cards if card.file_name == name), None)

    body = attachment_body(document, name, content)
    shown = without_file(body, pdf.sha256, len(content))
    upload = _Upload(Step.ATTACHMENT, shown, look, lambda: job.books.post_attachment(body))
    card = _once(job, upload)
    # A file of another size stays announced: it is looked at again, never sent beside it (R22)
    attachment = check_upload(card, content, job.invoice)
    job.move(State.ATTACHED, attachment_id=attachment, pdf_sha256=pdf.sha256, sent_at=None)


@dataclass(frozen=True, slots=True)
class _Upload[T]:
    """A call that puts something in Exact, what of it is kept, and how to look for it."""

    step: Step
    shown: Mapping[str, object]
    look: Callable[[], T | None]
    post: Callable[[], T]


def _once[T](job: InvoiceJob, upload: _Upload[T]) -> T:
    """Post, but look first whether it stands there already when it may (X126, R22)."""
    sent_at, now = job.item.sent_at, job.ports.now()
    if sent_at is not None and now < look_from(sent_at):
        raise Defer(NOT_UPLOADED, look_from(sent_at), "an unanswered upload is left alone")
    if sent_at is not None or is_existing(job.invoice, job.connection):
        found = upload.look()
        if found is not None:
            job.record_evidence(upload.step, Ending.FOUND, "", str(found))
            return found
    if sent_at is not None and now < settled_from(sent_at):
        raise Defer(NOT_UPLOADED, settled_from(sent_at), "it may still come")
    return _announced(job, upload)


def _announced[T](job: InvoiceJob, upload: _Upload[T]) -> T:
    """Note that a call goes out, so that after a crash it is looked for and not repeated (R18)."""
    job.move(job.item.state, sent_at=job.ports.now() + LIFE)
    try:
        made = upload.post()
    except Uncertain as lost:
        job.record_evidence(upload.step, Ending.UNANSWERED, upload.shown, lost.detail)
        job.move(job.item.state, sent_at=job.ports.now())
        job.open(NOT_UPLOADED)
        raise Retry(NOT_UPLOADED, lost.detail) from lost
    except Reject as refusal:
        message = refusal.values.get("message", refusal.code)
        job.record_evidence(upload.step, Ending.REFUSED, upload.shown, message)
        job.move(job.item.state, sent_at=None)
        raise _refused(job, refusal) from refusal
    except Consequence:  # X165: these say that nothing was executed
        job.move(job.item.state, sent_at=None)
        raise
    job.record_evidence(upload.step, Ending.ANSWERED, upload.shown, str(made))
    return made


def _refused(job: InvoiceJob, refusal: Reject) -> Consequence:
    """Return what follows when Exact refuses a PDF: it is tried again, a damaged one is not."""
    message = refusal.values.get("message", "")
    now = job.ports.now()
    if refusal.code == DAMAGED:
        return Reject(DAMAGED, refusal.detail)
    if now >= (job.item.posted_at or now) + PATIENCE:
        return Reject(NOT_UPLOADED, "refused until patience ran out")
    job.open(NOT_UPLOADED, message=message)
    return Defer(NOT_UPLOADED, now + TRY_AGAIN, refusal.detail)


def _known(value: ExactId | None) -> ExactId:
    if value is None:
        raise ValueError("an item in this state has this id")
    return value
