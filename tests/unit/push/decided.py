"""Worlds in which a person decides about an invoice, and how a person decides."""

from decimal import Decimal

from koppeling.core.errors import Defer
from koppeling.core.ids import ExactId
from koppeling.core.problems import Problem, entry_subject
from koppeling.push.decisions import TAKE_UP, decision_basis
from koppeling.push.job import PushResult
from tests.unit.push.world import CONNECTION, KEY, NUMBER, World, example

FIRST = ExactId("entry-1")


def booked(**settings: object) -> World:
    """Return a world in which an invoice is booked with its PDF."""
    world = World(**settings)
    world.offer()
    world.deliver_until_done()
    return world


def deleted(**settings: object) -> World:
    """Return a world in which somebody deleted the entry, which reconciling told of."""
    world = booked(**settings)
    world.books.entries.clear()
    world.books.calls.clear()
    values = {"invoice": NUMBER}
    world.problems.open(Problem(CONNECTION, entry_subject(NUMBER), "entry-gone", values))
    return world


def refused() -> World:
    """Return a world in which an invoice was refused, for its debtor."""
    world = World()
    world.books.customers.clear()
    world.offer()
    world.deliver()
    return world


def waiting(name: str) -> World:
    """Return a world in which something waits for a person."""
    if name == "refused":
        return refused()
    if name == "gone":
        return deleted()
    world = booked() if name == "changed" else World()
    if name == "changed":
        world.offer(example(description="Iets anders"))
    elif name == "differs":
        world.offer()
        world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}
    else:
        world.offer(pdf=b"%PDF-1.7 another one")
    world.deliver()
    return world


def decide(world: World, decision: str, **asked: str) -> PushResult:
    """Let a person decide now."""
    return world.deliver(**{**decision_of(world, decision), **asked})


def decision_of(world: World, decision: str) -> dict[str, str]:
    """Return what an offer tells of a decision that is made now."""
    world.clock.advance(1)
    lies = world.inbox.document(KEY)
    copy = "" if lies is None else lies.version
    told = {"decision": decision, "decided_at": world.clock.now().isoformat()}
    return told | {"decision_basis": decision_basis(copy, world.item().entry_id)}


def take_up(world: World, **asked: str) -> PushResult:
    """Let a person offer again, by name, what was left."""
    world.clock.advance(1)
    decided = world.clock.now().isoformat()
    return world.deliver(retry=True, decision=TAKE_UP, decided_at=decided, **asked)


def by_hand(world: World, **changes: object) -> None:
    """Let a bookkeeper book the invoice in Exact."""
    row = {**booked().books.entries[0], "EntryID": ExactId("by-hand"), "EntryNumber": 26709999}
    world.books.entries.append({**row, "from": world.clock.now(), **changes})


def restless(world: World, **asked: str) -> None:
    """Deliver a request until it comes to its end, whatever comes between."""
    for _ in range(40):
        try:
            world.deliver(**asked)
        except Defer as later:
            world.clock.freeze(later.until)
        except Exception:  # noqa: BLE001 - a crash, or a push that overtook itself
            world.clock.advance(30)
        else:
            return
