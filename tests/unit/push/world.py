"""A push with everything around it in memory, and what persons do to its invoices."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Defer, Retry
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.core.problems import Problem, entry_subject
from koppeling.push.contract import check
from koppeling.push.decisions import decision_basis
from koppeling.push.invoice import InboxDocument
from koppeling.push.job import PushResult
from koppeling.push.messages import TAKE_UP, InvoiceMessage
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import PushPorts
from koppeling.push.sales_entry import CustomerCard, GlAccountCard, VatCodeCard
from koppeling.push.service import InvoicePusher
from koppeling.push.terms import Terms
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeConnections, FakeProblems
from tests.unit.portal.fakes import FakeLog
from tests.unit.push.fakes import Crash, Effects, FakeBooks, FakeOutbox
from tests.unit.push.telling_fakes import FakeEntityStates, FakeEvidence
from tests.unit.push.waiting_fakes import FakeBlockedInvoices, FakeSemaphore

EXAMPLES = Path(__file__).parent / "examples"
CONNECTION = ConnectionId("veldhuis-advies-01")
KEY = f"{CONNECTION}/20260412.json"
NUMBER = "20260412"
PAGES = "https://koppeling.example"
PDF = b"%PDF-1.7 one page"
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
DELIVERIES = 40
FIRST = ExactId("entry-1")


def example(name: str = "invoice", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return an example document, with changes, whose PDF is the one in the inbox."""
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


@dataclass(slots=True)
class FakeInbox:
    """Objects by key; each put gets a version of its own."""

    objects: dict[str, bytes] = field(default_factory=dict)
    put_at: dict[str, datetime] = field(default_factory=dict)
    puts: int = 0
    done: list[tuple[str, str, bool]] = field(default_factory=list)
    fails: list[Consequence] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        self.puts += 1
        self.objects[key] = content
        self.put_at[key] = self.clock.now()

    def document(self, key: str) -> InboxDocument | None:
        """Read a document."""
        content, put_at = self.objects.get(key), self.put_at.get(key)
        return None if content is None else InboxDocument(content, f"v{self.puts}", put_at)

    def pdf(self, key: str) -> InboxDocument | None:
        """Read a PDF."""
        return self.document(key)

    def mark_done(self, key: str, version: str, *, done: bool) -> None:
        """Mark a version of a PDF."""
        if self.fails:
            raise self.fails.pop(0)
        self.done.append((key, version, done))


class World:
    """One customer: administration, inbox and stores."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - fields of the connection
        self.clock = Clock(NOON)
        self.effects = Effects()
        self.inbox = FakeInbox(clock=self.clock)
        self.outbox = FakeOutbox(self.effects)
        self.problems = FakeProblems(self.effects.happened)
        self.connections = FakeConnections(connection(**settings))
        self.books = books(self.effects, self.clock)
        self.semaphore = FakeSemaphore()
        self.blocked = FakeBlockedInvoices(self.effects)
        self.evidence = FakeEvidence(self.effects)
        self.states = FakeEntityStates(self.effects)
        self.terms: list[Terms] = []
        self.log = FakeLog()
        self.push = InvoicePusher(
            PushPorts(
                inbox=self.inbox,
                check=check,
                connections=self.connections,
                outbox=self.outbox,
                problems=self.problems,
                books=self._open,
                semaphore=self.semaphore,
                blocked=self.blocked,
                evidence=self.evidence,
                entity_states=lambda _: self.states,
                now=self.clock.now,
                log=self.log,
                pages=PAGES,
            )
        )

    def _open(self, _: Connection, terms: Terms) -> FakeBooks:
        self.terms.append(terms)
        return self.books

    def offer(
        self, document: Mapping[str, Any] | None = None, key: str = KEY, pdf: bytes | None = PDF
    ) -> None:
        """Put a document, and its PDF, in the inbox."""
        document = example() if document is None else document
        self.inbox.put(key, json.dumps(document).encode())
        if pdf is not None and document.get("pdf"):
            self.inbox.put(document["pdf"]["key"], pdf)

    def deliver(self, key: str = KEY, **asked: Any) -> PushResult:  # noqa: ANN401 - fields of a message
        """Deliver the message once, with what a person asked for."""
        return self.push.run(InvoiceMessage(key, **asked))

    def deliver_until_done(
        self,
        key: str = KEY,
        deliveries: int = DELIVERIES,
        **asked: Any,  # noqa: ANN401 - fields of a message
    ) -> PushResult:
        """Deliver as the queue would: again after a while, or from the moment of a Defer."""
        for _ in range(deliveries):
            try:
                return self.deliver(key, **asked)
            except Defer as later:
                self.clock.freeze(later.until)
            except (Retry, Crash):
                self.clock.advance(timedelta(seconds=30).total_seconds())
        raise AssertionError(f"still not done after {deliveries} deliveries")

    def item(self, number: str = NUMBER) -> OutboxItem:
        """Return what the outbox knows of an invoice."""
        return self.outbox.items[CONNECTION, number]

    def settled_counts(self) -> tuple[int, int, int]:
        """Return how many entries, documents and attachments Exact has or will have."""
        books = self.books
        return len(books.entries), len(books.documents), len(books.attachments)


def booked(**settings: object) -> World:
    """Return a world in which an invoice is booked with its PDF."""
    world = World(**settings)
    world.offer()
    world.deliver_until_done()
    return world


def deleted(**settings: object) -> World:
    """Return a world in which somebody deleted the entry, and the reconciliation noticed."""
    world = booked(**settings)
    world.books.entries.clear()
    world.books.calls.clear()
    values = {"invoice": NUMBER}
    world.problems.open(Problem(CONNECTION, entry_subject(NUMBER), "entry-gone", values))
    return world


def refused() -> World:
    """Return a world in which an invoice was refused for its debtor."""
    world = World()
    world.books.customers.clear()
    world.offer()
    world.deliver()
    return world


def waiting(name: str) -> World:
    """Return a world in which something needs a person."""
    if name == "refused":
        return refused()
    if name == "gone":
        return deleted()
    world = booked() if name == "changed" else World()
    if name == "changed":
        world.offer(example(description="Iets anders"))
    elif name == "differs":
        world.offer()
        world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    else:
        world.offer(pdf=b"%PDF-1.7 another one")
    world.deliver()
    return world


def decide(world: World, decision: str, **asked: str) -> PushResult:
    """Let a person decide now."""
    return world.deliver(**{**decision_of(world, decision), **asked})


def decision_of(world: World, decision: str) -> dict[str, str]:
    """Return the fields of a message with a decision that is made now."""
    world.clock.advance(1)
    found = world.inbox.document(KEY)
    basis = decision_basis("" if found is None else found.version, world.item().entry_id)
    decided_at = world.clock.now().isoformat()
    return {"decision": decision, "decided_at": decided_at, "decision_basis": basis}


def take_up(world: World, **asked: str) -> PushResult:
    """Let a person take up again, by name, what was skipped."""
    world.clock.advance(1)
    decided = world.clock.now().isoformat()
    return world.deliver(retry=True, decision=TAKE_UP, decided_at=decided, **asked)


def by_hand(world: World, **changes: object) -> None:
    """Let a bookkeeper book the invoice in Exact."""
    row = {**booked().books.entries[0], "EntryID": ExactId("by-hand"), "EntryNumber": 26709999}
    world.books.entries.append({**row, "from": world.clock.now(), **changes})


def deliver_until_accepted(world: World, **asked: str) -> None:
    """Deliver a request until it ends without an error, whatever happens in between."""
    for _ in range(40):
        try:
            world.deliver(**asked)
        except Defer as later:
            world.clock.freeze(later.until)
        except Exception:  # noqa: BLE001 - a crash, or a delivery that was overtaken
            world.clock.advance(30)
        else:
            return
