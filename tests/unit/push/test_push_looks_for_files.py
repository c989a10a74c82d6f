"""X126, X170: every upload after the first try is preceded by a look for what hangs there."""

import pytest

from koppeling.core.errors import Defer, Reject, Retry
from koppeling.core.ids import ExactId
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.test_push_looks_first import (
    DAY,
    hand_made,
    logged_in_since,
    refused,
    restored,
)
from tests.unit.push.world import KEY, NOON, World


def test_a_pdf_of_before_the_last_login_is_looked_for_first() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    logged_in_since(world)
    world.offer()
    world.books.calls.clear()

    world.deliver()

    assert world.books.calls[:2] == ["documents_of_entry", "post_document"]


def test_a_pdf_that_a_person_hung_on_an_adopted_entry_is_not_hung_there_twice() -> None:
    world = refused()
    hand_made(world)
    world.books.documents.append(
        {
            "ID": ExactId("by-hand"),
            "Subject": "Factuur 20260412",
            "Type": 10,
            "FinancialTransactionEntryID": ExactId("entry-by-hand"),
            "from": NOON,
        }
    )

    assert world.deliver(retry=True).outcome is PushOutcome.BOOKED

    assert world.settled_counts() == (1, 1, 1)
    assert world.books.attachments[0]["Document"] == "by-hand"


@pytest.mark.parametrize("call", ["post_document", "post_attachment"])
def test_a_refused_upload_is_looked_for_before_it_is_made_again(call: str) -> None:
    world = World()
    world.offer()
    world.books.raises[call] = [Reject("exact-rejected", message="Iets nieuws")]
    with pytest.raises(Defer):
        world.deliver()
    world.clock.advance(3600)
    world.books.calls.clear()

    world.deliver()

    looks = {"post_document": "documents_of_entry", "post_attachment": "attachments_of_document"}
    assert world.books.calls.index(looks[call]) < world.books.calls.index(call)


def test_a_pdf_that_comes_days_later_is_looked_for_first() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    world.clock.advance(DAY + 1)
    world.offer()
    world.books.calls.clear()

    world.deliver()

    assert world.books.calls[:2] == ["documents_of_entry", "post_document"]
    assert world.settled_counts() == (1, 1, 1)


def test_after_a_restore_what_hangs_on_an_entry_is_looked_for() -> None:
    world = World()
    world.offer()
    world.books.raises["post_attachment"] = [Retry("exact-unavailable")]
    with pytest.raises(Retry):
        world.deliver()
    before = world.item()
    world.deliver()
    restored(world)
    world.outbox.items[before.connection, before.number] = before

    world.deliver()

    assert world.item().state is State.DONE
    assert world.settled_counts() == (1, 1, 1)
    assert world.inbox.document(KEY) is not None
