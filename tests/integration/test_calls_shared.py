"""R34: whoever calls one administration at a time, in one process or two, keeps to its limits."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from koppeling.bootstrap import Wiring
from koppeling.core.errors import Defer
from koppeling.core.rate_limit import RESERVE
from tests.environment import Environment, environment

ENDPOINT = "crm/Accounts"
MINUTE_LIMIT = 60
THREADS = 10
TOO_MANY = 429


@pytest.fixture
def home() -> Iterator[Environment]:
    with environment(accounts=3) as built:
        yield built


def calls_until_stopped(home: Environment, wiring: Wiring, *, for_invoices: bool) -> Defer:
    """Call as one function does, until its budget says no; returns what it said."""
    limiter = wiring.clients.rate_limiter(home.connection, for_invoices=for_invoices)
    client = wiring.clients.exact(home.connection, limiter)
    try:
        for _ in range(2 * MINUTE_LIMIT):
            client.rows(ENDPOINT, ("ID",), "Code eq 'nobody'")
    except Defer as stopped:
        return stopped
    finally:
        limiter.save()
    raise AssertionError("nothing stopped it")


def all_at_once(home: Environment, wirings: list[Wiring], *, for_invoices: int = 0) -> set[str]:
    """Let ten threads call until each is stopped, some of them for invoices; returns why."""
    start = Barrier(THREADS)

    def work(number: int) -> str:
        start.wait()
        wiring = wirings[number % len(wirings)]
        return calls_until_stopped(home, wiring, for_invoices=number < for_invoices).code

    with ThreadPoolExecutor(THREADS) as pool:
        return set(pool.map(work, range(THREADS)))


def answered(home: Environment, wanted: Callable[[int], bool]) -> int:
    return len(home.exact.journal.calls(lambda c: c.endpoint == ENDPOINT and wanted(c.status)))


def carried_out(home: Environment) -> int:
    return answered(home, lambda status: status < 400)


@pytest.mark.parametrize("processes", [1, 2])
def test_ten_threads_take_no_call_too_many_in_any_minute(home: Environment, processes: int) -> None:
    wirings = [home.wiring, home.another()][:processes]

    for _ in range(3):
        home.exact.journal.clear()
        assert all_at_once(home, wirings, for_invoices=2) == {"exact-minute-limit"}

        assert MINUTE_LIMIT - THREADS <= carried_out(home) <= MINUTE_LIMIT
        assert answered(home, lambda status: status == TOO_MANY) == 0
        home.clock.advance(60)


@pytest.mark.parametrize("processes", [1, 2])
def test_ten_threads_leave_invoices_their_part_of_the_day(
    home: Environment, processes: int
) -> None:
    wirings = [home.wiring, home.another()][:processes]
    home.exact.switches.daily_limit = 200
    stopped = set[str]()
    while "exact-day-limit" not in stopped:
        stopped = all_at_once(home, wirings)
        home.clock.advance(60)

    of_pulls = carried_out(home)
    assert of_pulls <= 200 * (1 - RESERVE) + THREADS

    while True:
        stopped = {calls_until_stopped(home, each, for_invoices=True).code for each in wirings}
        if "exact-day-limit" in stopped:
            break
        home.clock.advance(60)
    assert carried_out(home) <= 200
    assert of_pulls < carried_out(home)
    assert answered(home, lambda status: status == TOO_MANY) <= len(wirings)
