"""The effects of the push, the watch, the login pages and the bookkeeper's."""

import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from koppeling.auth.oauth import EXACT
from koppeling.core.problems import OPERATOR, inbox_subject
from koppeling.push.outbox import State
from tests.sandbox.common.company import CONNECTION
from tools.stack.cases.workplace import SECONDS, Effect, Json, Workplace
from tools.stack.events import Events, event_file
from tools.stack.processes import eventually


def invoice_booked(at: Workplace, event: Json) -> Effect:
    """The invoice is one entry with its PDF."""
    number = _invoice_of(event)

    def booked(told: Json) -> bool:
        entries = [entry for entry in at.exact.entries() if entry["your_ref"] == number]
        files = [file for one in entries for doc in one["documents"] for file in doc["attachments"]]
        item = at.wiring.stores.outbox.get(at.connection.id, number)
        done = item is not None and item.state is State.DONE
        return told["batchItemFailures"] == [] and done and (len(entries), len(files)) == (1, 1)

    return booked


def _invoice_of(event: Json) -> str:
    (record,) = event["Records"]
    return Events.invoice_number(record["body"])


def nothing_booked(at: Workplace, _event: Json) -> Effect:
    """Exact holds what it held."""
    before = at.exact.entries()
    return lambda told: told["batchItemFailures"] == [] and at.exact.entries() == before


def both_asked(at: Workplace, _event: Json) -> Effect:
    """The findings come from both systems."""
    at.exact.clear_journal()
    at.milestones.clear_journal()

    def asked(told: Json) -> bool:
        return bool(told["findings"]) and bool(at.exact.journal() and at.milestones.journal())

    return asked


def stray_told(at: Workplace, _event: Json) -> Effect:
    """The daily watch finds a file in the folder of no connection."""
    key = f"nobody/{uuid4().hex}.pdf"
    at.stack.objects.put_object(Bucket=at.stack.outputs["InboxBucket"], Key=key, Body=b"%PDF-")
    return lambda _told: eventually(
        lambda: (
            inbox_subject(key)
            in {each.subject for each in at.wiring.stores.problems.opened(OPERATOR)}
        ),
        SECONDS,
    )


def dead_letter_told(at: Workplace, _event: Json) -> Effect:
    """A document that was given up on is a problem of its connection."""
    key = f"{CONNECTION}/dead-{uuid4().hex}.json"
    at.stack.queues.send_message(
        QueueUrl=at.stack.outputs["SalesEntryDeadLetterQueueUrl"],
        MessageBody=Events.arrival(event_file("push_sales_entries_created"), key),
    )
    opened = at.wiring.stores.problems.opened
    return lambda _told: inbox_subject(key) in {each.subject for each in opened(at.connection.id)}


def month_agrees(at: Workplace, _event: Json) -> Effect:
    """Every entry of the month has its invoice."""
    booked = [entry for entry in at.exact.entries() if entry["your_ref"]]

    def agrees(told: Json) -> bool:
        (euros,) = told["sums"]
        counts = (euros["invoices"], euros["entries"])
        return counts == (len(booked), len(booked)) and not told["gone"]

    return agrees


def entry_laid_beside(at: Workplace, event: Json) -> Effect:
    """What was found is kept for the page; without such an invoice there is nothing to compare."""
    item = at.wiring.stores.outbox.get(at.connection.id, event["number"])
    return lambda told: told == {} if item is None else told["entry_number"] == event["entry"]


def pair_written(at: Workplace, _event: Json) -> Effect:
    """The pair that was handed on is the stored one."""
    connected = _connected_at(at)
    before = connected()
    return lambda told: told["batchItemFailures"] == [] and connected() != before


def logged_in(at: Workplace, _event: Json) -> Effect:
    """The pair of this login is the stored one."""
    connected = _connected_at(at)
    before = connected()
    return lambda told: told["statusCode"] == HTTPStatus.OK and connected() != before


def _connected_at(at: Workplace) -> Callable[[], object]:
    key = at.wiring.clients.key_of(EXACT.name, at.connection)

    def facts() -> object:
        pair = at.wiring.stores.tokens.get(key)
        return pair and (pair.granted_at, pair.generation)

    return facts


def invited(at: Workplace, _event: Json) -> Effect:
    """The page asks nothing of anybody: it shows what the link is for, with a button."""
    name = at.connection.administration_name
    return lambda told: told["statusCode"] == HTTPStatus.OK and name in told["body"]


def sent_to_sign_in(_at: Workplace, event: Json) -> Effect:
    """Who is not signed in gets to the page first on which to ask for a link."""
    wanted = event["rawPath"].removeprefix("/portal")

    def is_sent(told: Json) -> bool:
        there = urlsplit(told["headers"]["Location"])
        return there.path.endswith("/portal/in") and wanted in unquote(there.query)

    return lambda told: told["statusCode"] == HTTPStatus.SEE_OTHER and is_sent(told)


def key_asked_for(_at: Workplace, _event: Json) -> Effect:
    """Who brings no key is told nothing of a connection."""
    return lambda told: (
        told["statusCode"] == HTTPStatus.UNAUTHORIZED and "state" not in json.loads(told["body"])
    )


def link_asked_for(at: Workplace, _event: Json) -> Effect:
    """What was asked for is counted, and the answer says nothing of whether somebody is known."""

    def counted() -> int:
        items = at.wiring.aws.sync_items
        return sum(len(each.data["taken"]) for each in items.scan(items.sk == "ALLOWANCE"))

    before = counted()
    return lambda told: told["statusCode"] == HTTPStatus.OK and counted() > before
