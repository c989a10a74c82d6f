"""Invoices in the outbox, for tests that look at them from outside."""

from decimal import Decimal

from koppeling.push.outbox import OutboxItem, State
from tests.unit.push.world import CONNECTION


def outbox_item(state: State = State.INTENT) -> OutboxItem:
    """Return an invoice in the outbox, as one that was just taken up."""
    return OutboxItem(
        connection=CONNECTION,
        number="1",
        state=state,
        document_hash="h",
        kind="invoice",
        currency="EUR",
        amount_excl=Decimal(100),
        vat_amount=Decimal(21),
        amount_incl=Decimal(121),
    )
