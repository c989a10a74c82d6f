"""X170: every try after the first one looks in Exact before it posts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Reject, Retry
from koppeling.core.ids import ExactId
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from koppeling.push.service import InvoicePusher
from tests.unit.push.test_push_refusals import existing_entry, values
from tests.unit.push.world import NOON, World, connection, example, with_line

CLOSED = Reject("exact-rejected", message="Periode is afgesloten: 2026 - 10")
LOGIN = Reauthorise("exact-reconnect-needed")
DAY = 24 * 3600.0


def refused() -> World:
    """Deliver an invoice that Exact refuses."""
    world = World()
    world.offer()
    world.books.raises["post_entry"] = [CLOSED]
    world.deliver()
    return world


def stopped(call: str, failure: Consequence) -> World:
    """Deliver an invoice whose first try ends with a failure."""
    world = World()
    world.offer()
    world.books.raises[call] = [failure]
    with pytest.raises(type(failure)):
        world.deliver()
    return world


def lies_for_days() -> World:
    world = World()
    world.offer()
    world.clock.advance(DAY + 1)
    return world


def restored(world: World, after: timedelta = timedelta()) -> World:
    """Restore the table to a moment before the invoice was known."""
    world.outbox.items.clear()
    ports = replace(world.push.ports, restored_at=world.clock.now())
    world.push = InvoicePusher(ports)
    world.clock.advance(after.total_seconds())
    world.offer()
    return world


def offered_again(world: World) -> World:
    world.offer()
    return world


def changed(world: World) -> World:
    world.offer(with_line(example(), 0, description="Iets anders"))
    return world


def logged_in_since(world: World) -> World:
    """Let somebody log in after the document was put in the inbox."""
    world.clock.advance(60)
    world.books.login = world.clock.now()
    world.clock.advance(60)
    return world


def lost_before_a_login() -> World:
    """Lose the item of an invoice that lies in the inbox, and let somebody log in anew."""
    world = World()
    world.offer()
    return logged_in_since(world)


def begun_before_a_login() -> World:
    """Let an invoice wait for its turn, and somebody log in meanwhile."""
    world = World()
    world.offer()
    held = connection()
    taken = [world.semaphore.acquire(held.exact_host, held.division) for _ in range(2)]
    with pytest.raises(Defer, match="push-busy"):
        world.deliver()
    for permit in taken:
        assert permit is not None
        world.semaphore.release(permit)
    world.inbox.put_at.clear()
    return logged_in_since(world)


def hand_made(world: World, **changes: Any) -> None:  # noqa: ANN401 - a row of Exact
    world.books.entries.append(existing_entry(**{"from": world.clock.now(), **changes}))


def without_debtor() -> World:
    world = World()
    debtor = world.books.customers.pop("1068")
    world.offer()
    world.deliver()
    world.books.customers["1068"] = debtor
    return world


LATER_TRIES: dict[str, tuple[Callable[[], World], dict[str, Any]]] = {
    "a wake-up or a retry by hand": (refused, {"retry": True}),
    "offered again": (lambda: offered_again(refused()), {}),
    "a changed copy": (lambda: changed(refused()), {}),
    "a refusal before the post": (without_debtor, {"retry": True}),
    "a lost login at a look-up": (lambda: stopped("find_customer", LOGIN), {}),
    "a lost login at the post": (lambda: stopped("post_entry", LOGIN), {}),
    "a missing right": (lambda: stopped("find_customer", Fatal("exact-no-rights")), {}),
    "an outage at the post": (lambda: stopped("post_entry", Retry("exact-unavailable")), {}),
    "a limit at the post": (lambda: stopped("post_entry", Defer("exact-minute-limit", NOON)), {}),
    "a document of days ago": (lies_for_days, {}),
    "a login after the document came": (lost_before_a_login, {}),
    "a login after the first delivery": (begun_before_a_login, {}),
    "a restore": (lambda: restored(World()), {}),
    "a restore of weeks ago": (lambda: restored(World(), timedelta(days=34)), {}),
}


@pytest.mark.parametrize("case", LATER_TRIES)
def test_an_invoice_that_a_person_entered_meanwhile_is_not_booked_again(case: str) -> None:
    begin, asked = LATER_TRIES[case]
    world = begin()
    hand_made(world)
    world.books.calls.clear()

    assert world.deliver(**asked).outcome is PushOutcome.BOOKED

    assert "post_entry" not in world.books.calls
    assert world.books.calls.count("entries_with_reference") == 1
    assert (world.item().entry_number, world.settled_counts()) == ("26700099", (1, 1, 1))
    assert world.problems.codes() == []


@pytest.mark.parametrize("case", LATER_TRIES)
def test_a_later_try_that_finds_nothing_books_after_one_more_call(case: str) -> None:
    begin, asked = LATER_TRIES[case]
    world = begin()
    world.books.calls.clear()

    assert world.deliver(**asked).outcome is PushOutcome.BOOKED

    assert world.books.calls.count("entries_with_reference") == 1
    assert world.books.calls.count("post_entry") == 1
    assert world.item().look_first is False


def test_the_first_try_posts_at_once() -> None:
    world = World()
    world.offer()
    world.deliver()

    assert world.books.calls == ["find_customer", "post_entry", "post_document", "post_attachment"]


def test_an_invoice_that_comes_after_the_last_login_posts_at_once() -> None:
    world = World()
    world.books.login = world.clock.now()
    world.offer()
    world.deliver()

    assert "entries_with_reference" not in world.books.calls


def test_a_month_after_a_restore_the_first_try_posts_at_once_again() -> None:
    world = restored(World(), timedelta(days=35))
    world.deliver()

    assert "entries_with_reference" not in world.books.calls


def test_a_delivery_that_waited_for_its_turn_posts_at_once() -> None:
    world = World()
    world.offer()
    held = connection()
    taken = [world.semaphore.acquire(held.exact_host, held.division) for _ in range(2)]
    with pytest.raises(Defer, match="push-busy"):
        world.deliver()
    for permit in taken:
        assert permit is not None
        world.semaphore.release(permit)

    world.deliver()

    assert "entries_with_reference" not in world.books.calls


@pytest.mark.parametrize(
    "changes",
    [
        {"Currency": "USD"},
        {"AmountFC": Decimal("12.00")},
        {"Customer": ExactId("somebody")},
        {"Journal": "71"},
        {"EntryDate": "2026-10-30"},
    ],
)
def test_an_entry_that_does_not_agree_is_named_and_nothing_is_booked(
    changes: dict[str, Any],
) -> None:
    world = refused()
    hand_made(world, **changes)

    result = world.deliver(retry=True)

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "entry-number-in-use")
    shown = values(world, "entry-number-in-use")
    assert shown["entry_number"] == "26700099"
    assert shown["amount_entry"].startswith(changes.get("Currency", "EUR"))
    assert world.books.calls.count("post_entry") == 1


def test_two_entries_that_agree_are_named_and_neither_is_adopted() -> None:
    world = refused()
    hand_made(world)
    hand_made(world, EntryID=ExactId("twin"))

    assert world.deliver(retry=True).code == "entry-number-in-use"
    assert world.item().state is State.REJECTED


def test_the_entry_of_a_number_in_other_letters_is_another_invoice() -> None:
    world = World()
    lower = {"invoice_number": "f26-a"}
    world.offer(example(**lower))
    world.books.raises["post_entry"] = [CLOSED]
    world.deliver()
    hand_made(world, YourRef="F26-A")

    assert world.deliver(retry=True).outcome is PushOutcome.BOOKED

    assert [entry["YourRef"] for entry in world.books.entries] == ["F26-A", "f26-a"]
