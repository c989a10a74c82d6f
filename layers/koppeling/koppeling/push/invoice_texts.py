"""The values that texts of the catalogue may need about an invoice."""

from collections.abc import Iterable, Mapping

from koppeling.core.connection import Connection
from koppeling.push.invoice import Invoice
from koppeling.push.money import format_amount
from koppeling.push.outbox import OutboxItem
from koppeling.push.sales_entry import journal_of

# What on a line a problem is about, by its code
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "vat-code-unknown": ("vat_code",),
    "vat-code-inclusive": ("vat_code",),
    "vat-percentage-invalid": ("vat_code",),
    "vat-percentage-mismatch": ("vat_code",),
    "vat-percentage-other-period": ("vat_code",),
    "gl-account-unknown": ("gl_account_code",),
    "gl-account-wrong-type": ("gl_account_code",),
    "cost-center-unknown": ("cost_center_code", "cost_unit_code"),
    "cost-center-required": ("gl_account_code",),
    "project-unknown": ("project_code",),
}
# These are about the line that was looked at, although others may have the same code
_OF_ONE_LINE = {
    *("cost-center-required", "vat-percentage-mismatch", "vat-percentage-other-period"),
}
# Kinds of the catalogue, by which a problem with a dimension is about one field
_KINDS = {"cost_center": ("cost_center_code",), "cost_unit": ("cost_unit_code",)}


def values_of(
    invoice: Invoice,
    connection: Connection,
    item: OutboxItem,
    code: str,
    said: Mapping[str, str],
) -> dict[str, str]:
    """Return the values for a problem with this code; `said` is what its refusal says itself.

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
        "entry_number": item.entry_number or "",
        "field": ", ".join(item.differences),
        **_about(invoice, code, said),
        **said,
        **_lines(invoice, code, said),
    }
    if item.booked_amount is not None:
        values["amount_entry"] = format_amount(item.booked_amount, item.currency)
    return {name: value for name, value in values.items() if value}


def codes_on_lines(invoice: Invoice, code: str, said: Mapping[str, str]) -> list[str]:
    """Return the codes on the lines that a problem with this code may be about, each once."""
    found = (getattr(line, field) for line in invoice.lines for field in _fields(code, said))
    return list(dict.fromkeys(each for each in found if each))


def _fields(code: str, said: Mapping[str, str]) -> tuple[str, ...]:
    fields = _FIELDS.get(code, ())
    return _KINDS.get(said.get("kind", ""), fields) if code == "cost-center-unknown" else fields


def _about(invoice: Invoice, code: str, said: Mapping[str, str]) -> dict[str, str]:
    """Return the one code that a problem is about, or those of which it may be one.

    A code that is not to blame is never named as if it were.
    """
    if code.startswith("debtor-"):
        return {"code": invoice.debtor_code}
    if code.startswith("payment-"):
        return {"code": invoice.payment_condition_code or ""}
    found = codes_on_lines(invoice, code, said)
    if "code" in said or not found:
        return {}
    return {"code": found[0]} if len(found) == 1 else {"candidates": ", ".join(found)}


def _lines(invoice: Invoice, code: str, said: Mapping[str, str]) -> dict[str, str]:
    """Return the lines that hold the code which a problem is about, and the items on them."""
    about = {**_about(invoice, code, said), **said}.get("code")
    fields = _fields(code, said)
    if about is None or code in _OF_ONE_LINE:
        return {}
    lines = [each for each in invoice.lines if about in (getattr(each, name) for name in fields)]
    return {
        "line": _listed(str(each.number) for each in lines),
        "item": _listed(each.item_code for each in lines),
    }


def _listed(codes: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(code for code in codes if code))
