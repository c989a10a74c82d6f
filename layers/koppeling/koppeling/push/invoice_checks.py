"""What must hold for an invoice before Exact is called."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import partial

from koppeling.core.connection import Connection
from koppeling.core.currencies import decimals_of
from koppeling.core.errors import Reject
from koppeling.push.invoice import FOREIGN_KEY, Invoice
from koppeling.push.money import format_amount, is_exact, smallest_unit

WRITTEN_OFF = "Afgeboekte factuur"


class Skip(StrEnum):
    """Why an invoice becomes no entry although nothing is wrong with it."""

    WRITTEN_OFF = "invoice-written-off"
    BEFORE_START_DATE = "invoice-before-start-date"


def reason_to_skip(invoice: Invoice, connection: Connection) -> Skip | None:
    """Return why this invoice becomes no entry, if it does not (L33, L34).

    One from before the start date is booked only when existing invoices or their PDFs are wanted.
    """
    nothing_left = all(not line.amount_excl and not line.vat_amount for line in invoice.lines)
    if nothing_left or invoice.number.startswith(WRITTEN_OFF):
        return Skip.WRITTEN_OFF
    wanted = connection.existing_as_entries or connection.existing_as_pdfs
    if is_existing(invoice, connection) and not wanted:
        return Skip.BEFORE_START_DATE
    return None


def is_existing(invoice: Invoice, connection: Connection) -> bool:
    """Say whether the invoice is older than the link, so that Exact may have it already."""
    return invoice.invoice_date < connection.start_date


def check_invoice(invoice: Invoice) -> tuple[str, ...]:
    """Check an invoice against L28 to L32 and L35; returns notes for the log (L29).

    Raises:
        Reject: a person must correct the invoice.
    """
    for check in _CHECKS:
        check(invoice)
    unit = smallest_unit(invoice.currency)
    return tuple(
        f"line {line.number}: quantity x price differs from the amount"
        for line in invoice.lines
        if line.unit_price is not None
        and abs(line.quantity * line.unit_price - line.amount_excl) > unit
    )


def refusals(invoice: Invoice, connection: Connection) -> list[Reject]:
    """Return all that these checks refuse, for who can tell more than one thing at a time."""
    found: list[Reject] = []
    for check in (*_CHECKS, partial(check_rate, connection=connection)):
        try:
            check(invoice)
        except Reject as refusal:
            found.append(refusal)
    return found


def check_rate(invoice: Invoice, connection: Connection) -> None:
    """Check that an invoice in a foreign currency has a rate; in the own one none is used (X118).

    Raises:
        Reject: it has none that can be read.
    """
    if invoice.currency != connection.currency and invoice.exchange_rate is None:
        named = {"invoice": invoice.number, "field": "exchange_rate"}
        detail = f"no right rate for {invoice.currency}"
        raise not_valid("rate", detail, **named, currency=invoice.currency)


def _check_decimals(invoice: Invoice) -> None:
    for field, line, amount in _amounts(invoice):
        if not is_exact(amount, invoice.currency):
            digits = decimals_of(invoice.currency)
            raise not_valid(
                "decimals",
                f"{invoice.currency} has {digits} decimals",
                invoice=invoice.number,
                field=field,
                line=line,
                currency=invoice.currency,
                digits=str(digits),
            )


def _amounts(invoice: Invoice) -> Iterator[tuple[str, str, Decimal]]:
    """Yield each amount with the field it stands in, and the number of its line if it has one."""
    yield "totals.amount_excl_vat", "", invoice.amount_excl
    yield "totals.vat_amount", "", invoice.vat_amount
    yield "totals.amount_incl_vat", "", invoice.amount_incl
    for line in invoice.lines:
        yield "lines[].amount_excl_vat", str(line.number), line.amount_excl
        yield "lines[].vat_amount", str(line.number), line.vat_amount


def _check_totals(invoice: Invoice) -> None:
    """Compare lines and totals; VAT over the invoice is spread already (`vat_rounding`)."""
    excl = sum((line.amount_excl for line in invoice.lines), Decimal(0))
    vat = sum((line.vat_amount for line in invoice.lines), Decimal(0))
    for found, stated, field in (
        (excl, invoice.amount_excl, "amount_excl_vat"),
        (vat, invoice.vat_amount, "vat_amount"),
        (excl + vat, invoice.amount_incl, "amount_incl_vat"),
    ):
        if found != stated:
            raise Reject(
                "invoice-totals-mismatch",
                f"{field} of the lines differs from totals",
                invoice=invoice.number,
                sum=format_amount(found, invoice.currency),
                total=format_amount(stated, invoice.currency),
            )


def _check_order(invoice: Invoice) -> None:
    numbers, named = [line.number for line in invoice.lines], {"invoice": invoice.number}
    if numbers != sorted(set(numbers)):
        detail = "line numbers are not unique and ascending"
        raise not_valid("order", detail, **named, field="lines[].line_number")
    due = invoice.due_date
    if due and due < invoice.invoice_date and not invoice.is_credit:
        raise not_valid("due", "due before the invoice date", **named, field="due_date")
    if invoice.is_credit and max(invoice.amount_excl, invoice.amount_incl) > 0:
        raise not_valid("credit", "an amount above 0", **named, field="totals")


def _check_pdf(invoice: Invoice) -> None:
    if invoice.pdf_fault == FOREIGN_KEY:
        named = {"invoice": invoice.number, "field": "pdf.key"}
        raise not_valid("foreign-pdf", invoice.pdf_fault, **named)


_CHECKS = (_check_decimals, _check_totals, _check_order, _check_pdf)


def not_valid(reason: str, detail: str, **values: str) -> Reject:
    """Return the refusal of a document in which something is wrong.

    `reason` is a key of [words.reason] in the catalogue, whose sentence the values fill. `detail`
    is for our log.
    """
    known = {name: value for name, value in values.items() if value}
    return Reject("invoice-not-valid", f"{reason}: {detail}", reason=reason, **known)
