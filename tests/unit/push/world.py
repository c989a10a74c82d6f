"""A push with everything it stands on in memory, and the queue that offers its work again."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from koppeling.core.connection import Connection
from koppeling.core.errors import Defer, Retry
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.push.contract import check
from koppeling.push.job import PushResult
from koppeling.push.messages import InvoiceMessage
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import PushPorts
from koppeling.push.sales_entry import CustomerCard, GlAccountCard, VatCodeCard
from koppeling.push.service import InvoicePusher
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeConnections, FakeProblems
from tests.unit.push.around import (
    FakeBlockedInvoices,
    FakeEntityStates,
    FakeEvidence,
    FakeSemaphore,
)
from tests.unit.push.fakes import (
    Crash,
    Effects,
    FakeBooks,
    FakeInbox,
    FakeOutbox,
)

EXAMPLES = Path(__file__).parent / "examples"
CONNECTION = ConnectionId("veldhuis-advies-01")
KEY = f"{CONNECTION}/20260412.json"
NUMBER = "20260412"
PDF = b"%PDF-1.7 one page"
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
DELIVERIES = 40


def example(name: str = "invoice", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return an example document whose PDF is the one that lies in the inbox, with changes."""
    document: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    document["pdf"] |= {"sha256": sha256(PDF).hexdigest(), "size_bytes": len(PDF)}
    return document | deepcopy(changes)


def with_line(document: Mapping[str, Any], index: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the document with one line changed."""
    changed = deepcopy(dict(document))
    changed["lines"][index] |= changes
    return changed


def connection(**changes: Any) -> Connection:  # noqa: ANN401 - fields of any kind
    """Return the connection of the examples."""
    usual = Connection(
        id=CONNECTION,
        exact_host="start.exactonline.nl",
        exact_user="user-1",
        division=Division(987654),
        administration_name="Veldhuis Advies B.V.",
        milestones_user="user-2",
        company_id="1",
        sales_journal="70",
        debtor_gl_account="1300",
        start_date=date(2026, 1, 1),
    )
    return replace(usual, **changes)


def books(effects: Effects, clock: Clock) -> FakeBooks:
    """Return an administration that knows every code of the examples."""
    return FakeBooks(
        effects,
        clock,
        customers={
            "1068": CustomerCard(ExactId("customer-1068"), "1068", "C"),
            "0000215": CustomerCard(ExactId("customer-0000215"), "0000215", "C"),
        },
        gl_accounts={
            "8000": GlAccountCard(ExactId("gl-8000"), 110, use_cost_center=1),
            "8005": GlAccountCard(ExactId("gl-8005"), 110),
            "8020": GlAccountCard(ExactId("gl-8020"), 110),
            "8090": GlAccountCard(ExactId("gl-8090"), 110),
        },
        vat_codes={
            "1": VatCodeCard("1  ", percentage=Decimal(9)),
            "2": VatCodeCard("2  ", percentage=Decimal(21)),
        },
        projects={code: ExactId(f"project-{code}") for code in ("P26009", "P26014", "P26015")},
    )


class World:
    """One customer's administration, inbox and state."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - fields of the connection
        self.clock = Clock(NOON)
        self.effects = Effects()
        self.inbox = FakeInbox()
        self.outbox = FakeOutbox(self.effects)
        self.problems = FakeProblems(self.effects.happened)
        self.connections = FakeConnections(connection(**settings))
        self.books = books(self.effects, self.clock)
        self.slots = FakeSemaphore()
        self.waits = FakeBlockedInvoices(self.effects)
        self.evidence = FakeEvidence(self.effects)
        self.states = FakeEntityStates(self.effects)
        self.existing: list[bool] = []
        self.push = InvoicePusher(
            PushPorts(
                inbox=self.inbox,
                check=check,
                connections=self.connections,
                outbox=self.outbox,
                problems=self.problems,
                books=self._open,
                semaphore=self.slots,
                blocked=self.waits,
                evidence=self.evidence,
                entity_states=lambda _: self.states,
                now=self.clock.now,
            )
        )

    def _open(self, _: Connection, *, existing: bool) -> FakeBooks:
        self.existing.append(existing)
        return self.books

    def offer(
        self, document: Mapping[str, Any] | None = None, key: str = KEY, pdf: bytes | None = PDF
    ) -> None:
        """Put a document, and its PDF, in the inbox."""
        document = example() if document is None else document
        self.inbox.put(key, json.dumps(document).encode())
        if pdf is not None and document.get("pdf"):
            self.inbox.put(document["pdf"]["key"], pdf)

    def deliver(self, key: str = KEY, **asked: Any) -> PushResult:  # noqa: ANN401 - fields of an offer
        """Deliver the message once, with what was asked beside it."""
        return self.push.run(InvoiceMessage(key, **asked))

    def deliver_until_done(self, key: str = KEY) -> PushResult:
        """Deliver as the queue would: again after a while, or from the moment that was asked."""
        for _ in range(DELIVERIES):
            try:
                return self.deliver(key)
            except Defer as later:
                self.clock.freeze(later.until)
            except (Retry, Crash):
                self.clock.advance(timedelta(seconds=30).total_seconds())
        raise AssertionError(f"still not done after {DELIVERIES} deliveries")

    def item(self, number: str = NUMBER) -> OutboxItem:
        """Return what the outbox knows of an invoice."""
        return self.outbox.items[CONNECTION, number]

    def settled_counts(self) -> tuple[int, int, int]:
        """Return how many entries, documents and attachments Exact holds, late ones included."""
        books = self.books
        return len(books.entries), len(books.documents), len(books.attachments)
