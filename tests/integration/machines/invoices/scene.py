"""Two customers with their administrations, one queue, and the processes that work on it."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from random import Random

from koppeling.core.connection import Connection
from koppeling.core.errors import Fatal, Retry
from koppeling.core.ids import ConnectionId, Division
from koppeling.push.decisions import decision_basis
from koppeling.push.messages import TAKE_UP, InvoiceMessage
from koppeling.push.ports import Books, EntityStateWriter, PushPorts
from koppeling.push.requeue import Requeuer
from koppeling.push.service import InvoicePusher
from koppeling.push.settling import Settler
from koppeling.push.terms import Terms
from koppeling.push.worker import InvoiceWorker
from tests.integration.machines.invoices import papers as them
from tests.integration.machines.invoices.around import (
    FailingSemaphore,
    FakeInbox,
    FakePlaces,
    Message,
    SimulatedQueue,
)
from tests.integration.machines.invoices.backup import Backup
from tests.integration.machines.invoices.company import DEBTOR, Company, books_of
from tests.integration.machines.invoices.process import Process
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeConnections
from tests.unit.portal.fakes import FakeLog
from tests.unit.push.fakes import Crash, Effects, FakeOutbox
from tests.unit.push.waiting_fakes import FakeBlockedInvoices
from tests.unit.push.world import NOON, connection


class Scene:
    """Everything around the push in memory, with time that stands still until it is moved."""

    def __init__(self) -> None:
        self.clock = Clock(NOON)
        self.queue = SimulatedQueue(self.clock)
        self.inbox = FakeInbox()
        self.outbox = FakeOutbox(Effects())
        self.waits = FakeBlockedInvoices(Effects())
        self.places = FakePlaces(self.clock)
        home = connection()
        other = replace(home, id=ConnectionId(them.OTHER), division=Division(home.division + 1))
        self.connections = FakeConnections(home, other)
        self.companies = {name: Company(name, books_of(self.clock)) for name in (home.id, other.id)}
        self.processes: list[Process] = []
        self.lying: dict[them.Paper, int] = {}
        self.random = Random(1)  # noqa: S311 - a seeded draw of pauses
        self.backup: Backup | None = None
        self.restored_at: datetime | None = None

    def company(self, paper: them.Paper) -> Company:
        """Return whose invoice it is."""
        return self.companies[ConnectionId(paper.connection)]

    def owner(self, message: Message) -> ConnectionId:
        """Return whose document it is about."""
        return next(name for name in self.companies if f'"{name}/' in message.body)

    def put(self, paper: them.Paper, version: int) -> None:
        """Put a document in the inbox, which tells the queue."""
        self.lying[paper] = 0 if version == them.BARE else version
        self.inbox.put(paper.key, them.written(paper, version))
        self.queue.send([({"key": paper.key, "attempt": "0"}, 0)])

    def put_pdf(self, paper: them.Paper, kind: str) -> None:
        """Put a PDF beside it, which tells nobody."""
        if paper.with_pdf:
            self.inbox.put(paper.pdf_key, them.pdf(paper, kind))

    def deliver(self, message: Message, *, doubled: bool = False, dies_after: int = 0) -> None:
        """Let a process deliver a message in one go."""
        taken = self.queue.take(message, doubled=doubled)
        if taken is not None:
            process = Process(self.clock, dies_after)
            try:
                self._work(process, taken)
            except Crash:
                process.dead = True
            process.over = True

    def begin(
        self, message: Message, steps: int, before: str = "", *, doubled: bool = False
    ) -> Process | None:
        """Let a process begin at a message, and halt after so many steps or before a call."""
        if (taken := self.queue.take(message, doubled=doubled)) is None:
            return None
        process = Process(self.clock)
        self.processes.append(process)
        process.begin(partial(self._work, process, taken), steps, before)
        self.look_after_processes()
        return process

    def begin_waking(self, company: Company, steps: int, before: str = "") -> Process:
        """Let a process begin to wake what waits at a customer, and halt as `begin` does."""
        process = Process(self.clock)
        self.processes.append(process)
        requeuer = Requeuer(process.through(self.waits), process.through(self.queue))
        process.begin(partial(requeuer.requeue_connection, company.connection), steps, before)
        self.look_after_processes()
        return process

    def look_after_processes(self) -> None:
        """End what Lambda would end, and raise what no process may raise."""
        for process in self.processes:
            if process.is_out_of_time and not process.over:
                process.die()
            if process.failure is not None:
                raise process.failure
        self.processes = [process for process in self.processes if not process.over]

    def let_pass(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)
        self.look_after_processes()

    def change(self, company: Company, *, paused: bool) -> None:
        """Pause a connection, or resume it."""
        held = self.connections.known[company.connection]
        self.connections.known[company.connection] = replace(held, paused=paused)

    def remove_debtor(self, company: Company) -> None:
        """Let a person take the debtor away in Exact."""
        company.books.customers.pop(DEBTOR, None)

    def restore_debtor(self, company: Company) -> None:
        """Let a person put the debtor back; the next pull sees it change."""
        company.books.customers[DEBTOR] = company.debtor
        company.books.remembered.pop(DEBTOR, None)
        self.requeuer.requeue(company.connection, "accounts", [DEBTOR])

    def delete_entry(self, paper: them.Paper) -> None:
        """Let a person delete an entry in Exact."""
        self.company(paper).books.delete_entry(paper.number)

    def ask_to_book_anew(self, paper: them.Paper) -> None:
        """Let a person ask for an entry in the place of the one that is known, if it is gone."""
        item = self.outbox.items.get((paper.connection, paper.number))
        if item is not None and item.entry_id is not None:
            decided = self.clock.now().isoformat()
            offer = InvoiceMessage(paper.key, 0, True, item.entry_id, TAKE_UP, decided)  # noqa: FBT003 - as it stands there
            self.queue.send([(offer.as_message(), 0)])

    def decide(self, paper: them.Paper, decision: str) -> None:
        """Let a person decide about an invoice, with what is known of it at that moment."""
        item = self.outbox.items.get((paper.connection, paper.number))
        lies, entry = self.inbox.document(paper.key), "" if item is None else item.entry_id or ""
        copy = "" if lies is None else lies.version
        decided = self.clock.now().isoformat()
        offer = InvoiceMessage(
            paper.key,
            rebook_entry_id=entry,
            decision=decision,
            decided_at=decided,
            decision_basis=decision_basis(copy, entry),
        )
        self.queue.send([(offer.as_message(), 0)])

    def name_entry(self, paper: them.Paper, *, right: bool) -> None:
        """Let a person say which entry is that of an invoice, as `koppeling adopt` does."""
        item = self.outbox.items.get((paper.connection, paper.number))
        if item is not None and not item.is_booked:
            version = paper.version_of(item.document_hash)
            found = self.company(paper).books.number_of(paper, version) if right else ""
            number = found or "26799999"
            decided = self.clock.now().isoformat()
            offer = InvoiceMessage(
                paper.key,
                retry=True,
                decision=TAKE_UP,
                decided_at=decided,
                linked_entry=number,
                decision_basis=decision_basis(item.document_hash, item.entry_id),
            )
            self.queue.send([(offer.as_message(), 0)])

    @property
    def settler(self) -> Settler:
        """What settles outcomes that nobody asks for any more."""
        return Settler(self.outbox, self.connections, self.queue, self.clock.now)

    @property
    def requeuer(self) -> Requeuer:
        """What offers refused invoices again."""
        return Requeuer(self.waits, self.queue)

    def _work(self, process: Process, message: Message) -> None:
        """Do what the function does with one message."""
        try:
            self._deliveries(process, message).handle(message.body)
        except (Retry, Fatal):
            return  # the batch tells that this one failed: the queue hands it out again
        self.queue.messages.remove(message)

    def _deliveries(self, process: Process, message: Message) -> InvoiceWorker:
        company = self.companies[self.owner(message)]
        problems = process.through(company.problems)

        def books(_: Connection, terms: Terms) -> Books:
            del terms
            return process.through(company.books)

        def states(_: Connection) -> EntityStateWriter:
            return process.through(company.states)

        ports = PushPorts(
            inbox=process.through(self.inbox),
            check=them.checked,
            connections=process.through(self.connections),
            outbox=process.through(self.outbox),
            problems=problems,
            books=books,
            semaphore=process.through(FailingSemaphore(self.places, process)),
            blocked=process.through(self.waits),
            evidence=process.through(company.proofs),
            entity_states=states,
            now=self.clock.now,
            log=FakeLog(),
            restored_at=self.restored_at,
        )
        return InvoiceWorker(
            push=InvoicePusher(ports).run,
            queue=process.through(self.queue),
            problems=problems,
            report=lambda summary: summary,
            now=self.clock.now,
            random=self.random,
        )

    def mend(self) -> None:
        """Take every fault away, and let every process come to its end."""
        while self.processes:
            self.processes[0].go_on(1000)
            self.look_after_processes()
        for company in self.companies.values():
            company.books.raises.clear()
            company.books.loses.clear()
            company.states.fails = company.proofs.fails = None
            self.restore_debtor(company)
            self.change(company, paused=False)
        for paper in self.lying:
            self.put_pdf(paper, "right")
        self.queue.redrive()

    def come_to_rest(self, deliveries: int = 2000) -> None:
        """Deliver until the queue is empty.

        Raises:
            AssertionError: messages go round without an end.
        """
        for _ in range(deliveries):
            if not self.queue.messages:
                return
            first = min(self.queue.messages, key=lambda message: message.since)
            if first.since > self.clock.now():
                self.clock.freeze(first.since)
            self.deliver(first)
            self.queue.redrive()
        raise AssertionError(f"no rest after {deliveries} deliveries: {self.queue.messages}")

    def put_right(self) -> None:
        """Let a person put each invoice in the inbox as it was sent to Exact, or should be."""
        for company in self.companies.values():
            for paper in company.papers:
                item = self.outbox.items.get((paper.connection, paper.number))
                standing = company.books.stands(paper.number)
                sent = item is not None and (item.is_booked or item.is_unsettled)
                version = paper.version_of(item.document_hash) if item and sent else 0
                version = company.books.version_of(paper) if standing else version
                self.put_pdf(paper, "right")
                self.put(paper, version)
                self.ask_to_book_anew(paper)
                if self.restored_at is not None:  # an item of before may be settled first
                    self.queue.send([(InvoiceMessage(paper.key, retry=True).as_message(), 0)])
