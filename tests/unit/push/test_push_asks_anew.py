"""What was remembered refuses no invoice: what a refusal names is asked anew, and nothing else."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.errors import Defer, Reject
from koppeling.core.ids import ExactId
from koppeling.core.rate_limit import ERRORS_BEFORE_REST
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from koppeling.push.sales_entry import CustomerCard, GlAccountCard, VatCodeCard
from koppeling.push.terms import ERRORS_BY_HAND, ERRORS_WHEN_WOKEN, Terms
from tests.unit.push.fakes import FakeBooks
from tests.unit.push.world import NOON, World, example, refused, take_up, with_line

INVALID = "Ongeldige referentie: Grootboekrekening"
OLD = ExactId("an-id-that-is-gone")


class Limited(FakeBooks):
    """Books that have no call left for what is asked anew."""

    def find_customer(self, code: str, *, anew: bool = False) -> CustomerCard | None:
        if anew:
            raise Defer("exact-minute-limit", NOON)
        return FakeBooks.find_customer(self, code)


def remembering(**cards: Any) -> World:  # noqa: ANN401 - cards of any kind
    """Return a world in which look-ups remember these cards, by a code after an underscore."""
    world = World()
    world.books.remembered = {name[1:]: card for name, card in cards.items()}
    return world


@pytest.mark.parametrize(
    ("code", "card"),
    [
        ("8005", GlAccountCard(ExactId("gl-8005"), 110, use_cost_center=1)),
        ("8005", GlAccountCard(ExactId("gl-8005"), 110, blocked=True)),
        ("2", VatCodeCard("2  ", percentage=Decimal(19))),
        ("2", VatCodeCard("2  ", type="I")),
    ],
    ids=["an obligation was lifted", "unblocked", "another percentage", "another type"],
)
def test_what_was_mended_in_exact_refuses_no_invoice_any_more(code: str, card: object) -> None:
    world = remembering(**{f"_{code}": card})
    world.offer(with_line(example(), 1, gl_account_code="8005", cost_center_code=None))

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    assert world.books.asked_anew == [code]


def test_what_is_still_wrong_is_asked_once_and_then_refused() -> None:
    world = World()
    world.books.gl_accounts["8000"] = replace(world.books.gl_accounts["8000"], blocked=True)
    world.offer()

    assert world.deliver().code == "gl-account-wrong-type"

    assert world.books.asked_anew == ["8000"]


def test_a_healthy_invoice_asks_nothing_anew() -> None:
    world = World()
    world.offer()
    world.deliver_until_done()
    assert world.books.asked_anew == []
    assert world.terms[0] == Terms(errors_allowed=ERRORS_BEFORE_REST)


def test_a_gl_account_that_was_made_again_is_found_by_its_code_and_booked_on_at_once() -> None:
    world = remembering(_8000=GlAccountCard(OLD, 110, use_cost_center=1))
    world.offer()

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    assert world.books.calls.count("post_entry") == 2
    looks = world.books.calls.index("entries_with_reference")
    assert looks > world.books.calls.index("post_entry"), "looked for between the two"
    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == []


def test_a_customer_that_was_made_again_is_booked_on_by_its_new_id() -> None:
    world = remembering(_1068=CustomerCard(OLD, "1068", "C"))
    world.offer()

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    (entry,) = world.books.entries
    assert entry["Customer"] == ExactId("customer-1068")


def test_of_a_customer_and_a_project_that_were_made_again_only_one_post_is_refused() -> None:
    world = remembering(
        _1068=CustomerCard(OLD, "1068", "C"),
        _8000=GlAccountCard(OLD, 110, use_cost_center=1),
        _P26014=OLD,
    )
    world.offer()

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    assert world.books.calls.count("post_entry") == 2
    (entry,) = world.books.entries
    assert entry["Customer"] == ExactId("customer-1068")
    assert OLD not in [line.get("Project") for line in entry["SalesEntryLines"]]


def test_a_customer_that_was_deleted_is_refused_by_its_number_after_one_post() -> None:
    world = remembering(_1068=CustomerCard(OLD, "1068", "C"))
    del world.books.customers["1068"]
    world.offer()

    assert world.deliver().code == "debtor-not-found"

    assert world.books.calls.count("post_entry") == 1


def test_a_refusal_of_exact_that_asking_anew_does_not_explain_stands() -> None:
    world = World()
    world.offer()
    world.books.raises["post_entry"] = [Reject("gl-account-unknown", message=INVALID)]

    assert world.deliver().code == "gl-account-unknown"

    assert world.books.calls.count("post_entry") == 1
    assert world.item().state is State.REJECTED


def test_a_limit_while_asking_anew_leaves_an_invoice_that_was_surely_not_booked() -> None:
    world = World()
    world.offer()
    text = "Ongeldig: Klant (Geblokkeerd)"
    world.books.raises["post_entry"] = [Reject("debtor-blocked", message=text)]
    held = {each.name: getattr(world.books, each.name) for each in fields(world.books)}
    world.books = Limited(**held)

    with pytest.raises(Defer):
        world.deliver()

    assert world.item().state is State.INTENT


def test_who_offers_an_invoice_again_by_hand_lets_every_code_be_asked_anew() -> None:
    world = refused()
    take_up(world)
    assert world.terms[-1] == Terms(errors_allowed=ERRORS_BY_HAND, anew=True)


def test_an_invoice_that_was_refused_before_may_cause_fewer_refusals() -> None:
    world = refused()
    world.deliver(retry=True)
    world.offer()
    world.deliver()
    world.offer(example(description="Anders"))
    world.deliver()

    allowed = [terms.errors_allowed for terms in world.terms]
    fresh = ERRORS_BEFORE_REST
    assert allowed == [fresh, ERRORS_WHEN_WOKEN, ERRORS_WHEN_WOKEN, fresh]
