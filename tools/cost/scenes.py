"""The pieces of work whose cost is known, run in one process between both sandboxes."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from koppeling.bootstrap import observability
from koppeling.bootstrap.completeness import completeness
from koppeling.core.clock import Deadline, today
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.intake.keys import IntakeKey, digest_of, new_key_text
from koppeling.pull import events
from koppeling.push.asked import MonthAsked
from koppeling.push.journal import Period
from koppeling.watch.messages import ConnectionRound, FirstLoadRound
from tests.environment import MILLISECONDS_LEFT, Environment
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tests.unit.intake_program import Program
from tools.cost.meter import CONTEXT, Work, logs_go_to, measured

# When in a quarter of an hour which entity is pulled (template.yaml)
MINUTES = {
    "vat_codes": 0,
    "payment_conditions": 0,
    "cost_centers": 0,
    "accounts": 3,
    "items": 6,
    "employees": 9,
    "projects": 9,
}
QUARTER = timedelta(minutes=15)
# After as many ticks nothing waits that is tried again soon
SETTLING_QUARTERS = 6
# Of a company as they mostly are
USUAL_ACCOUNTS = 1_000
_DEADLINE = Deadline(lambda: MILLISECONDS_LEFT)


def settle(h: Environment) -> None:
    """Bring the connection to where it is on any day: everything read, every process warm."""
    with logs_go_to(io.StringIO()):
        h.pull_all()
        _let_pass(h, SETTLING_QUARTERS)


def _let_pass(h: Environment, quarters: int) -> None:
    for _ in range(quarters):
        for _ in ticks(h, tuple(MINUTES)):
            pass


def ticks(h: Environment, entities: Sequence[str]) -> Iterator[str]:
    """Carry out one tick of each entity, in their order, and let the quarter of an hour pass."""
    began = h.clock.now()
    for entity in entities:
        until = began + timedelta(minutes=MINUTES[entity])
        h.clock.advance((until - h.clock.now()).total_seconds())
        tick(h, entity)
        yield entity
    h.clock.advance((began + QUARTER - h.clock.now()).total_seconds())


def tick(h: Environment, entity: str) -> None:
    """Carry out a tick of an entity: the invocation of the schedule, and that of its messages.

    Raises:
        RuntimeError: a run did not end well.
    """
    pulls = h.pulls(entity)
    with observability.invocation(CONTEXT):
        observability.report(pulls.fan_out(h.clock.now()))
    for message in h.taken(h.settings.pull_queue_url):
        with observability.invocation(CONTEXT):
            body = events.pull_message(json.dumps(message))
            summary = observability.report(pulls.handle_message(body, _DEADLINE))
        if summary.outcome != "done":
            raise RuntimeError(f"{entity}: {summary.outcome}, of which the cost is not asked")


def empty_tick(h: Environment, entities: Sequence[str] = tuple(MINUTES)) -> Work:
    """Measure a tick of all seven entities, or of some, in which nothing has changed."""
    settle(h)
    with measured(h) as work:
        for _ in ticks(h, entities):
            pass
    return work


def empty_tick_after(h: Environment, first: Sequence[str]) -> Work:
    """Measure a tick of the others, after that of `first` in the same quarter of an hour.

    They share the token that was refreshed then.
    """
    settle(h)
    others = tuple(name for name in MINUTES if name not in first)
    every = ticks(h, (*first, *others))
    for _ in first:
        next(every)
    with measured(h) as work:
        for _ in every:
            pass
    return work


def outage_read(h: Environment) -> Work:
    """Measure the read that a process makes for all its messages of half a minute (R6)."""
    with measured(h) as work:
        h.wiring.stores.outages.get(h.connection.exact_host)
    return work


def daily_look(h: Environment) -> Work:
    """Measure what the watch does for one connection once a day."""
    return _watched(h, ConnectionRound(h.connection.id).as_message())


def numbers(h: Environment, *, invoices: int = 0) -> Work:
    """Measure the look at the counter an hour after the last one, with so many invoices since.

    It rides along with a run; a token of QicsMilestones that is an hour old is refreshed for it.
    """
    with logs_go_to(io.StringIO()):
        completeness(h.wiring).look(h.connection)
        for _ in range(invoices):
            files = h.milestones.process_invoice()
            offer(h, files)
            h.deliver(files.json_key)
    h.clock.advance(timedelta(hours=1).total_seconds())
    with measured(h) as work:
        completeness(h.wiring).look(h.connection)
    return work


def comparison(h: Environment) -> Work:
    """Measure what comparing a month with the journal takes."""
    period = Period.of(today(h.clock.now()))
    return _watched(h, MonthAsked(h.connection.id, period).as_message())


def mail(h: Environment) -> Work:
    """Measure a mail to the one person of a connection: that everything was read."""
    return _watched(h, FirstLoadRound(h.connection.id).as_message())


def _watched(h: Environment, message: Mapping[str, str]) -> Work:
    with measured(h) as work, observability.invocation(CONTEXT):
        for summary in h.wiring.watch_message(json.dumps(message)):
            observability.report(summary)
    return work


def change_some(h: Environment, number: int) -> None:
    """Change some accounts in Exact, each time to another value."""
    city = f"Zwolle {h.clock.now():%H%M%S}"
    for account in islice(h.exact.world.tables["Accounts"], number):
        h.exact.change_account(account["Code"].strip(), City=city)


def changes(h: Environment, number: int) -> Work:
    """Measure a tick of accounts in which some have changed."""
    settle(h)
    change_some(h, number)
    with measured(h) as work:
        tick(h, "accounts")
    return work


def offer(h: Environment, files: InvoiceFiles) -> None:
    """Put an invoice and its PDF in the inbox."""
    h.put(files.pdf_key, files.pdf_bytes)
    h.put(files.json_key, files.json_bytes)


def invoice(h: Environment, files: InvoiceFiles) -> Work:
    """Measure the delivery of an invoice with its PDF."""
    offer(h, files)
    with measured(h) as work, observability.invocation(CONTEXT):
        h.deliver(files.json_key)
    return work


def a_program(h: Environment) -> Program:
    """Return a program with a key, which made what all of its calls share."""
    text = new_key_text(h.connection.id)
    h.wiring.stores.intake_keys.add(IntakeKey(h.connection.id, digest_of(text), h.clock.now()))
    program = Program(h.wiring.intake_routes, text, h.connection.id)
    hand_in(program, build_invoice("20260000"))
    h.clock.advance(1)
    return program


def hand_in(program: Program, files: InvoiceFiles) -> None:
    """Hand in an invoice: ask where its PDF goes, and send its document."""
    number, pdf = files.document["invoice_number"], files.document["pdf"]
    with observability.invocation(CONTEXT):
        upload = program.wants_upload(number, pdf["sha256"], pdf["size_bytes"])
    with observability.invocation(CONTEXT):
        key = upload.body["key"]
        program.put(number, {**files.document, "pdf": {**pdf, "key": key}})


def handing_in(h: Environment, files: InvoiceFiles) -> Work:
    """Measure how an invoice is handed in over HTTPS; its PDF goes straight into the inbox."""
    program = a_program(h)
    with measured(h) as work:
        hand_in(program, files)
    return work


def first_load(h: Environment) -> Work:
    """Measure the first runs of accounts of a connection that has just been set up."""
    with measured(h) as work:
        summary = run(h, "accounts")
        while summary.outcome != "done":
            h.taken(h.settings.pull_queue_url)
            h.clock.advance(60)
            summary = run(h, "accounts")
    return work


def run(h: Environment, entity: str) -> Summary:
    """Carry out the message of a connection."""
    with observability.invocation(CONTEXT):
        message = {"connection": h.connection.id, "slot": h.clock.now().isoformat()}
        return observability.report(h.pulls(entity).handle_message(message, _DEADLINE))


def fan_out(h: Environment, connections: int) -> Work:
    """Measure the queueing of so many connections, of which but one are copies."""
    for number in range(connections - 1):
        copy = replace(h.connection, id=ConnectionId(f"{h.connection.id}-{number:04}"))
        h.wiring.stores.connections.save(copy)
    with measured(h) as work, observability.invocation(CONTEXT):
        observability.report(h.pulls().fan_out(h.clock.now()))
    return work


def evidence_bytes(h: Environment) -> int:
    """Return how much evidence is kept."""
    pages = h.aws["s3"].get_paginator("list_objects_v2").paginate(Bucket=h.settings.evidence_bucket)
    return sum(each["Size"] for page in pages for each in page.get("Contents", ()))
