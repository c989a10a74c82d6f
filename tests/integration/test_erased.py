"""S13: erasing is final, whatever still lies in a queue for the connection."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from koppeling.auth.oauth import EXACT
from koppeling.auth.ports import HandOver
from koppeling.auth.token_keys import EXACT as AT_EXACT
from koppeling.auth.token_keys import key_of, keys_of
from koppeling.auth.token_pair import TokenPair
from koppeling.aws.token_relay import SqsTokenRelay
from koppeling.core.clock import Deadline
from koppeling.pull.entities.registry import ENTITIES
from koppeling.push.messages import InvoiceMessage
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.sandbox.invoices import build_invoice
from tests.unit.aws.test_token_relay import Queue

NUMBER = "20260620"
PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
type Erased = tuple[Environment, str]


def everything(h: Environment) -> list[object]:
    """Return every item of both tables, and every object of the inbox."""
    items, tokens = h.wiring.aws.sync_items, h.wiring.aws.token_items
    kept = [
        sorted(str(item.attribute_values) for item in model.scan()) for model in (items, tokens)
    ]
    return [*kept, h.aws["s3"].list_objects_v2(Bucket=h.settings.inbox_bucket)["KeyCount"]]


def erase(h: Environment) -> None:
    """Erase the connection as the command does once nothing is at work."""
    eraser = h.wiring.stores.eraser
    for key in keys_of(h.connection):
        eraser.erase_chain(key)
    h.wiring.inbox.clear(h.connection.id)
    eraser.erase(h.connection.id)


@pytest.fixture(scope="module")
def erased() -> Iterator[Erased]:
    """Yield what is left of a connection that worked, and a pair of it that was handed on."""
    with environment(accounts=3) as h:
        h.pull()
        h.offer(build_invoice(NUMBER, debtor_code="1068"))
        pair = h.wiring.stores.tokens.get(key_of(AT_EXACT, h.connection))
        assert pair is not None
        erase(h)
        yield h, json.dumps(_sealed(h, pair, HandOver.LOGIN))


def _sealed(h: Environment, pair: TokenPair, hand_over: HandOver) -> dict[str, str]:
    return SqsTokenRelay(Queue, h.wiring.stores.token_cipher).sealed(pair, hand_over)


def tick(entity: str) -> Callable[[Environment], object]:
    """Return what delivers the message of a tick."""

    def act(h: Environment) -> object:
        message = {"connection": h.connection.id, "slot": h.clock.now().isoformat()}
        return h.pulls(entity).handle_message({**message, "compare": "yes"}, PLENTY)

    return act


def push(**marks: object) -> Callable[[Environment], object]:
    """Return what delivers a message about the invoice."""

    def act(h: Environment) -> object:
        key = f"{h.connection.id}/{NUMBER}.json"
        body = InvoiceMessage(key, **marks).as_message()  # type: ignore[arg-type] # any mark
        h.wiring.invoice_worker.handle(json.dumps(body))
        return body

    return act


def dead_letter(h: Environment) -> object:
    """Look at a dead letter about the invoice, and offer it again."""
    key = f"{h.connection.id}/{NUMBER}.json"
    h.aws["sqs"].send_message(
        QueueUrl=h.settings.sales_entry_dead_letters_url,
        MessageBody=json.dumps(InvoiceMessage(key).as_message()),
    )
    return h.wiring.dead_letters.offer_again(h.connection.id)


ACTS: dict[str, Callable[[Environment], object]] = {
    **{f"tick {entity}": tick(entity) for entity in ENTITIES},
    "direct": lambda h: h.pulls().run(h.connection.id, PLENTY, full=True),
    "document": lambda h: h.deliver(f"{h.connection.id}/{NUMBER}.json"),
    "another try": push(attempt=3),
    "offered again": push(retry=True),
    "settles": push(settles=NUMBER),
    "early": push(held_until="2999-01-01T00:00:00+00:00"),
    "dead letter": dead_letter,
    "woken": lambda h: h.wiring.requeuer.requeue_daily(h.connection),
    "settling": lambda h: [h.wiring.settler.settle_entries(), h.wiring.settler.settle_uploads()],
    "strays": lambda h: h.wiring.strays.look(),
    "login lost": lambda h: h.wiring.handover.on_login_lost(h.connection.id, EXACT.reconnect),
}


@pytest.mark.parametrize("name", ACTS)
def test_what_waits_for_an_erased_connection_writes_nothing(erased: Erased, name: str) -> None:
    h, _ = erased
    before = everything(h)
    ACTS[name](h)
    assert everything(h) == before


def test_a_login_that_was_handed_on_does_not_bring_its_chain_back(erased: Erased) -> None:
    h, body = erased
    before = everything(h)
    assert h.wiring.clients.tokens.receive(body).outcome == "unused"
    assert everything(h) == before


@pytest.mark.parametrize("generation", [1, 2])
def test_nor_does_a_refresh_that_was_under_way(erased: Erased, generation: int) -> None:
    h, _ = erased
    before, now = everything(h), h.clock.now()
    key = key_of(AT_EXACT, h.connection)
    late = TokenPair(key, "a", "r", now, now + timedelta(minutes=9), generation=generation)
    with pytest.raises(Exception, match="token-overtaken"):
        h.wiring.stores.tokens.save(late)
    assert everything(h) == before
