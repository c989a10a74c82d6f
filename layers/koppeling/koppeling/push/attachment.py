"""The PDF follows the entry once it is in the inbox: one document with one attachment (L38)."""

from datetime import timedelta

from koppeling.core.errors import Defer, Reject
from koppeling.core.ids import ExactId
from koppeling.push.evidence import Ending, Step, without_file
from koppeling.push.invoice import PdfReference
from koppeling.push.invoice_checks import is_existing
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import State
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
from koppeling.push.unclear import NOTHING_UNCLEAR
from koppeling.push.upload import (
    PATIENCE,
    announcement_of_file,
    check_absent,
    find_or_post,
    known,
    leave_alone,
)
from koppeling.push.write_back import announcement

MISSING = "pdf-missing"
CHANGED = "pdf-changed-after-booking"
ASK_AGAIN = timedelta(minutes=15)  # for a file that is not in the inbox yet


def attach_pdf(job: InvoiceJob) -> int:
    """Bring a booked invoice to DONE; returns how many bytes of PDF were sent to Exact.

    Raises:
        Reject: the file is not the announced one or did not come in time, its entry is gone, or
            another file hangs there.
        Defer: the file is not there yet.
        Retry: an upload got no answer; the next delivery looks for it.
    """
    if job.item.is_skipped_without_entry:
        # What is on its way stays announced: a person may find that the entry stands after all
        job.move(State.DONE)
        return 0
    job.note_lost_evidence()
    _settle_another_file(job)
    size = _upload(job) if _is_due(job) else 0
    if job.item.state is not State.DONE:
        job.store_evidence()  # of an entry without a PDF: this step notes it
        job.move(State.DONE, **announcement(job))
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
        job.move(State.ENTRY, look_first=True, pdf_name=job.invoice.pdf_name)
        return True
    _check_same_file(job)
    return False


def _check_same_file(job: InvoiceJob) -> None:
    """Refuse a PDF beside the one that hangs at the entry."""
    pdf = job.invoice.pdf
    if pdf is not None and job.item.pdf_sha256 not in (None, pdf.sha256):
        raise Reject(CHANGED)


def _is_due(job: InvoiceJob) -> bool:
    """Say whether a PDF must still go up."""
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
    found = job.ports.inbox.pdf(pdf.key)
    if found is not None:
        job.pdf_version = found.version
        return found.content
    now = job.ports.now()
    until = (job.item.pdf_awaited_since or now) + PATIENCE
    if now >= until:
        raise Reject(MISSING, "waited for it in vain", until=until.isoformat())
    job.open_problem(MISSING, until=until.isoformat())
    raise Defer(MISSING, now + ASK_AGAIN)


def _create_document(job: InvoiceJob) -> None:
    entry, customer = known(job.item.entry_id), known(job.item.customer)

    def find() -> ExactId | None:
        cards = job.books.documents_of_entry(entry)
        return next((card.id for card in cards if same_document(card, job.invoice)), None)

    body, before = document_body(job.invoice, customer, entry), job.item
    document = find_or_post(job, Step.DOCUMENT, body, find, lambda: job.books.post_document(body))
    if before.sent_file is not None and before.document_id == document:
        # Its file was announced before a person left the invoice, and may still come
        job.move(State.DOCUMENT)
        return
    # Nothing happens in between, so that this step announces the file too is one write
    job.move(State.DOCUMENT, document_id=document, **announcement_of_file(job), **NOTHING_UNCLEAR)


def _attach(job: InvoiceJob, pdf: PdfReference, content: bytes) -> None:
    document, name = known(job.item.document_id), file_name_of(job.invoice, pdf)

    def find() -> AttachmentCard | None:
        return _attachment_named(job, name)

    body = attachment_body(document, name, content)
    shown = without_file(body, pdf.sha256, len(content))
    card = find_or_post(job, Step.ATTACHMENT, shown, find, lambda: job.books.post_attachment(body))
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
    leave_alone(job, sent_at)
    card = _attachment_named(job, sent.name)
    if card is None:
        check_absent(job, sent_at)
        job.move(item.state, sent_at=None)
    else:
        job.record_evidence(Step.ATTACHMENT, Ending.FOUND, "", str(card))
        _attached(job, check_upload(card, sent.size, job.invoice), sent.sha256)


def _attachment_named(job: InvoiceJob, name: str) -> AttachmentCard | None:
    cards = job.books.attachments_of_document(known(job.item.document_id))
    return next((card for card in cards if card.file_name == name), None)


def _attached(job: InvoiceJob, attachment: ExactId, sha256: str) -> None:
    # Nothing is left to do for it, so both steps are one write
    job.move(
        State.ATTACHED,
        State.DONE,
        attachment_id=attachment,
        pdf_sha256=sha256,
        pdf_name=job.invoice.pdf_name,
        sent_at=None,
        sent_file=None,
        **NOTHING_UNCLEAR,
        **announcement(job),
    )
