"""What must hold for the records in Exact that an invoice refers to."""

from collections.abc import Mapping
from datetime import date

from koppeling.core.errors import Reject
from koppeling.core.ids import ExactId
from koppeling.push.invoice import Invoice, InvoiceLine
from koppeling.push.sales_entry import (
    MANDATORY,
    CustomerCard,
    EntryReferences,
    GlAccountCard,
    VatCodeCard,
)

CUSTOMER = "C"  # X78
INCLUDING_VAT = "I"  # X81: Exact would read the amount as including VAT (X108)
PURCHASE_ONLY = "P"  # X82
REVENUE = 110  # X86
# X86, X151: what Exact books on these itself is no revenue
NEVER_REVENUE = frozenset({20, 24})


def check_customer(card: CustomerCard | None, invoice: Invoice, day: date) -> ExactId:
    """Return the id of the debtor, who may not have ended before the day of the entry.

    Raises:
        Reject: there is none, or Exact books no sales entry on it.
    """
    named = {"invoice": invoice.number, "debtor": invoice.debtor_code, "code": invoice.debtor_code}
    if card is None:
        raise Reject("debtor-not-found", **named)
    if card.status != CUSTOMER:
        raise Reject("debtor-not-customer", **named, status=card.status)
    if card.blocked or (card.end_date and card.end_date < day):
        raise Reject("debtor-blocked", **named)
    return card.id


def resolve(
    invoice: Invoice,
    customer: ExactId,
    gl_accounts: Mapping[str, GlAccountCard | None],
    vat_codes: Mapping[str, VatCodeCard | None],
    projects: Mapping[str, ExactId | None],
) -> EntryReferences:
    """Return what Exact knows the codes of an invoice by, each checked against its lines.

    A project that is not among `projects` is left out.

    Raises:
        Reject: a line refers to something that Exact does not book on.
    """
    accounts: dict[str, GlAccountCard] = {}
    raw_codes: dict[str, str] = {}
    project_ids: dict[str, ExactId] = {}
    for line in invoice.lines:
        named = {"invoice": invoice.number, "line": str(line.number)}
        account, vat_code, project = line.gl_account_code, line.vat_code, line.project_code
        accounts[account] = _check_gl_account(gl_accounts[account], line, named)
        card = _check_vat_code(vat_codes[vat_code], line, named)
        _check_percentage(card, line, invoice.invoice_date, named)
        raw_codes[vat_code] = card.raw
        if project and project in projects:
            if (found := projects[project]) is None:
                raise Reject("project-unknown", **named, code=project)
            project_ids[project] = found
    return EntryReferences(customer, accounts, raw_codes, project_ids)


def not_revenue(references: EntryReferences) -> list[str]:
    """Return a note for each G/L account that is not a revenue account; it is booked anyway."""
    return [
        f"G/L account {code} is of type {card.type}"
        for code, card in references.gl_accounts.items()
        if card.type != REVENUE
    ]


def left_out(invoice: Invoice, references: EntryReferences) -> list[str]:
    """Return a note for each project that Exact does not know, without which it is booked."""
    codes = dict.fromkeys(line.project_code for line in invoice.lines if line.project_code)
    return [f"project {code} is left out" for code in codes if code not in references.projects]


def _check_gl_account(
    card: GlAccountCard | None, line: InvoiceLine, named: Mapping[str, str]
) -> GlAccountCard:
    named = {**named, "code": line.gl_account_code, "item": line.item_code or ""}
    if card is None:
        raise Reject("gl-account-unknown", **named)
    if card.blocked:
        raise Reject("gl-account-wrong-type", **named, blocked="yes")
    if card.type in NEVER_REVENUE:
        raise Reject("gl-account-wrong-type", **named, type=str(card.type))
    if card.use_cost_center == MANDATORY and not line.cost_center_code:
        raise Reject("cost-center-required", **named, kind="cost_center")
    if card.use_cost_unit == MANDATORY and not line.cost_unit_code:
        raise Reject("cost-center-required", **named, kind="cost_unit")
    return card


def _check_vat_code(
    card: VatCodeCard | None, line: InvoiceLine, named: Mapping[str, str]
) -> VatCodeCard:
    named = {**named, "code": line.vat_code}
    if card is None or card.blocked or card.transaction_type == PURCHASE_ONLY:
        raise Reject("vat-code-unknown", **named)
    if card.type == INCLUDING_VAT:
        raise Reject("vat-code-inclusive", **named)
    return card


def _check_percentage(
    card: VatCodeCard, line: InvoiceLine, day: date, named: Mapping[str, str]
) -> None:
    """Compare the percentage of a line with that of its code on the invoice date (L37).

    A code without dates has one percentage.
    """
    named, stated = {**named, "code": line.vat_code}, line.vat_percentage
    dated = card.percentages_of(day)
    if card.periods and not dated:
        raise Reject("vat-percentage-invalid", **named)
    known = dated or (() if card.percentage is None else (card.percentage,))
    if not known or stated is None or stated in known:
        return
    shown = {"pct_qm": _plain(stated), "pct_exact": _plain(known[0])}
    if any(each.percentage == stated for each in card.periods or ()):
        raise Reject("vat-percentage-other-period", **named, **shown)
    raise Reject("vat-percentage-mismatch", **named, **shown)


def _plain(percentage: object) -> str:
    text = str(percentage)
    return text.rstrip("0").rstrip(".") if "." in text else text
