"""Wires the push: the worker of the queue, and what looks after invoices, messages and files."""

from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING

from koppeling.aws.bucket_objects import BucketObjects
from koppeling.aws.dead_letters import SqsDeadLetters
from koppeling.aws.dynamodb.outbox import OutboxStore
from koppeling.aws.dynamodb.semaphore import SemaphoreStore
from koppeling.aws.evidence_bucket import EvidenceBucket
from koppeling.aws.inbox_bucket import InboxBucket
from koppeling.bootstrap.aws import S3_TIMEOUTS
from koppeling.bootstrap.observability import report
from koppeling.exact.books import ExactBooks
from koppeling.milestones.states import EntityStates
from koppeling.push.contract import check
from koppeling.push.dead_letters import DeadLetters
from koppeling.push.ports import PushPorts
from koppeling.push.reconciliation import Reconciler
from koppeling.push.requeue import Requeuer
from koppeling.push.service import InvoicePusher
from koppeling.push.settling import Settler
from koppeling.push.strays import Strays
from koppeling.push.terms import Terms
from koppeling.push.unseen import Unseen
from koppeling.push.worker import InvoiceWorker

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring

# Imported with this module, so that the first invoice of a process does not wait for them (P9)
_NEEDED_AT_ONCE = (ExactBooks, EntityStates, OutboxStore, SemaphoreStore)

# The command line and the handler name these classes, and may not import `aws` itself
__all__ = ["BucketObjects", "InboxBucket", "InvoiceWorker"]


def invoice_worker(wiring: "Wiring") -> InvoiceWorker:
    """Return what handles the messages of the sales-entry queue."""
    stores = wiring.stores
    ports = PushPorts(
        inbox=wiring.inbox,
        check=check,
        connections=stores.connections,
        outbox=stores.outbox,
        problems=stores.problems,
        books=wiring.clients.books,
        semaphore=stores.semaphore,
        blocked=stores.blocked_invoices,
        evidence=wiring.evidence,
        entity_states=wiring.clients.states,
        now=wiring.now,
        log=stores.log,
        restored_at=wiring.settings.restored_at,
        pages=wiring.settings.connect_url,
    )
    return InvoiceWorker(
        push=InvoicePusher(ports).run,
        queue=wiring.sales_entry_queue,
        problems=stores.problems,
        report=report,
        now=wiring.now,
        random=SystemRandom(),
        on_login_lost=wiring.on_login_lost,
    )


def inbox(wiring: "Wiring") -> InboxBucket:
    """Return the bucket in which QicsMilestones puts invoices."""
    return InboxBucket(wiring.aws.client("s3", S3_TIMEOUTS), wiring.settings.inbox_bucket)


def inbox_objects(wiring: "Wiring") -> BucketObjects:
    """Return the files in the inbox, for handing them over."""
    return BucketObjects(wiring.aws.client("s3", S3_TIMEOUTS), wiring.settings.inbox_bucket)


def evidence(wiring: "Wiring") -> EvidenceBucket:
    """Return what was sent to Exact, and what came back."""
    return EvidenceBucket(wiring.aws.client("s3"), wiring.settings.evidence_bucket)


def evidence_objects(wiring: "Wiring") -> BucketObjects:
    """Return the files of evidence, for handing them over."""
    return BucketObjects(wiring.aws.client("s3", S3_TIMEOUTS), wiring.settings.evidence_bucket)


def requeuer(wiring: "Wiring") -> Requeuer:
    """Return what queues blocked invoices again once their cause is gone."""
    return Requeuer(wiring.stores.blocked_invoices, wiring.sales_entry_queue)


def settler(wiring: "Wiring") -> Settler:
    """Return what settles unknown outcomes that no message settles any more."""
    stores = wiring.stores
    return Settler(stores.outbox, stores.connections, wiring.sales_entry_queue, wiring.now)


def dead_letters(wiring: "Wiring") -> DeadLetters:
    """Return the messages that the sales-entry queue gave up on."""
    letters = dead_letters_in(wiring, wiring.settings.sales_entry_dead_letters_url)
    stores = wiring.stores
    return DeadLetters(letters, wiring.sales_entry_queue, stores.problems, stores.connections)


def dead_letters_in(wiring: "Wiring", url: str) -> SqsDeadLetters:
    """Return what lies in a dead-letter queue."""
    return SqsDeadLetters(wiring.aws.client("sqs"), url)


def strays(wiring: "Wiring") -> Strays:
    """Return the files in the inbox that belong to no connection."""
    stores = wiring.stores
    return Strays(wiring.inbox, stores.connections, stores.problems, wiring.sales_entry_queue)


def reconciler(wiring: "Wiring") -> Reconciler:
    """Return the comparison of a month with the journal in Exact."""
    journal, stores = partial(wiring.clients.books, terms=Terms(existing=True)), wiring.stores
    return Reconciler(stores.connections, stores.outbox, journal, stores.problems, wiring.now)


def unseen(wiring: "Wiring") -> Unseen:
    """Return the documents in the inbox that never became an invoice."""
    stores = wiring.stores
    known = (stores.outbox, stores.connections, stores.problems)
    return Unseen(wiring.inbox, *known, wiring.sales_entry_queue, wiring.now)
