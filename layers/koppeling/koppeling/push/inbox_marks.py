"""The PDF of an invoice that is done may leave the inbox: Exact has it, and here it costs storage.

The bucket removes what is marked, 30 days after it came. What is not marked stays as long as its
document. So a mark is set after the invoice is done, on the version that was sent to Exact, and
taken back when the invoice is booked anew.
"""

from datetime import timedelta
from hashlib import sha256

from koppeling.core.errors import Consequence
from koppeling.push.invoice import PdfReference
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import State

# A mark that fails for longer only costs the storage of one file
PATIENCE = timedelta(days=1)


def mark_pdf(job: InvoiceJob) -> bool:
    """Mark the PDF of a done invoice; returns whether that has to be tried again later."""
    item, pdf = job.item, job.invoice.pdf
    if item.state is not State.DONE or pdf is None or item.pdf_sha256 != pdf.sha256:
        return False
    try:
        version = job.pdf_version or _version_of(job, pdf)
        if version is not None:
            job.ports.inbox.mark_done(pdf.key, version, done=True)
    except Consequence as failure:
        job.notes.append(f"{failure.code}: {failure.detail}")
        return job.ports.now() < item.history[-1][1] + PATIENCE
    return False


def unmark_pdf(job: InvoiceJob) -> None:
    """Keep the PDF of an invoice that is booked anew.

    Raises:
        Retry: the bucket does not answer; it is not booked anew before that.
    """
    pdf = job.invoice.pdf
    if pdf is not None:
        job.ports.inbox.mark_done(pdf.key, "", done=False)


def _version_of(job: InvoiceJob, pdf: PdfReference) -> str | None:
    """Return the version of the file that was sent to Exact; None when another one lies there."""
    found = job.ports.inbox.pdf(pdf.key)
    if found is None or sha256(found.content).hexdigest() != pdf.sha256:
        return None
    return found.version
