"""Defects that other connectors have in booking, each shown not to be one of ours (section 6)."""

from collections.abc import Iterator

import pytest

from koppeling.core.errors import Defer, Retry
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import build_invoice
from tests.unit.push.fakes import Crash
from tests.unit.push.world import CONNECTION, World, example

ENTRIES = "salesentry/SalesEntries"
NUMBER = "20260602"
MANY = 1000


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment whose customers have been pulled."""
    with environment(accounts=10) as built:
        built.pull()
        built.exact.journal.clear()
        yield built


def numbers(home: Environment) -> list[str]:
    return [str(entry["your_ref"]) for entry in booked_entries(home.exact.world)]


def posts(home: Environment) -> int:
    journal = home.exact.journal
    return len(journal.calls(lambda c: (c.method, c.endpoint) == ("POST", ENTRIES)))


def test_df1_a_post_whose_answer_is_lost_is_looked_for_and_never_repeated_by_itself(
    home: Environment,
) -> None:
    home.exact.faults.arm(Fault("answer-lost", endpoint=ENTRIES, method="POST"))
    files = build_invoice(NUMBER)
    home.offer(files)

    for _ in range(4):
        home.clock.advance(70)
        home.deliver(files.json_key)

    assert numbers(home) == [NUMBER]
    assert posts(home) == 1


def test_df12_a_crash_after_exact_booked_forgets_nothing_and_books_nothing_twice() -> None:
    step = 0
    while True:
        step += 1
        world = World()
        world.offer()
        world.effects.crash_after = step
        try:
            world.deliver()
        except (Crash, Defer, Retry):
            pass
        else:
            break
        world.effects.crash_after = 0
        world.deliver_until_done()
        assert world.settled_counts() == (1, 1, 1), f"crash after effect {step}"

    assert step > 8


def test_df15_one_poisoned_invoice_among_a_thousand_costs_no_extra_call_and_delays_nobody() -> None:
    world = World()
    keys = [f"{CONNECTION}/{number}.json" for number in range(MANY)]
    for number, key in enumerate(keys):
        debtor = "9999" if number == MANY // 2 else "1068"
        world.offer(example(invoice_number=str(number), debtor_code=debtor, pdf=None), key=key)

    outcomes = [world.deliver(key).outcome for key in keys]
    calls = len(world.books.calls)
    again = [world.deliver(key).outcome for key in keys]

    assert outcomes.count(PushOutcome.BOOKED) == MANY - 1
    assert outcomes.count(PushOutcome.REJECTED) == 1
    assert world.books.calls.count("post_entry") == MANY - 1
    assert again.count(PushOutcome.ALREADY_BOOKED) == MANY - 1
    assert len(world.books.calls) == calls


def test_df16_an_entry_that_was_booked_by_hand_is_adopted_and_nothing_has_to_be_deleted() -> None:
    world = World(existing_as_entries=True)
    first = World(existing_as_entries=True)
    old = example(invoice_date="2025-11-03", due_date="2025-12-03")
    first.offer(old)
    first.deliver_until_done()
    world.books.entries.extend(first.books.entries)
    world.offer(old)

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    assert len(world.books.entries) == 1
    assert "post_entry" not in world.books.calls
    assert world.item().entry_id == first.item().entry_id


@pytest.mark.parametrize("fault", ["503", "500", "no-answer", "maintenance"])
def test_df20_who_could_not_be_asked_is_not_taken_for_absent(home: Environment, fault: str) -> None:
    home.exact.faults.arm(Fault("no-answer", endpoint=ENTRIES, method="POST"))
    files = build_invoice(NUMBER)
    home.offer(files)
    home.exact.faults.arm(Fault(fault, endpoint=ENTRIES, method="GET", times=20))

    for _ in range(12):
        home.clock.advance(90)
        home.deliver(files.json_key)

    item = home.wiring.stores.outbox.get(home.connection.id, NUMBER)
    assert item is not None
    assert item.state is State.UNKNOWN
    assert posts(home) == 1
    home.exact.faults.disarm()
    for _ in range(4):
        home.clock.advance(400)
        home.deliver(files.json_key)
    assert numbers(home) == [NUMBER]


def test_df20_a_number_that_exact_cannot_hold_is_refused_and_never_cut() -> None:
    world = World()
    world.offer(example(invoice_number="F" * 31))

    assert world.deliver().code == "invoice-not-valid"
    assert world.books.calls == []
