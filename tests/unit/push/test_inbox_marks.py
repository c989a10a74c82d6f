"""A PDF is marked once its invoice is done, and never before: the bucket removes what is marked."""

from datetime import timedelta

import pytest

from koppeling.core.errors import Defer, Retry
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.world import PDF, World, deleted, example

KEY = example()["pdf"]["key"]
AWAY = Retry("inbox-not-marked", "SlowDown")


def test_the_pdf_of_an_invoice_that_is_done_is_marked_in_the_version_that_was_sent() -> None:
    world = World()
    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED

    (mark,) = world.inbox.done
    assert (mark[0], mark[2]) == (KEY, True)
    assert mark[1].startswith("v")


def test_while_the_pdf_is_not_in_exact_it_is_not_marked() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    assert world.inbox.done == []

    world.inbox.put(KEY, PDF)
    world.deliver()

    assert [mark[0] for mark in world.inbox.done] == [KEY]


def test_a_pdf_that_was_refused_is_not_marked() -> None:
    world = World()
    world.offer(pdf=b"%PDF-another file")
    world.deliver()
    assert world.inbox.done == []


def test_a_mark_that_fails_stops_nothing_and_is_set_later() -> None:
    world = World()
    world.offer()
    world.inbox.fails = [AWAY]

    first = world.deliver()

    assert (first.outcome, first.retry_write_back) == (PushOutcome.BOOKED, True)
    assert world.item().state is State.DONE
    assert "inbox-not-marked: SlowDown" in first.notes

    second = world.deliver()

    assert (second.outcome, second.retry_write_back) == (PushOutcome.ALREADY_BOOKED, False)
    assert [mark[0] for mark in world.inbox.done] == [KEY]


def test_a_mark_that_fails_for_a_day_is_given_up() -> None:
    world = World()
    world.offer()
    world.inbox.fails = [AWAY, AWAY]
    world.deliver()
    world.clock.advance(timedelta(days=1).total_seconds())
    assert not world.deliver().retry_write_back


def test_another_file_under_the_same_key_is_not_marked() -> None:
    world = World()
    world.offer()
    world.inbox.fails = [AWAY]
    world.deliver()
    world.inbox.put(KEY, b"%PDF-another file")

    assert not world.deliver().retry_write_back

    assert world.inbox.done == []


def test_the_pdf_of_an_invoice_that_is_booked_anew_is_kept() -> None:
    world = deleted()
    entry = world.item().entry_id
    assert entry is not None
    world.inbox.done.clear()

    world.deliver(rebook_entry_id=entry, retry=True)

    assert [mark[2] for mark in world.inbox.done] == [False, True]
