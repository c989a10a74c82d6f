"""A sales entry: the body to post, and the comparison with what Exact booked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from koppeling.core.connection import Connection, EntryNumberSource
from koppeling.core.ids import ExactId
from koppeling.core.text import clean, cut
from koppeling.push.invoice import Invoice, InvoiceLine
from koppeling.push.money import same_amount
from koppeling.push.outbox import OutboxItem

LINES = "SalesEntryLines"
DIFFERS = "entry-differs-from-invoice"
DESCRIPTION_LENGTH = 60  # X76: of entries and of lines; cut, never refused
LARGEST_NUMBER = 2**31 - 1  # of an entry: an Int32
MANDATORY, NOT_USED = 1, 2  # X86: how a G/L account treats cost centres and cost units


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A relation in Exact, as far as booking needs it."""

    id: ExactId
    code: str
    status: str
    blocked: bool = False
    end_date: date | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class GlAccountCard:
    """A G/L account; cost centres and units are 0 optional, 1 mandatory or 2 not used (X86).

    `read_at` is when Exact was asked; None of one that an earlier release remembered.
    """

    id: ExactId
    type: int
    blocked: bool = False
    use_cost_center: int = 0
    use_cost_unit: int = 0
    read_at: datetime | None = field(default=None, compare=False)

    def leaves_out(self, line: InvoiceLine) -> bool:
        """Say whether a cost centre or cost unit of a line is not booked on this account."""
        cost_center = line.cost_center_code and self.use_cost_center == NOT_USED
        cost_unit = line.cost_unit_code and self.use_cost_unit == NOT_USED
        return bool(cost_center or cost_unit)


@dataclass(frozen=True, slots=True)
class VatPeriod:
    """A percentage of a VAT code, and the days on which it holds; None means without an end."""

    percentage: Decimal
    start: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Say whether it is the percentage of this day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class VatCodeCard:
    """A VAT code. `raw` is the padded code as it was read (X73); types as in X81 and X82.

    `percentage` is 21 for 21 %; None when it is unknown. `periods` are its percentages by date:
    empty when Exact has none, None when they were not read. `read_on` is the day on which Exact
    said so: what begins later may not have been entered by then.
    """

    raw: str
    type: str = "E"
    transaction_type: str = "B"
    blocked: bool = False
    percentage: Decimal | None = None
    periods: tuple[VatPeriod, ...] | None = None
    read_on: date | None = None

    def percentages_of(self, day: date) -> tuple[Decimal, ...]:
        """Return the percentage of a day; of periods that overlap the one that began last holds.

        Of several that began on one day nobody can tell which one is meant.
        """
        found = [each for each in self.periods or () if each.holds(day)]
        last = max((each.start or date.min for each in found), default=date.min)
        return tuple(each.percentage for each in found if (each.start or date.min) == last)


@dataclass(frozen=True, slots=True)
class EntryCard:
    """A sales entry in Exact, found by its reference (X168)."""

    id: ExactId
    number: str
    your_ref: str
    customer: ExactId
    journal: str
    entry_date: date
    currency: str
    amount_incl: Decimal
    customer_name: str = ""


@dataclass(frozen=True, slots=True)
class EntryReferences:
    """What Exact knows the codes of one invoice by (X74)."""

    customer: ExactId
    gl_accounts: Mapping[str, GlAccountCard]
    vat_codes: Mapping[str, str]
    projects: Mapping[str, ExactId]


def fingerprint(card: EntryCard) -> str:
    """Return what an entry is like, in a few characters."""
    told = (card.id, card.customer, card.journal, card.entry_date, card.currency, card.amount_incl)
    return sha256("|".join(map(str, told)).encode()).hexdigest()[:16]


def journal_of(invoice: Invoice, connection: Connection) -> str:
    """Return the journal; credit notes have their own when the customer chose one."""
    if invoice.is_credit and connection.credit_journal:
        return connection.credit_journal
    return connection.sales_journal


def entry_body(
    invoice: Invoice, references: EntryReferences, connection: Connection
) -> dict[str, Any]:
    """Return the entry to post; Exact would ignore names that it does not know (X111).

    Numbers stay `Decimal`; the client writes them as JSON numbers (X70).
    """
    body: dict[str, Any] = {
        "Journal": journal_of(invoice, connection),
        "Customer": references.customer,
        "EntryDate": invoice.invoice_date.isoformat(),
        "YourRef": invoice.number,
        "Description": _description(invoice),
        "Currency": invoice.currency,
        LINES: [_line_body(line, references) for line in invoice.lines],
    }
    if invoice.due_date:
        body["DueDate"] = invoice.due_date.isoformat()
    if invoice.payment_condition_code:
        body["PaymentCondition"] = invoice.payment_condition_code
    if invoice.currency != connection.currency:  # X118
        body["Rate"] = invoice.exchange_rate
    if connection.entry_number_source is EntryNumberSource.INVOICE:
        number = _entry_number(invoice)
        body |= {} if number is None else {"EntryNumber": number}
    return body


def _entry_number(invoice: Invoice) -> int | None:
    """Return the number of the invoice as one of an entry, where it can be one (X113)."""
    number = int(invoice.number) if invoice.number.isdecimal() else 0
    return number if 0 < number <= LARGEST_NUMBER and str(number) == invoice.number else None


def compare(
    invoice: Invoice, row: Mapping[str, Any], references: EntryReferences, connection: Connection
) -> tuple[str, ...]:
    """Return the names of the fields that Exact booked differently from the invoice (X112).

    Amounts are compared to the cent; a field that is missing in the answer differs. Lines are
    counted if the answer shows them; if it defers them (X121), the reconciliation counts them.
    """
    shown, currency = lines_shown(row), invoice.currency
    agrees = {
        "Customer": _same_id(row.get("Customer"), references.customer),
        "Journal": str(row.get("Journal")).strip() == journal_of(invoice, connection),
        "AmountFC": _same_money(row.get("AmountFC"), invoice.amount_incl, currency),
        "VATAmountFC": _same_money(row.get("VATAmountFC"), invoice.vat_amount, currency),
        "YourRef": row.get("YourRef") == invoice.number,
        LINES: shown in (None, len(invoice.lines)),
    }
    return tuple(field for field, same in agrees.items() if not same)


def lines_shown(row: Mapping[str, Any]) -> int | None:
    """Return how many lines an answer shows (X47); None when it does not show all of them."""
    held = row.get(LINES)
    if isinstance(held, Mapping):
        held = None if "__next" in held else held.get("results")
    return len(held) if isinstance(held, list) else None


def amount_booked(row: Mapping[str, Any]) -> Decimal | None:
    """Return the total including VAT of an answer (X107); None when it is missing."""
    return _decimal(row.get("AmountFC"))


def ours(entry: EntryCard, item: OutboxItem) -> bool:
    """Say whether an entry in Exact is the one that was posted for this item (X168)."""
    return (
        entry.your_ref == item.number
        and same_customer(entry, item)
        and entry.currency == item.currency
        and entry.journal.strip() == item.journal
        and entry.entry_date == item.entry_date
        and same_amount(entry.amount_incl, item.amount_incl, item.currency)
    )


def same_customer(entry: EntryCard, item: OutboxItem) -> bool:
    """Say whether an entry is of the customer of an invoice."""
    return _same_id(entry.customer, item.customer)


def _description(invoice: Invoice) -> str:
    text = clean(invoice.description) or invoice.title
    reference = clean(invoice.reference)
    if reference and len(f"{text} - {reference}") <= DESCRIPTION_LENGTH:
        return f"{text} - {reference}"
    return cut(text, DESCRIPTION_LENGTH)


def _line_body(line: InvoiceLine, references: EntryReferences) -> dict[str, Any]:
    account = references.gl_accounts[line.gl_account_code]
    text = clean(line.description) or ""
    short = cut(text, DESCRIPTION_LENGTH)
    body: dict[str, Any] = {
        "GLAccount": account.id,
        "Description": short,
        "AmountFC": line.amount_excl,
        "Quantity": line.quantity,
        "VATCode": references.vat_codes[line.vat_code],
        "VATAmountFC": line.vat_amount,  # X110: always, so that the invoice's rounding survives
    }
    if short != text:
        body["Notes"] = text
    if line.cost_center_code and account.use_cost_center != NOT_USED:
        body["CostCenter"] = line.cost_center_code
    if line.cost_unit_code and account.use_cost_unit != NOT_USED:
        body["CostUnit"] = line.cost_unit_code
    if project := references.projects.get(line.project_code or ""):
        body["Project"] = project
    return body


def _same_id(one: object, other: object) -> bool:
    return str(one).lower() == str(other).lower()


def _same_money(found: object, expected: Decimal, currency: str) -> bool:
    amount = _decimal(found)
    return amount is not None and same_amount(amount, expected, currency)


def _decimal(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
