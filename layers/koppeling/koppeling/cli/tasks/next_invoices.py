"""What would be booked now: the invoices in the inbox that have not ended, and what they lack."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from koppeling.core.connection import Connection
from koppeling.core.errors import Reject
from koppeling.core.ids import ConnectionId
from koppeling.push.contract import check
from koppeling.push.invoice import Invoice
from koppeling.push.invoice_checks import is_existing, reason_to_skip, refusals
from koppeling.push.outbox import State

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

_ENDED = frozenset({State.DONE, State.REJECTED})
DEBTOR, VAT_CODE = "debtor", "vat_code"


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """One invoice that the push would take up now.

    `becomes` is `entry`, or `pdf` for one that Exact has already; `journal` the one of the
    configuration. `lacks` names what no pull has brought: the debtor or a VAT code with its code.
    """

    number: str
    invoice_date: date
    debtor: str
    currency: str
    amount: Decimal
    becomes: str
    journal: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextInvoices:
    """Everything that would be booked, and the documents that are not as agreed."""

    invoices: tuple[NextInvoice, ...]
    not_as_agreed: tuple[str, ...]

    @property
    def totals(self) -> dict[str, Decimal]:
        """Return the amount of all entries by currency."""
        sums: dict[str, Decimal] = {}
        for each in self.invoices:
            sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.amount
        return sums


class NextInvoiceLook:
    """Looks what would be booked; nothing is asked of Exact and nothing is written."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def look(self, connection: Connection) -> NextInvoices:
        """Return what lies in the inbox of a connection and has not ended."""
        items = self._stack.stores.outbox.all(connection.id)
        ended = {item.number for item in items if item.state in _ENDED}
        found: list[NextInvoice] = []
        wrong: list[str] = []
        for key, invoice in self._documents(connection.id):
            if invoice is None or refusals(invoice, connection):
                wrong.append(key)
            elif invoice.number not in ended and reason_to_skip(invoice, connection) is None:
                found.append(self._next(invoice, connection))
        return NextInvoices(tuple(found), tuple(wrong))

    def _documents(self, connection: ConnectionId) -> Iterator[tuple[str, Invoice | None]]:
        for each in self._stack.inbox.list_objects(connection):
            if not each.key.endswith(".json"):
                continue
            document = self._stack.inbox.document(each.key)
            if document is None:
                continue
            try:
                yield each.key, Invoice.from_document(check(document.content))
            except Reject:
                yield each.key, None

    def _next(self, invoice: Invoice, connection: Connection) -> NextInvoice:
        is_pdf = is_existing(invoice, connection) and not connection.existing_as_entries
        journal = connection.sales_journal
        if invoice.is_credit and connection.credit_journal:
            journal = connection.credit_journal
        return NextInvoice(
            invoice.number,
            invoice.invoice_date,
            invoice.debtor_code,
            invoice.currency,
            invoice.amount_incl,
            "pdf" if is_pdf else "entry",
            journal,
            tuple(self._lacks(invoice, connection.id)),
        )

    def _lacks(self, invoice: Invoice, connection: ConnectionId) -> Iterator[str]:
        wanted = [("accounts", invoice.debtor_code, DEBTOR)]
        wanted += [("vat_codes", each, VAT_CODE) for each in _vat_codes(invoice)]
        stores = self._stack.stores
        for entity, code, name in wanted:
            known = stores.records.find_by_code(connection, entity, code) is not None
            if not known and code not in stores.previews.known_codes(connection, entity):
                yield f"{name} {code}"


def _vat_codes(invoice: Invoice) -> list[str]:
    return sorted({line.vat_code for line in invoice.lines})
