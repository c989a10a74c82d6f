"""What the codes of an invoice stand for in Exact, and asking anew before they refuse an invoice.

A look-up is remembered for a day (P3), and what it found may be mended a minute later. So no
invoice is refused for what was remembered: the thing that the refusal names is asked once more.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from koppeling.core.clock import today
from koppeling.core.errors import Reject
from koppeling.core.exact_errors import ANYTHING_ELSE, translate
from koppeling.core.ids import ExactId
from koppeling.push.job import InvoiceJob
from koppeling.push.reference_checks import check_customer, resolve
from koppeling.push.sales_entry import EntryReferences, GlAccountCard, VatCodeCard

CUSTOMER = "customer"
LEFT_OUT_FOR = timedelta(minutes=15)
"""How long an account is taken to leave out cost centres: then one call more for an invoice."""
# What a refusal is about: the debtor, or a kind of code on the lines
_KINDS: Mapping[str, str] = {
    "gl-account-unknown": "gl_account",
    "gl-account-wrong-type": "gl_account",
    "cost-center-required": "gl_account",
    "vat-code-unknown": "vat",
    "vat-code-inclusive": "vat",
    "vat-percentage-invalid": "vat",
    "vat-percentage-mismatch": "vat",
    "vat-percentage-other-period": "vat",
    "project-unknown": "project",
    "debtor-not-found": CUSTOMER,
    "debtor-not-customer": CUSTOMER,
    "debtor-blocked": CUSTOMER,
}
# Refusals for an id that Exact does not know: its record was deleted, and perhaps made again. A
# text that we do not know may be about anything
_ABOUT_ANY = frozenset({"debtor-not-found", "gl-account-unknown", "project-unknown", ANYTHING_ELSE})


class _Find(Protocol):
    def __call__(self, code: str, *, anew: bool = False) -> object: ...


def references_of(job: InvoiceJob, customer: ExactId) -> EntryReferences:
    """Look up each code once, and check every line against what was found.

    Raises:
        Reject: a line refers to something that Exact does not book on, as it says itself.
    """
    return _resolved(job, customer, anew=frozenset())


def renewed(job: InvoiceJob, refusal: Reject, used: EntryReferences) -> EntryReferences | None:
    """Ask anew what a refusal of Exact is about; None when Exact still says what was used.

    When Exact does not know an id, everything is asked anew: it may name one id of several that are
    no longer there, and a second post must not be refused for the next one. So it is for a refusal
    in words that we do not know.

    Raises:
        Reject: what Exact says now refuses the invoice as well, and names the line and the code.
    """
    codes = {each.code for each in translate(refusal.values.get("message", ""))} | {refusal.code}
    kinds = {_KINDS[code] for code in codes if code in _KINDS}
    if codes & _ABOUT_ANY:
        kinds = set(_KINDS.values())
    if not kinds:
        return None
    customer = used.customer
    if CUSTOMER in kinds:
        card = job.books.find_customer(job.invoice.debtor_code, anew=True)
        customer = check_customer(card, job.invoice, job.invoice.invoice_date)
    found = _resolved(job, customer, anew=kinds)
    return None if found == used else found


def _find_vat_code(job: InvoiceJob, code: str, *, anew: bool = False) -> VatCodeCard | None:
    """Return a VAT code as Exact had it on the day of the invoice or later.

    What was read before may lack a percentage that begins on that day.
    """
    card = job.books.find_vat_code(code, anew=anew)
    day = min(job.invoice.invoice_date, today(job.ports.now()))
    if card is not None and card.read_on is not None and card.read_on < day:
        return job.books.find_vat_code(code, anew=True)
    return card


def _find_gl_account(job: InvoiceJob, code: str, *, anew: bool = False) -> GlAccountCard | None:
    """Return a G/L account, asked anew before something on a line is left out for it.

    Nothing refuses such an invoice, so nobody would see that the account was mended meanwhile.
    """
    card = job.books.find_gl_account(code, anew=anew)
    lines = [line for line in job.invoice.lines if line.gl_account_code == code]
    if card is None or not any(map(card.leaves_out, lines)):
        return card
    is_fresh = card.read_at is not None and job.ports.now() < card.read_at + LEFT_OUT_FOR
    return card if is_fresh else job.books.find_gl_account(code, anew=True)


def _resolved(job: InvoiceJob, customer: ExactId, anew: Collection[str]) -> EntryReferences:
    finders: dict[str, _Find] = {
        "gl_account": partial(_find_gl_account, job),
        "vat": partial(_find_vat_code, job),
        "project": job.books.find_project,
    }
    cards: dict[str, dict[str, Any]] = {
        kind: {code: find(code, anew=kind in anew) for code in _codes(job, kind)}
        for kind, find in finders.items()
    }
    asked: set[tuple[str, str]] = set()
    while True:
        try:
            return resolve(
                job.invoice,
                customer,
                gl_accounts=cards["gl_account"],
                vat_codes=cards["vat"],
                projects=_projects(job, cards["project"]),
            )
        except Reject as refusal:
            kind, code = _KINDS.get(refusal.code, ""), refusal.values.get("code", "")
            if kind not in finders or (kind, code) in asked:
                raise
            asked.add((kind, code))
            cards[kind][code] = finders[kind](code, anew=True)


def _projects(job: InvoiceJob, found: Mapping[str, ExactId | None]) -> Mapping[str, ExactId | None]:
    """Return the projects; all, or one that is unknown, are left out where that was chosen."""
    if not job.connection.project_optional:
        return found
    return {code: project for code, project in found.items() if project is not None}


def _codes(job: InvoiceJob, kind: str) -> list[str]:
    if kind == "project" and not job.connection.with_projects:
        return []
    found = (getattr(line, f"{kind}_code") for line in job.invoice.lines)
    return list(dict.fromkeys(code for code in found if code))
