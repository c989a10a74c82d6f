"""How a delivery ends: what people are told of it, and what the outbox item keeps."""

from koppeling.core.catalogue import text
from koppeling.core.errors import Reject, Retry
from koppeling.core.exact_errors import Translation, translate
from koppeling.push.blocked import blocker_of
from koppeling.push.invoice_checks import Skip
from koppeling.push.job import InvoiceJob, PushOutcome, PushResult
from koppeling.push.outbox import Conflict, State
from koppeling.push.ports import Inbox
from koppeling.push.sales_entry import DIFFERS
from koppeling.push.suspects import narrowed


def check_newest(job: InvoiceJob) -> None:
    """Make sure that this is not an older copy, read before a newer one was delivered.

    Raises:
        Retry: the inbox holds another copy by now.
    """
    if not is_newest(job.ports.inbox, job.message.key, job.copy_version):
        raise overtaken()


def is_newest(inbox: Inbox, key: str, version: str) -> bool:
    """Say whether the inbox still holds this version of a document."""
    found = inbox.document(key)
    return found is not None and found.version == version


def pass_over(job: InvoiceJob, skip: Skip) -> None:
    """Note that this invoice becomes no entry although nothing is wrong with it (L33, L34)."""
    job.close_problems()
    values = {"invoice": job.invoice.number, "date": job.connection.start_date.isoformat()}
    job.move(
        State.REJECTED,
        code=skip.value,
        message=text(skip, "nl", values),
        refused_copy=job.copy_version,
    )


def refuse(job: InvoiceJob, refusal: Reject) -> PushResult:
    """Open one problem for each thing to solve; the first one decides the state."""
    message = refusal.values.get("message")
    found = translate(message) if message else [Translation(refusal.code, refusal.values)]
    found = [narrowed(job, each) for each in found]
    first = found[0]
    if refusal.code == "invoice-not-valid":  # its text says it in words
        job.notes.append(refusal.detail)
    job.close_problems()
    for each in found:
        job.open_problem(each.code, **each.values)
    if job.item.differences:
        job.open_problem(DIFFERS)
    explanation = job.text_of(first.code, **first.values)
    if job.item.is_booked:
        refused = {"refused_copy": job.copy_version, "message": explanation}
        job.move(job.item.state, code=first.code, **refused)
        check_newest(job)  # a newer copy may have ended without a problem before this one opened
    else:
        key, invoice, connection = job.message.key, job.invoice, job.connection
        blocked = blocker_of(first.code, first.values, key, invoice, connection)
        if blocked is not None:
            job.ports.blocked.add(connection.id, blocked)
        job.move(
            State.REJECTED, code=first.code, refused_copy=job.copy_version, message=explanation
        )
    about_pdf = refusal.code.startswith("pdf-") and job.item.attachment_id is None
    outcome = PushOutcome.BOOKED_WITHOUT_PDF if about_pdf else PushOutcome.REJECTED
    return result_of(job, outcome, first.code)


def finish(job: InvoiceJob, outcome: PushOutcome, pdf_bytes: int = 0) -> PushResult:
    """Close the problems; only a difference with the invoice stays open for a person (X112)."""
    if job.item.message:
        check_newest(job)
    job.close_problems()
    if job.item.message:
        job.move(job.item.state, message="", code=None)
    elif job.is_overtaken:
        raise Conflict("this may have closed a problem that another delivery just opened")
    if job.item.differences:
        job.open_problem(DIFFERS)
    return result_of(job, outcome, DIFFERS if job.item.differences else "", pdf_bytes)


def result_of(
    job: InvoiceJob, outcome: PushOutcome, code: str = "", pdf_bytes: int = 0
) -> PushResult:
    """Return the result of a delivery."""
    return PushResult(outcome, job.connection.id, job.invoice.number, code, pdf_bytes)


def overtaken() -> Retry:
    """Return what follows when another copy came in during this delivery."""
    return Retry("invoice-in-progress", "another copy came in meanwhile")
