"""Wires the delivery of invoices."""

from random import SystemRandom
from typing import TYPE_CHECKING

from koppeling.bootstrap.observability import report
from koppeling.push.contract import check
from koppeling.push.ports import PushPorts
from koppeling.push.service import InvoicePusher
from koppeling.push.worker import InvoiceWorker

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def invoice_worker(wiring: "Wiring") -> InvoiceWorker:
    """Build what handles the messages of the sales-entry queue."""
    ports = PushPorts(
        inbox=wiring.inbox,
        check=check,
        connections=wiring.stores.connections,
        outbox=wiring.stores.outbox,
        problems=wiring.stores.problems,
        books=wiring.clients.books,
        semaphore=wiring.stores.semaphore,
        blocked=wiring.stores.blocked_invoices,
        evidence=wiring.evidence,
        entity_states=wiring.clients.states,
        now=wiring.now,
        log=wiring.stores.log,
        restored_at=wiring.settings.restored_at,
        pages=wiring.settings.connect_url,
    )
    return InvoiceWorker(
        push=InvoicePusher(ports).run,
        queue=wiring.sales_entry_queue,
        problems=wiring.stores.problems,
        report=report,
        now=wiring.now,
        random=SystemRandom(),
        on_login_lost=wiring.handover.on_login_lost,
    )
