"""R6: during an outage of Exact nobody calls it but one look every 30 seconds."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.outage import FailedCall, Outage
from koppeling.core.rate_limit import CallBudget
from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.invoices import build_invoice

OTHERS = ("brug", "cafe", "duif")


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment that has caught up, and an Exact that answered nobody four times since."""
    with environment(accounts=10) as built:
        built.pull_all()
        now = built.clock.now()
        failures = tuple(FailedCall(now, ConnectionId(name)) for name in (*OTHERS, OTHERS[0]))
        built.wiring.stores.outages.save(built.connection.exact_host, Outage(failures))
        built.clock.advance(60)
        built.exact.journal.clear()
        yield built


def calls(home: Environment) -> int:
    return len(home.exact.journal.calls(lambda call: "token" not in call.path))


def troubles(home: Environment) -> list[str]:
    return [each.code for each in home.problems() if each.subject.endswith("/connection")]


def outage(home: Environment) -> Outage:
    return home.wiring.stores.outages.get(home.connection.exact_host, newest=True)


def test_the_fifth_failure_opens_it_and_from_then_on_ticks_cost_no_call(home: Environment) -> None:
    home.exact.faults.arm(Fault("503"))
    assert home.next_tick(seconds=10).outcome == "exact-unavailable"
    assert outage(home).since is not None
    made = calls(home)

    for _ in range(3):
        home.pull()

    assert calls(home) == made
    assert troubles(home) == ["exact-unavailable"]


def test_the_first_look_that_is_answered_ends_it(home: Environment) -> None:
    home.exact.faults.arm(Fault("503"))
    home.next_tick(seconds=10)

    assert home.next_tick().outcome == "done"

    assert outage(home) == Outage()
    assert troubles(home) == []


def test_an_invoice_waits_without_a_call_and_without_counting_an_attempt(
    home: Environment,
) -> None:
    opened = outage(home)
    later = home.clock.now() + timedelta(seconds=30)
    home.wiring.stores.outages.save(
        home.connection.exact_host, Outage(opened.failures, later, later, mark=opened.mark)
    )
    files = build_invoice("20260602", with_pdf=False)

    home.offer(files)

    assert calls(home) == 0
    (waiting,) = home.taken(home.settings.sales_entry_queue_url)
    assert waiting["attempt"] == "0"
    home.clock.advance(60)
    home.wiring.invoice_worker.handle(json.dumps(waiting))
    item = home.wiring.stores.outbox.get(home.connection.id, "20260602")
    assert item is not None
    assert item.state is State.DONE
    assert outage(home) == Outage()


def opened(home: Environment) -> datetime:
    """Let the outage stand, with its next look half a minute from now; returns when that is."""
    known, look = outage(home), home.clock.now() + timedelta(seconds=30)
    stored = Outage(known.failures, look, look, mark=known.mark)
    home.wiring.stores.outages.save(home.connection.exact_host, stored)
    return look


def test_a_look_for_which_there_is_no_token_is_left_to_the_next(home: Environment) -> None:
    look = opened(home)
    home.clock.advance(3600)
    home.exact.faults.arm(Fault("token-gateway", times=99))

    assert home.pull().outcome != "done"
    assert outage(home).probe_from == look

    home.exact.faults.disarm()
    assert home.next_tick().outcome == "done"
    assert outage(home) == Outage()


def test_a_look_for_which_no_call_is_left_today_is_left_to_another(home: Environment) -> None:
    look = opened(home)
    home.clock.advance(60)
    spent = CallBudget(day_limit=5000, day_remaining=0, day_resets_at=look + timedelta(hours=5))
    home.wiring.stores.budgets.save_limits(
        home.connection.exact_host, home.connection.division, spent
    )

    assert home.pull().outcome == "exact-day-limit"
    assert outage(home).probe_from == look


def test_an_invoice_may_be_what_looks_also_when_its_codes_are_known(home: Environment) -> None:
    home.offer(build_invoice("20260602", with_pdf=False))
    opened(home)
    home.clock.advance(60)
    home.exact.journal.clear()

    home.offer(build_invoice("20260603", with_pdf=False))

    item = home.wiring.stores.outbox.get(home.connection.id, "20260603")
    assert item is not None
    assert item.state is State.DONE
    assert calls(home) == 1
    assert outage(home) == Outage()
