"""R6: an outage of Exact stops the calls of all functions but one every 30 seconds."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.outage import FAILURES, TOGETHER, Breaker, Outage
from tests.sandbox.common.clock import Clock

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOST = "start.exactonline.nl"
THREE = ("acme", "brug", "cafe")


@dataclass(slots=True)
class FakeOutages:
    """What is known of each host, and how often it was read and written."""

    known: dict[str, Outage] = field(default_factory=dict)
    reads: int = 0
    writes: int = 0

    def get(self, host: str, *, newest: bool = False) -> Outage:
        """Return what is known."""
        del newest
        self.reads += 1
        return self.known.get(host, Outage())

    def save(self, host: str, outage: Outage) -> Outage | None:
        """Write what is known, if nobody else did since it was read."""
        if self.known.get(host, Outage()).mark != outage.mark:
            return None
        self.writes += 1
        self.known[host] = replace(outage, mark=str(self.writes))
        return self.known[host]


@dataclass(slots=True)
class Site:
    """A site of Exact that several processes call."""

    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOW))
    outages: FakeOutages = field(default_factory=FakeOutages)

    def process(self) -> Breaker:
        """Return the breaker of another process."""
        return Breaker(HOST, self.outages, self.clock.now)

    def fails(self, *connections: str) -> None:
        """Let one call of each of these connections fail, each in a process of its own."""
        for connection in connections:
            self.clock.advance(1)
            self.process().failed(ConnectionId(connection))


def failed() -> Site:
    """Return a site that has an outage."""
    site = Site()
    site.fails("acme", "acme", "acme", "brug", "cafe")
    return site


def test_five_failures_in_a_row_of_three_connections_stop_all_calls_for_half_a_minute() -> None:
    site = failed()
    until = site.process().closed_until()
    assert until == site.clock.now() + timedelta(seconds=30)
    assert site.outages.known[HOST].since == NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    "connections",
    [("acme",) * 20, ("acme", "brug") * 10, ("acme", "brug", "cafe", "acme")],
    ids=["of one connection", "of two connections", "four"],
)
def test_fewer_failures_or_those_of_fewer_connections_stop_nothing(
    connections: tuple[str, ...],
) -> None:
    site = Site()
    site.fails(*connections)
    assert site.process().closed_until() is None


def test_a_call_that_is_answered_in_between_begins_the_count_again() -> None:
    site = Site()
    site.fails("acme", "brug", "cafe", "acme")
    between = site.process()
    assert between.closed_until() is None
    between.worked()
    site.fails("brug")
    assert site.process().closed_until() is None
    assert len(site.outages.known[HOST].failures) == 1


def test_failures_that_are_far_apart_are_no_one_outage() -> None:
    site = Site()
    site.fails("acme", "brug", "cafe", "acme")
    site.clock.advance(TOGETHER.total_seconds())
    site.fails("brug")
    assert site.process().closed_until() is None


def test_of_all_processes_one_looks_every_half_minute() -> None:
    site = failed()
    processes = [site.process() for _ in range(5)]
    looked = 0
    for _ in range(10):
        site.clock.advance(30)
        looked += sum(process.claim() is None for process in processes)
    assert looked == 10


def test_who_only_asks_takes_no_look_away() -> None:
    site = failed()
    site.clock.advance(30)

    assert [site.process().closed_until() for _ in range(3)] == [None, None, None]
    assert site.process().claim() is None
    late = site.process()
    assert late.claim() == late.closed_until() == site.clock.now() + timedelta(seconds=30)


def test_a_look_that_fails_leaves_all_waiting_and_one_that_is_answered_ends_it() -> None:
    site = failed()
    looks, waits = site.process(), site.process()
    site.clock.advance(30)
    assert looks.claim() is None
    looks.failed(ConnectionId("acme"))
    assert looks.closed_until() is not None

    site.clock.advance(31)
    assert looks.claim() is None
    looks.worked()

    assert looks.closed_until() is None
    assert waits.closed_until() is None
    assert site.outages.known[HOST] == Outage()


def test_while_exact_works_one_read_in_half_a_minute_is_all_it_costs() -> None:
    site = Site()
    process = site.process()
    for _ in range(100):
        assert process.closed_until() is None
        process.worked()
    assert (site.outages.reads, site.outages.writes) == (1, 0)
    site.clock.advance(30)
    assert process.closed_until() is None
    assert (site.outages.reads, site.outages.writes) == (2, 0)


def test_failures_that_two_processes_note_at_once_both_count() -> None:
    site = Site()

    class Meanwhile(FakeOutages):
        """Outages that another process writes between a read and a write, once."""

        once = True

        def get(self, host: str, *, newest: bool = False) -> Outage:
            found = FakeOutages.get(self, host, newest=newest)
            if self.once:
                self.once = False
                site.process().failed(ConnectionId("brug"))
            return found

    site.outages = Meanwhile()
    site.process().failed(ConnectionId("acme"))

    assert {each.connection for each in site.outages.known[HOST].failures} == {"acme", "brug"}


def test_only_the_newest_failures_are_kept() -> None:
    site = Site()
    site.fails(*THREE * 10)
    assert len(site.outages.known[HOST].failures) == FAILURES


def test_a_look_that_others_take_again_and_again_waits_for_the_next() -> None:
    site = failed()
    site.clock.advance(30)

    class Lost(FakeOutages):
        """Outages that another process writes just before each write of ours."""

        def save(self, host: str, outage: Outage) -> None:
            self.known[host] = replace(self.known[host], mark=f"{outage.mark}x")

    site.outages = Lost(site.outages.known)
    assert site.process().claim() == site.clock.now() + timedelta(seconds=30)


def test_a_failure_is_counted_on_top_of_what_was_written_a_moment_ago() -> None:
    site = Site()

    class Lagging(FakeOutages):
        """Outages of which a read without `newest` shows nothing yet."""

        def get(self, host: str, *, newest: bool = False) -> Outage:
            return FakeOutages.get(self, host) if newest else Outage()

    site.outages = Lagging()
    site.fails("acme", "acme", "acme", "brug", "cafe")

    assert site.outages.known[HOST].since is not None
