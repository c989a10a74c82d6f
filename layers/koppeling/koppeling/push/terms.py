"""On what terms a delivery calls Exact: what it leaves to others, and whether it trusts the cache.

Exact counts refusals per endpoint, and at five within an hour the link lets that endpoint rest
(R7). What was refused before is likely to be refused again. So it may cause fewer of those five,
and never stops the invoices that nothing is wrong with.
"""

from dataclasses import dataclass

from koppeling.core.connection import Connection
from koppeling.core.rate_limit import ERRORS_BEFORE_REST
from koppeling.push.invoice import Invoice
from koppeling.push.invoice_checks import is_existing
from koppeling.push.messages import TAKE_UP, InvoiceMessage
from koppeling.push.outbox import OutboxItem, State

# Refusals within an hour, whoever caused them, after which such work waits
ERRORS_WHEN_WOKEN, ERRORS_BY_HAND = 2, 4


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one delivery.

    Calls for `existing` invoices leave the reserve of the day alone. With `anew` every code is
    asked in Exact: a person who offers an invoice again has mended something there.
    """

    existing: bool = False
    errors_allowed: int = ERRORS_BEFORE_REST
    anew: bool = False


def terms_of(
    message: InvoiceMessage, invoice: Invoice, connection: Connection, item: OutboxItem
) -> Terms:
    """Return the terms of a delivery."""
    by_hand = message.decision == TAKE_UP
    refused = item.state is State.REJECTED and item.document_hash == invoice.content_hash
    if by_hand:
        errors = ERRORS_BY_HAND
    elif message.retry or refused:
        errors = ERRORS_WHEN_WOKEN
    else:
        errors = ERRORS_BEFORE_REST
    return Terms(is_existing(invoice, connection), errors, by_hand)
