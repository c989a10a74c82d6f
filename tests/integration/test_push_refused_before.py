"""R7: invoices that were refused before never stop those that nothing is wrong with."""

import json
from collections.abc import Iterator
from datetime import date

import pytest

from koppeling.push.outbox import State
from koppeling.push.terms import ERRORS_WHEN_WOKEN
from tests.environment import Environment, environment
from tests.sandbox.invoices import build_invoice

ENTRIES = "salesentry/SalesEntries"
CLOSED = date(2026, 9, 15)
BAD = [str(number) for number in range(20260401, 20260421)]
HEALTHY = [str(number) for number in range(20260601, 20260621)]
HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment in which the period of twenty invoices is closed, as was found out before."""
    with environment(accounts=10) as built:
        built.pull_all()
        built.exact.set_up.close_period(CLOSED.year, CLOSED.month)
        built.exact.switches.validation_status = 400
        for number in BAD:
            built.offer(build_invoice(number, invoice_date=CLOSED, with_pdf=False))
        for _ in range(10):
            built.clock.advance(HOUR)
            deliver_all(built)
        assert states(built, BAD) == {State.REJECTED}
        built.clock.advance(DAY)
        built.exact.journal.clear()
        yield built


def deliver_all(home: Environment) -> None:
    """Deliver each message that waits, once."""
    for body in home.taken(home.settings.sales_entry_queue_url):
        home.wiring.invoice_worker.handle(json.dumps(body))


def states(home: Environment, numbers: list[str]) -> set[State | None]:
    found = (home.wiring.stores.outbox.get(home.connection.id, number) for number in numbers)
    return {None if item is None else item.state for item in found}


def refused_posts(home: Environment) -> int:
    calls = home.exact.journal.calls(lambda call: call.endpoint == ENTRIES and call.status == 400)
    return len(calls)


def test_twenty_that_are_woken_in_vain_hold_up_none_of_twenty_healthy_ones(
    home: Environment,
) -> None:
    home.wiring.requeuer.requeue_daily(home.connection)
    deliver_all(home)
    for number in HEALTHY:
        home.clock.advance(5)
        home.offer(build_invoice(number, with_pdf=False))

    assert states(home, HEALTHY) == {State.DONE}
    assert refused_posts(home) == ERRORS_WHEN_WOKEN


def test_what_is_woken_in_vain_is_tried_hour_by_hour_and_ends_refused(home: Environment) -> None:
    home.wiring.requeuer.requeue_daily(home.connection)
    for _ in range(12):
        deliver_all(home)
        home.clock.advance(HOUR)

    assert states(home, BAD) == {State.REJECTED}
    assert home.waiting(home.settings.sales_entry_queue_url) == []


def test_once_the_period_is_open_all_are_booked_at_the_next_wake_up(home: Environment) -> None:
    home.exact.set_up.close_period(CLOSED.year, CLOSED.month, closed=False)
    home.wiring.requeuer.requeue_daily(home.connection)
    for _ in range(3):
        deliver_all(home)
        home.clock.advance(60)

    assert states(home, BAD) == {State.DONE}


def test_many_of_a_debtor_known_to_be_bad_hold_up_nobody_on_any_morning() -> None:
    with environment(accounts=10) as home:
        home.pull_all()
        for vat in list(home.exact.world.tables["VATCodes"]):
            home.exact.world.change("VATCodes", vat["ID"], {"EUSalesListing": "G"})
        home.exact.change_account("1068", VATNumber="NL123456789B01")
        home.exact.change_account("1071", VATNumber="?")  # which only Exact refuses
        known_bad = [str(number) for number in range(20260001, 20260041)]
        for number in known_bad:  # answers that Exact does not count
            home.offer(build_invoice(number, debtor_code="1071", with_pdf=False))
            home.clock.advance(10)
        assert states(home, known_bad) == {State.REJECTED}
        home.exact.switches.validation_status = 400

        for morning in (HEALTHY[:5], HEALTHY[5:10]):
            home.clock.advance(DAY)
            home.exact.journal.clear()
            home.wiring.requeuer.requeue_daily(home.connection)
            deliver_all(home)
            for number in morning:
                home.clock.advance(5)
                home.offer(build_invoice(number, with_pdf=False))

            assert states(home, morning) == {State.DONE}
            assert refused_posts(home) <= ERRORS_WHEN_WOKEN
            assert "exact-error-budget" not in {problem.code for problem in home.problems()}
