"""X14 to X20, R26, R27: one chain, one refresh at a time, saved before it is used."""

from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

from koppeling.auth.oauth import TOKEN_TIMEOUT
from koppeling.auth.token_chain import BUSY, LEASE, PATIENCE_SECONDS, TOO_EARLY_PAUSE
from koppeling.auth.token_pair import EXACT_CHAIN, TooEarly
from koppeling.aws.dynamodb import table
from koppeling.core.errors import Defer, Retry
from tests.unit.auth.fakes import KEY, NOON, a_world, refused


def assert_set(event: Event) -> None:
    """Wait for an event, and fail when it does not come."""
    assert event.wait(timeout=60)


def test_a_young_token_is_used_without_a_call_or_a_lease() -> None:
    world = a_world()
    world.until(579)
    assert world.chain().token() == "access-0"
    assert (world.endpoint.sent, world.store.leases) == ([], 0)


def test_a_process_that_holds_a_young_token_does_not_even_read_it_again() -> None:
    world = a_world()
    chain = world.chain()
    chain.token()
    world.store.pair = None
    assert chain.token() == "access-0"


def test_a_token_of_580_seconds_is_refreshed_and_saved_before_it_is_used() -> None:
    world = a_world()
    world.until(580)
    assert world.chain().token() == "access-1"
    saved = world.store.saved[-1]
    assert (saved.access_token, saved.refresh_token) == ("access-1", "refresh-1")
    assert saved.granted_at == world.clock.now()
    assert world.store.lease_until is None


def test_a_new_pair_that_cannot_be_saved_is_not_used() -> None:
    world = a_world()
    world.until(580)

    def somebody_takes_over() -> None:
        world.store.pair = replace(world.stored(), fencing=99)

    world.endpoint.during = somebody_takes_over
    assert isinstance(refused(world), Retry)
    assert world.stored().access_token == "access-0"


def test_a_whole_day_of_calls_never_asks_within_570_seconds_and_stays_below_200() -> None:
    world = a_world()
    chain = world.chain()
    for second in range(0, 86_400, 7):
        world.until(second)
        chain.token()
    asked = world.endpoint.asked_at
    gaps = [after - before for before, after in zip([NOON, *asked], asked, strict=False)]
    assert min(gaps) >= timedelta(seconds=570)
    assert 140 < len(asked) < 150


def test_the_token_that_is_sent_is_the_one_read_under_the_lease_and_not_the_one_before() -> None:
    world = a_world()
    world.until(580)
    world.chain().token()
    world.until(1200)
    world.store.lags_behind = a_world().stored()
    assert world.chain().token() == "access-2"
    assert world.endpoint.sent == ["refresh-0", "refresh-1"]


def test_a_pair_that_another_process_renewed_before_our_lease_is_used_without_a_call() -> None:
    world = a_world()
    world.until(580)
    world.chain().token()
    world.store.lags_behind = a_world().stored()
    assert world.chain().token() == "access-1"
    assert len(world.endpoint.sent) == 1
    assert world.store.lease_until is None


def test_who_does_not_get_the_lease_waits_and_uses_what_the_other_one_saved() -> None:
    world = a_world()
    world.until(580)
    waits: list[float] = []
    held = world.store.lease(KEY, world.clock.now(), LEASE)
    assert held is not None

    def the_other_one_is_at_work(seconds: float) -> None:
        waits.append(seconds)
        world.clock.advance(seconds)
        if len(waits) == 3:
            grant = world.endpoint.refresh(KEY, held.refresh_token)
            world.store.save(held.renewed(grant, world.clock.now(), EXACT_CHAIN))

    assert world.chain(the_other_one_is_at_work).token() == "access-1"
    assert waits == [1.0] * 3
    assert len(world.endpoint.sent) == 1


def test_who_waits_too_long_for_the_lease_puts_the_work_off_without_a_problem_for_anybody() -> None:
    world = a_world()
    world.until(580)
    world.store.lease_until = world.clock.now() + timedelta(minutes=5)
    put_off = refused(world)
    assert isinstance(put_off, Defer)
    assert (put_off.code, put_off.until) == (BUSY, world.clock.now() + LEASE)
    assert world.clock.now() == NOON + timedelta(seconds=580 + PATIENCE_SECONDS)
    assert world.endpoint.sent == []


def test_a_lease_outlives_the_longest_token_call_and_the_saving_after_it() -> None:
    saving = (table.RETRIES + 1) * (table.CONNECT_SECONDS + table.READ_SECONDS)
    assert timedelta(seconds=sum(TOKEN_TIMEOUT) + saving) < LEASE


def test_a_lease_that_its_holder_left_behind_is_taken_over_when_it_has_run_out() -> None:
    world = a_world()
    world.until(580)
    assert world.store.lease(KEY, world.clock.now(), LEASE) is not None
    world.clock.advance(LEASE.total_seconds() + 1)
    assert world.chain().token() == "access-1"


def test_a_refusal_because_it_is_too_early_means_that_the_token_works() -> None:
    world = a_world()
    world.until(580)
    world.endpoint.answers = [TooEarly()]
    chain = world.chain()
    assert [chain.token() for _ in range(5)] == ["access-0"] * 5
    assert len(world.endpoint.sent) == 1
    world.clock.advance(TOO_EARLY_PAUSE.total_seconds())
    assert chain.token() == "access-2"


def test_two_workers_of_a_run_that_find_the_token_old_ask_once() -> None:
    world = a_world()
    world.until(580)
    chain = world.chain()
    second_has_started = Event()
    tokens: list[str] = []

    def ask() -> None:
        tokens.append(chain.token())

    def second() -> None:
        second_has_started.set()
        ask()

    world.endpoint.during = lambda: assert_set(second_has_started)
    workers = [Thread(target=ask), Thread(target=second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert tokens == ["access-1"] * 2
    assert len(world.endpoint.sent) == 1
