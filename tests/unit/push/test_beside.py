"""An entry beside an invoice, before a person says that they belong together."""

import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.asked import EntryAsked, MonthAsked, asked_in
from koppeling.push.beside import ComparedEntry, EntryComparer
from koppeling.push.journal import Period
from koppeling.push.outbox import State
from tests.unit.push.world import CONNECTION, NUMBER, World, refused

BY_HAND = "26709999"


@dataclass(slots=True)
class Kept:
    """The comparisons that were kept."""

    found: dict[str, ComparedEntry] = field(default_factory=dict)

    def keep(self, connection: ConnectionId, number: str, found: ComparedEntry) -> None:
        """Keep one."""
        assert connection == CONNECTION
        self.found[number] = found


def with_entry(**changes: Any) -> World:  # noqa: ANN401 - fields vary
    """Return a world in which somebody booked a refused invoice by hand."""
    world = refused()
    world.books.customers["1068"] = DEBTOR
    item = world.item()
    row = {
        "EntryID": ExactId("by-hand"),
        "EntryNumber": int(BY_HAND),
        "YourRef": NUMBER,
        "Customer": DEBTOR.id,
        "CustomerName": "Café De Ster",
        "Journal": "70",
        "EntryDate": str(item.dated),
        "Currency": "EUR",
        "AmountFC": item.amount_incl,
        "from": world.clock.now(),
    }
    world.books.entries.append(row | changes)
    return world


DEBTOR = World().books.customers["1068"]


def beside(world: World) -> ComparedEntry:
    """Compare the entry with the invoice, as the watch does."""
    kept = Kept()
    comparer = EntryComparer(
        world.connections, world.outbox, world.push.ports.books, kept, world.clock.now
    )
    found = comparer.compare(EntryAsked(CONNECTION, NUMBER, BY_HAND))
    assert found == kept.found[NUMBER]
    return kept.found[NUMBER]


def differing(found: ComparedEntry) -> list[str]:
    return [each.name for each in found.parts if each.ours != each.theirs]


def test_an_entry_that_agrees_differs_in_nothing_but_the_pdf() -> None:
    found = beside(with_entry())

    assert (found.entry_id, found.objection) == ("by-hand", "")
    assert differing(found) == ["pdf"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"AmountFC": Decimal(1)}, "amount"),
        ({"EntryDate": "2026-09-01"}, "date"),
        ({"Journal": "71"}, "journal"),
    ],
)
def test_what_differs_is_shown_and_left_to_a_person(changes: dict[str, Any], name: str) -> None:
    found = beside(with_entry(**changes))

    assert name in differing(found)
    assert found.objection == ""


def test_an_entry_of_another_debtor_is_refused() -> None:
    assert beside(with_entry(Customer=ExactId("another"))).objection == "other-customer"


def test_an_entry_of_another_invoice_of_ours_is_refused() -> None:
    world = with_entry()
    other = replace(
        world.item(), number="2", state=State.DONE, entry_id=ExactId("by-hand"), version=1
    )
    world.outbox.begin(other)

    assert beside(world).objection == "linked"


def test_an_entry_with_another_reference_is_shown_and_refused() -> None:
    found = beside(with_entry(YourRef="iets anders"))

    assert (found.entry_id, found.objection) == ("by-hand", "other-invoice")
    assert "reference" in differing(found)


def test_an_entry_that_is_not_there_is_said_so() -> None:
    assert beside(with_entry(EntryNumber=1)).entry_id == ""


def test_an_invoice_that_nobody_knows_is_not_compared() -> None:
    world = with_entry()
    comparer = EntryComparer(
        world.connections, world.outbox, world.push.ports.books, Kept(), world.clock.now
    )

    assert not comparer.compare(EntryAsked(CONNECTION, "none", BY_HAND))


def linked(world: World, seen: str) -> None:
    world.clock.advance(60)
    world.deliver(
        retry=True,
        decision="take-up",
        decided_at=world.clock.now().isoformat(),
        decision_basis=f"{world.item().document_hash}|",
        linked_entry=BY_HAND,
        linked_as=seen,
    )


def test_what_a_person_compared_is_linked() -> None:
    world = with_entry(AmountFC=Decimal(1))
    linked(world, beside(world).seen)

    assert world.item().entry_number == BY_HAND


def test_an_entry_that_changed_since_it_was_compared_is_not_linked() -> None:
    world = with_entry(AmountFC=Decimal(1))
    seen = beside(world).seen
    world.books.entries[0]["AmountFC"] = Decimal(2)

    linked(world, seen)

    assert world.item().state is State.REJECTED
    assert world.problems.codes() == ["entry-number-in-use"]


def test_what_is_asked_travels_as_a_message() -> None:
    for asked in (
        MonthAsked(CONNECTION, Period(2026, 10)),
        EntryAsked(CONNECTION, "a/1", BY_HAND),
    ):
        assert asked_in(json.dumps(asked.as_message())) == asked


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"compare": "month", "connection": "a", "period": "x"}']
)
def test_anything_else_asks_for_no_comparison(body: str) -> None:
    assert asked_in(body) is None
