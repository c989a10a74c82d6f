"""A wait belongs to its invoice, and a problem of the connection ends by what proves its end."""

from datetime import timedelta

import pytest

from koppeling.core.errors import Defer, Fatal, Reject
from koppeling.core.problems import Problem
from koppeling.push.job import PushOutcome
from koppeling.push.messages import TAKE_UP
from koppeling.push.proof import CONNECTION_SUBJECT
from tests.unit.push.world import CONNECTION, KEY, NOON, World, example

QUARTER = timedelta(minutes=15).total_seconds()


def pdf_refused() -> World:
    """Return a world in which Exact refused a PDF a moment ago."""
    world = World()
    world.offer()
    world.books.raises["post_document"] = [Reject("exact-rejected", message="Nee")]
    with pytest.raises(Defer):
        world.deliver()
    world.books.calls.clear()
    return world


def with_problems(*problems: tuple[str, str]) -> World:
    """Return a world whose connection has problems: each a code and what it is about."""
    world = World()
    for code, entity in problems:
        values = {"entity": entity} if entity else {}
        world.problems.open(Problem(CONNECTION, CONNECTION_SUBJECT, code, values))
    return world


def test_whatever_message_comes_early_it_costs_no_call() -> None:
    world = pdf_refused()

    for retry in (False, True, False):
        world.clock.advance(QUARTER)
        with pytest.raises(Defer) as early:
            world.deliver(retry=retry)
        assert early.value.until == NOON + timedelta(hours=1)

    assert world.books.calls == []
    world.clock.advance(QUARTER)
    assert world.deliver().outcome is PushOutcome.BOOKED


def test_a_person_or_another_copy_ends_a_wait() -> None:
    world = pdf_refused()
    decided = world.clock.now().isoformat()
    asked = world.deliver(retry=True, decision=TAKE_UP, decided_at=decided)
    assert asked.outcome is PushOutcome.BOOKED

    other = pdf_refused()
    other.offer()
    assert other.deliver().outcome is PushOutcome.BOOKED


def test_a_limit_of_exact_is_no_wait_of_one_invoice() -> None:
    world = World()
    world.offer()
    world.books.raises["post_entry"] = [Defer("exact-day-limit", NOON + timedelta(hours=9))]
    with pytest.raises(Defer):
        world.deliver()

    assert world.item().held_until is None
    assert world.deliver().outcome is PushOutcome.BOOKED


def test_a_healthy_invoice_closes_what_it_proves_and_nothing_else() -> None:
    world = with_problems(
        ("exact-reconnect-needed", ""),
        ("exact-division-not-accessible", "accounts"),
        ("exact-no-rights", "documents"),
    )
    world.offer(example(pdf=None))

    world.deliver()

    assert world.problems.codes() == ["exact-no-rights"]


def test_a_missing_right_ends_with_the_call_that_needed_it() -> None:
    world = with_problems(("exact-no-rights", "documents"))
    world.books.proves = frozenset({"documents"})
    world.offer()

    world.deliver()

    assert world.problems.codes() == []


def test_what_was_proved_counts_also_when_the_delivery_stops_later() -> None:
    world = with_problems(("exact-reconnect-needed", ""))
    world.offer()
    world.books.raises["post_document"] = [Fatal("exact-no-rights", "403", entity="documents")]

    with pytest.raises(Fatal):
        world.deliver()

    assert world.problems.codes() == []


def test_a_document_that_nobody_can_read_closes_nothing_of_the_connection() -> None:
    world = with_problems(("exact-reconnect-needed", ""))
    world.inbox.put(KEY, b"no json")

    assert world.deliver().code == "invoice-not-valid"

    assert world.problems.codes() == ["exact-reconnect-needed", "invoice-not-valid"]


def test_without_a_call_nothing_of_the_connection_is_even_read() -> None:
    world = with_problems(("exact-reconnect-needed", ""))
    world.books.proves = frozenset()
    world.offer()

    world.deliver()

    assert world.problems.codes() == ["exact-reconnect-needed"]
    assert CONNECTION_SUBJECT not in world.problems.closed


@pytest.mark.parametrize("waited_for", ["exact-reconnect-needed", ""])
def test_an_invoice_that_got_through_shows_that_the_login_works_whether_it_waited_or_not(
    waited_for: str,
) -> None:
    world = World()
    world.problems.open(Problem(CONNECTION, "login/exact", "exact-reconnect-needed"))
    world.problems.open(Problem(CONNECTION, "login/exact", "exact-consent-expires-soon"))
    world.offer()

    world.deliver(waited_for=waited_for)

    assert world.problems.codes() == ["exact-consent-expires-soon"]


def test_a_document_says_only_what_is_wrong_with_its_newest_copy() -> None:
    world = World()
    world.problems.open(Problem(CONNECTION, f"inbox/{KEY}", "message-unreadable"))
    world.inbox.put(KEY, b"no json")

    world.deliver()

    assert world.problems.codes() == ["invoice-not-valid"]
