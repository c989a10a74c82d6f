"""The values that texts of the catalogue may need about an invoice."""

from collections.abc import Iterable

from koppeling.core.connection import Connection
from koppeling.push.invoice import Invoice
from koppeling.push.money import format_amount
from koppeling.push.outbox import OutboxItem
from koppeling.push.sales_entry import journal_of

# By the first word of a problem code: the codes of a line that it is about
_LINE_FIELDS = {
    "vat": ("vat_code",),
    "gl": ("gl_account_code",),
    "cost": ("cost_center_code", "cost_unit_code"),
    "project": ("project_code",),
}


def values_of(
    invoice: Invoice, connection: Connection, item: OutboxItem, code: str
) -> dict[str, str]:
    """Return the values for a problem with this code.

    Unknown ones are left out. A debtor is named by its code, because names are personal (S13).
    """
    values = {
        "invoice": invoice.number,
        "debtor": invoice.debtor_code,
        "journal": journal_of(invoice, connection),
        "currency": invoice.currency,
        "date": invoice.invoice_date.isoformat(),
        "period": f"{invoice.invoice_date:%Y-%m}",
        "year": f"{invoice.invoice_date:%Y}",
        "amount_invoice": format_amount(invoice.amount_incl, invoice.currency),
        "account_journal": connection.debtor_gl_account,
        "division": str(connection.division),
        "exact_user": connection.exact_user,
        "code": _code(invoice, code),
        "item": _listed(line.item_code for line in invoice.lines),
        "entry_number": item.entry_number or "",
        "field": ", ".join(item.differences),
    }
    if item.booked_amount is not None:
        values["amount_entry"] = format_amount(item.booked_amount, item.currency)
    return {name: value for name, value in values.items() if value}


def _code(invoice: Invoice, code: str) -> str:
    """Return the codes on the invoice that a problem with this code is about."""
    subject = code.partition("-")[0]
    if subject == "debtor":
        return invoice.debtor_code
    if subject == "payment":
        return invoice.payment_condition_code or ""
    fields = _LINE_FIELDS.get(subject, ())
    return _listed(getattr(line, field) for line in invoice.lines for field in fields)


def _listed(codes: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(code for code in codes if code))
