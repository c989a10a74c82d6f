"""Answers to a post that prove nothing: it is looked for, made again, and not for ever (X165)."""

from collections.abc import Callable
from typing import Any

import pytest

from koppeling.core.errors import Defer, Fatal, Retry, Uncertain
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.test_push_refusals import values
from tests.unit.push.world import NUMBER, World, decision_of

TIMEOUT = "Timeout expired."


def text() -> Uncertain:
    return Uncertain("exact-rejected", "500 on salesentry/SalesEntries", message=TIMEOUT)


def no_answer() -> Uncertain:
    return Uncertain("exact-unavailable", "ReadTimeout on salesentry/SalesEntries")


def no_right() -> Uncertain:
    return Uncertain("exact-no-rights", "403", entity="sales_entries", right="Boeken")


def answered(call: str, *answers: Uncertain) -> World:
    world = World()
    world.offer()
    world.books.raises[call] = list(answers)
    return world


def test_the_text_of_an_unclear_answer_is_shown_while_the_entry_is_looked_for() -> None:
    world = answered("post_entry", text())

    with pytest.raises(Retry, match="entry-uncertain"):
        world.deliver()

    assert world.item().state is State.UNKNOWN
    assert values(world, "entry-uncertain")["message"] == TIMEOUT


def test_an_unclear_refusal_after_which_nothing_is_there_is_posted_again() -> None:
    world = answered("post_entry", text())

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert world.books.calls.count("post_entry") == 2
    assert world.settled_counts() == (1, 1, 1)
    assert world.item().unclear_posts == 0
    assert world.problems.codes() == []


@pytest.mark.parametrize(("answer", "posts"), [(text, 3), (no_answer, 6)])
def test_a_post_that_stays_unclear_ends_with_a_person_and_with_the_answer(
    answer: Callable[[], Uncertain], posts: int
) -> None:
    world = answered("post_entry", *(answer() for _ in range(20)))

    result = world.deliver_until_done()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "entry-not-confirmed")
    assert world.books.calls.count("post_entry") == posts
    assert world.problems.codes() == ["entry-not-confirmed"]
    assert values(world, "entry-not-confirmed")["answer"] == (
        TIMEOUT if answer is text else "ReadTimeout on salesentry/SalesEntries"
    )
    assert [each.cause for each in world.blocked.of(world.item().connection)] == ["day"]


def test_after_that_each_try_looks_posts_once_and_looks_again() -> None:
    world = answered("post_entry", *(text() for _ in range(4)))
    world.deliver_until_done()
    world.books.calls.clear()

    assert world.deliver_until_done(retry=True).code == "entry-not-confirmed"

    assert [call for call in world.books.calls if "customer" not in call] == [
        "entries_with_reference",
        "post_entry",
        "entries_with_reference",
        "entries_with_reference",
    ]
    assert world.deliver_until_done(retry=True).outcome is PushOutcome.BOOKED


def test_a_right_that_seems_to_be_missing_stops_the_work_once_nothing_was_booked() -> None:
    world = answered("post_entry", no_right())
    with pytest.raises(Retry):
        world.deliver()

    stopped: Exception | None = None
    for _ in range(3):
        try:
            world.deliver()
        except Defer as later:
            world.clock.freeze(later.until)
        except Fatal as fatal:
            stopped = fatal

    assert isinstance(stopped, Fatal)
    assert (stopped.code, stopped.values["right"]) == ("exact-no-rights", "Boeken")
    assert world.item().state is State.INTENT
    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)


@pytest.mark.parametrize("call", ["post_document", "post_attachment"])
def test_an_unclear_upload_is_looked_for_and_then_made_again(call: str) -> None:
    world = answered(call, text())

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == []


@pytest.mark.parametrize("call", ["post_document", "post_attachment"])
def test_an_upload_that_stays_unclear_is_made_once_an_hour_and_after_a_week_told(call: str) -> None:
    world = answered(call, *(text() for _ in range(1000)))

    result = world.deliver_until_done(deliveries=2000)

    assert (result.outcome, result.code) == (PushOutcome.BOOKED_WITHOUT_PDF, "pdf-upload-failed")
    assert 24 * 7 - 3 <= world.books.calls.count(call) <= 24 * 7 + 5
    assert world.problems.codes() == ["pdf-upload-failed"]
    world.books.raises.clear()
    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)


@pytest.mark.parametrize("call", ["post_document", "post_attachment"])
def test_an_upload_without_the_right_stops_the_work(call: str) -> None:
    world = answered(call, no_right())
    with pytest.raises(Retry):
        world.deliver()
    world.clock.advance(360)

    with pytest.raises(Fatal, match="exact-no-rights"):
        world.deliver()

    assert world.item().sent_at is None
    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)


def test_a_crash_after_an_unclear_answer_is_not_taken_for_that_answer() -> None:
    world = answered("post_entry", no_right())
    with pytest.raises(Retry):
        world.deliver()
    world.clock.advance(3600)
    for _ in range(2):
        with pytest.raises((Defer, Fatal)):
            world.deliver()
        world.clock.advance(3600)
    world.books.raises["post_entry"] = [MemoryError()]
    with pytest.raises(MemoryError):
        world.deliver()

    assert world.item().state is State.POSTING
    assert world.item().unclear_code == ""
    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert world.item().number == NUMBER


def test_who_skips_it_while_it_is_looked_for_is_not_asked_again() -> None:
    world = answered("post_entry", *(text() for _ in range(20)))
    world.deliver_until_done()
    skips: dict[str, Any] = decision_of(world, "skip")
    with pytest.raises(Retry):
        world.deliver(retry=True)
    assert world.item().state is State.UNKNOWN

    assert world.deliver_until_done(**skips).outcome is PushOutcome.SKIPPED

    assert (world.item().state, world.item().is_skipped) == (State.REJECTED, True)
    assert world.problems.codes() == []
    world.books.calls.clear()
    assert world.deliver_until_done(retry=True).outcome is PushOutcome.SKIPPED
    assert "post_entry" not in world.books.calls
