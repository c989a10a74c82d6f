"""What an invoice must pass before it goes into the inbox, for who can be answered at once.

These are the checks of the booking, by the same code, as far as they need no call to Exact. Whoever
passes here may still be refused later: an unknown debtor is known to Exact alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.core.connection import Connection
from koppeling.core.errors import Reject
from koppeling.push.contract import check
from koppeling.push.invoice import Invoice
from koppeling.push.invoice_checks import Skip, not_valid, reason_to_skip, refusals
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import OutboxItem, State

CHANGED = "invoice-changed-after-booking"
# What an invoice that is announced under another name than its own has in its address
_OF_ITS_ADDRESS = {"connection_id": "foreign-address", "invoice_number": "other-number"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that is wrong, and the field it is about as a JSON pointer (RFC 6901)."""

    error: Reject
    pointer: str


class NotAccepted(Exception):  # noqa: N818 - it names what happened
    """A document in which something is wrong."""

    def __init__(self, *refused: Refusal) -> None:
        super().__init__(", ".join(each.error.code for each in refused))
        self.refused = refused

    @property
    def is_unreadable(self) -> bool:
        """Say whether it is no JSON at all."""
        reasons = {each.error.values.get("reason") for each in self.refused}
        return bool(reasons & {"syntax", "encoding"})


@dataclass(frozen=True, slots=True)
class AcceptedInvoice:
    """A document that passes; `skip` says why it becomes no entry although nothing is wrong."""

    invoice: Invoice
    skip: Skip | None


def accept(document: bytes, connection: Connection, number: str = "") -> AcceptedInvoice:
    """Check a document that was handed in for a connection, and under a number if one is given.

    Raises:
        NotAccepted: something is wrong with it.
    """
    try:
        content = check(document)
    except Reject as refusal:
        raise NotAccepted(Refusal(refusal, pointer_of(refusal.values))) from refusal
    _check_address(content, {"connection_id": connection.id, "invoice_number": number})
    invoice = Invoice.from_document(content)
    skip = reason_to_skip(invoice, connection)
    if skip is None and (wrong := refusals(invoice, connection)):
        lines = {str(line["line_number"]): at for at, line in enumerate(content["lines"], 1)}
        raise NotAccepted(*(Refusal(each, pointer_of(each.values, lines)) for each in wrong))
    return AcceptedInvoice(invoice, skip)


def changed_after_booking(invoice: Invoice, item: OutboxItem | None) -> Refusal | None:
    """Return the refusal of an invoice that stands in Exact with other content (X167)."""
    if item is None or not item.is_booked or item.document_hash == invoice.content_hash:
        return None
    values = {"invoice": invoice.number, "entry_number": item.entry_number or ""}
    return Refusal(Reject(CHANGED, **{k: v for k, v in values.items() if v}), "")


def inbox_subjects(key: str) -> frozenset[str]:
    """Return what problems about a document itself, and about its delivery, are called by."""
    message = InvoiceMessage(key)
    return frozenset({message.subject, message.delivery_subject})


def is_tried_again(item: OutboxItem | None, accepted: AcceptedInvoice) -> bool:
    """Say whether handing in the same content once more makes the link try again.

    It does for an invoice that was refused, or whose PDF was. What a person skipped stays skipped:
    a program that repeats itself decides nothing.
    """
    if item is None or item.is_skipped:
        return False
    if item.is_passed_over:
        return accepted.skip is None
    return item.state is State.REJECTED or bool(item.code and item.is_booked)


def same_content(there: bytes, document: bytes) -> bool:
    """Say whether what lies in the inbox says the same as a document that passes.

    How it is written and when it was processed count for nothing. What was put there by itself may
    be one that booking refuses, such as with a field twice: that never says the same.
    """
    try:
        return _said(there) == _said(document)
    except Reject:
        return False


def _said(document: bytes) -> str:
    """Return the content as a text, in which 1, 1.0 and true differ.

    Raises:
        Reject: booking does not take it.
    """
    content = {name: each for name, each in check(document).items() if name != "processed_at"}
    return json.dumps(content, sort_keys=True)


def _check_address(content: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    wrong = [
        Refusal(not_valid(_OF_ITS_ADDRESS[field], f"{field} differs from the address"), f"/{field}")
        for field, value in expected.items()
        if value and content[field] != value
    ]
    if wrong:
        raise NotAccepted(*wrong)


def pointer_of(values: Mapping[str, str], lines: Mapping[str, int] | None = None) -> str:
    """Return where a refusal points to; `lines` has the place of each line by its number."""
    field, line, name = (values.get(each, "") for each in ("field", "line", "name"))
    place = int(line) if line.isdigit() else 0
    if lines is not None:
        place = lines.get(line, 0)
    if name:
        field = f"lines[].{name}" if place else name
    if not field:
        return "/totals" if "total" in values else ""
    inside = f"lines.{place - 1}" if place else "lines"
    parts = field.replace("lines[]", inside, 1).split(".")
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)
