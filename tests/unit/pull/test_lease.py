"""The lease of a run: taken before the first write, and by a run that writes nothing not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.core.clock import today
from koppeling.core.errors import Fatal, Retry
from koppeling.core.ids import ExactId
from koppeling.core.problems import Problem
from koppeling.pull.dispatch import LEASE
from koppeling.pull.lease import RunLease, stores_under
from koppeling.pull.ports import Page
from tests.unit.pull.builders import an_account
from tests.unit.pull.fakes import Ground, plenty_of_time
from tests.unit.pull.test_dispatch import ACCOUNTS_ENDPOINT, ACME, a_ground, pulls, run

QUARTER = 900


def a_ground_at_rest() -> Ground:
    """Return the ground of a connection that has caught up today."""
    ground = a_ground()
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([an_account()])]}
    run(ground)
    ground.exact.answers = {}
    run(ground)
    ground.clock.advance(QUARTER)
    run(ground)
    ground.states.leases = 0
    return ground


def a_lease(ground: Ground) -> RunLease:
    """Return the lease of a run that has just begun, at rest."""
    lease = RunLease(ground.states, ACME, "accounts", ground.clock.now, LEASE)
    seen = lease.begin(writes=False)
    assert seen is not None
    assert seen.is_at_rest(today(ground.clock.now()))
    return lease


def test_a_run_that_finds_nothing_new_takes_no_lease() -> None:
    ground = a_ground_at_rest()
    before = ground.states.state

    assert run(ground).outcome == "done"

    assert ground.states.leases == 0
    assert ground.states.state is before


def test_a_run_that_finds_something_takes_the_lease_before_it_writes() -> None:
    ground = a_ground_at_rest()
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([an_account(City="Epe", Timestamp=11)])]}

    assert run(ground).outcome == "done"

    assert (ground.states.leases, ground.states.leased_until) == (1, None)
    assert ground.states.state.feed("accounts").cursor == 11
    assert ground.milestones.calls[-1].startswith("replace")


def test_a_run_that_another_one_moved_past_writes_nothing() -> None:
    ground = a_ground_at_rest()
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Page([an_account(City="Epe", Timestamp=11)])]}
    known, calls = dict(ground.records.known), list(ground.milestones.calls)

    def rival() -> None:
        ground.exact.during = lambda: None
        now = ground.clock.now()
        taken = ground.states.acquire(ACME, "accounts", now, LEASE)
        assert taken is not None
        ground.states.release(ACME, "accounts", taken)

    ground.exact.during = rival

    assert run(ground).outcome == "pull-overtaken"

    assert (ground.records.known, ground.milestones.calls) == (known, calls)
    assert ground.problems.open_ones == {}


def test_a_run_of_everything_takes_the_lease_at_once() -> None:
    ground = a_ground_at_rest()
    taken: list[int] = []
    ground.exact.during = lambda: taken.append(ground.states.leases)
    pulls(ground).run(ACME, plenty_of_time(), full=True)
    assert taken[0] == 1


def test_a_run_after_one_that_was_stopped_takes_the_lease_at_once() -> None:
    ground = a_ground_at_rest()
    ground.exact.answers = {ACCOUNTS_ENDPOINT: [Fatal("exact-no-rights")]}
    run(ground)
    ground.exact.answers = {}
    ground.states.leases = 0
    taken: list[int] = []
    ground.exact.during = lambda: taken.append(ground.states.leases)
    assert run(ground).outcome == "done"
    assert taken[0] == 1


def test_the_first_run_of_a_day_takes_the_lease_at_once() -> None:
    ground = a_ground_at_rest()
    ground.clock.advance(24 * 3600)
    taken: list[int] = []
    ground.exact.during = lambda: taken.append(ground.states.leases)
    run(ground)
    assert taken[0] == 1


def test_a_write_of_nothing_needs_no_lease() -> None:
    ground = a_ground_at_rest()
    stores = stores_under(a_lease(ground), ground.stores)
    stores.records.save_many(ACME, "accounts", [])
    stores.retries.drop(ACME, "accounts", iter(list[ExactId]()))
    assert ground.states.leases == 0


def test_what_is_written_takes_the_lease_once() -> None:
    ground = a_ground_at_rest()
    stores = stores_under(a_lease(ground), ground.stores)
    stores.problems.open(Problem(ACME, "accounts/1", "record-gone-in-exact"))
    stores.records.save_many(ACME, "accounts", iter(ground.records.known.values()))
    assert ground.states.leases == 1
    assert ground.records.known


@pytest.mark.parametrize("is_given_back", [True, False])
def test_after_the_end_of_its_lease_a_run_writes_nothing(*, is_given_back: bool) -> None:
    ground = a_ground_at_rest()
    lease = a_lease(ground)
    stores = stores_under(lease, ground.stores)
    lease.hold()
    if is_given_back:
        lease.release(replace(ground.states.state, last_error="x"))
    else:
        ground.clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
    with pytest.raises(Retry):
        stores.retries.drop(ACME, "accounts", [next(iter(ground.records.known))])


def test_an_empty_retry_set_is_not_asked_for() -> None:
    ground = a_ground_at_rest()
    asked: list[int] = []
    ground.retries.during = lambda: asked.append(1)
    run(ground)
    assert asked == []
    ground.states.state = replace(ground.states.state, nothing_parked=False)
    run(ground)
    assert asked == [1]
    assert ground.states.state.nothing_parked
