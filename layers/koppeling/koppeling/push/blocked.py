"""What a refused invoice waits for: the change after which it is worth offering it again.

Each row follows the column "Retry" of the catalogue. An entity means that a pull which sees the
record change offers the invoice again; a day, that it is looked at once a day. What is not in the
table goes on when its file changes or a person asks for it (DESIGN 5.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from koppeling.core.connection import Connection
from koppeling.push.invoice import Invoice

DAY = "day"

_CAUSES: Mapping[str, str] = {
    "debtor-not-found": "accounts",
    "debtor-not-customer": "accounts",
    "debtor-blocked": "accounts",
    "vat-number-invalid": "accounts",
    "vat-code-unknown": "vat_codes",
    "payment-condition-unknown": "payment_conditions",
    "cost-center-unknown": "cost_centers",
    "project-unknown": "projects",
    "journal-unknown": DAY,
    "journal-not-sales": DAY,
    "period-closed": DAY,
    "fiscal-year-unknown": DAY,
}


@dataclass(frozen=True, slots=True)
class BlockedInvoice:
    """One invoice that waits: `key` is where it lies in the inbox, `cause` what has to change.

    `code` is that of the record it waits for; without one any change of the entity will do.
    """

    number: str
    key: str
    cause: str
    code: str = ""

    def is_unblocked_by(self, codes: frozenset[str]) -> bool:
        """Say whether records with these codes having changed is worth another try."""
        return bool(codes) and (not self.code or self.code in codes)


def blocker_of(
    code: str, values: Mapping[str, str], key: str, invoice: Invoice, connection: Connection
) -> BlockedInvoice | None:
    """Return what an invoice waits for that was refused with this code; None for a person."""
    cause = _CAUSES.get(code)
    if cause is None:
        return None
    # Cost units are not pulled, and neither is what this connection switched off
    pulled = cause != DAY and values.get("kind") != "cost_unit"
    if not pulled or not connection.setting(cause).enabled:
        return BlockedInvoice(invoice.number, key, DAY)
    return BlockedInvoice(invoice.number, key, cause, _record(cause, values, invoice))


def _record(cause: str, values: Mapping[str, str], invoice: Invoice) -> str:
    """Return the code of the record that has to change, as far as the refusal tells it."""
    if cause == "accounts":
        return invoice.debtor_code
    if cause == "payment_conditions":
        return invoice.payment_condition_code or ""
    return values.get("code", "")
