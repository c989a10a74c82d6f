"""What a refused invoice waits for: the change after which another attempt makes sense.

Each row follows the column "Retry" of the catalogue. A pulled entity means: a pull that sees the
record change puts the invoice back on the queue. `DAY` means: it is tried once a day. A code that
is not in the table waits until the document changes or a person asks for a retry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    "entry-not-confirmed": DAY,
}


@dataclass(frozen=True, slots=True)
class BlockedInvoice:
    """One blocked invoice: `key` is its key in the inbox, `cause` what has to change.

    `code` is the code of the record it waits for; without one, any change of the entity counts.
    `mark` differs each time that the invoice is blocked; only what the store read has one.
    """

    number: str
    key: str
    cause: str
    code: str = ""
    mark: str = field(default="", compare=False)

    def is_unblocked_by(self, codes: frozenset[str]) -> bool:
        """Say whether it is worth another attempt once records with these codes have changed."""
        return bool(codes) and (not self.code or self.code in codes)


def blocker_of(
    code: str, values: Mapping[str, str], key: str, invoice: Invoice, connection: Connection
) -> BlockedInvoice | None:
    """Return what blocks an invoice that was refused with this code; None: only a person can."""
    cause = _CAUSES.get(code)
    if cause is None:
        return None
    # Cost units are not pulled, nor is an entity that this connection switched off
    pulled = cause != DAY and values.get("kind") != "cost_unit"
    if not pulled or not connection.setting(cause).enabled:
        return BlockedInvoice(invoice.number, key, DAY)
    return BlockedInvoice(invoice.number, key, cause, _record(cause, values, invoice))


def _record(cause: str, values: Mapping[str, str], invoice: Invoice) -> str:
    """Return the code of the record that has to change; empty when the refusal does not say."""
    if cause == "accounts":
        return invoice.debtor_code
    if cause == "payment_conditions":
        return invoice.payment_condition_code or ""
    return values.get("code", "")
