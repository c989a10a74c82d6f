"""Which of several codes on an invoice Exact refused, when its message does not say.

It is asked only after a refusal, so that an invoice that is fine costs no call more. What cannot be
found out leaves every code a candidate: none is blamed without proof.
"""

from dataclasses import replace

from koppeling.core.errors import Consequence
from koppeling.core.exact_errors import Translation
from koppeling.push.invoice_texts import codes_on_lines
from koppeling.push.job import InvoiceJob
from koppeling.push.reference_checks import REVENUE

WRONG_TYPE, UNKNOWN_DIMENSION = "gl-account-wrong-type", "cost-center-unknown"


def narrowed(job: InvoiceJob, refusal: Translation) -> Translation:
    """Return a refusal with the code it is about, or with the codes of which it may be one."""
    if refusal.code not in (WRONG_TYPE, UNKNOWN_DIMENSION) or "code" in refusal.values:
        return refusal
    codes = codes_on_lines(job.invoice, refusal.code, refusal.values)
    if len(codes) <= 1 and refusal.code == UNKNOWN_DIMENSION:
        return refusal  # nothing to find out
    try:
        found = {code: _blame(job, refusal, code) for code in codes}
    except Consequence:
        return refusal
    guilty = [code for code, values in found.items() if values is not None]
    if not guilty:
        return refusal
    if len(guilty) > 1:
        return _with(refusal, candidates=", ".join(guilty))
    return _with(refusal, code=guilty[0], **(found[guilty[0]] or {}))


def _blame(job: InvoiceJob, refusal: Translation, code: str) -> dict[str, str] | None:
    """Return what is wrong with a code; None when it seems fine."""
    if refusal.code == UNKNOWN_DIMENSION:
        kind = refusal.values.get("kind", "")
        return None if job.books.knows_dimension(kind, code) else {}
    card = job.books.find_gl_account(code)
    if card is None or card.blocked:
        return {"blocked": "yes"}
    return None if card.type == REVENUE else {"type": str(card.type)}


def _with(refusal: Translation, **values: str) -> Translation:
    return replace(refusal, values={**refusal.values, **values})
