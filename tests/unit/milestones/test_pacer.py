"""M20: calls of all workers start apart."""

from threading import Thread

import pytest

from koppeling.milestones.pacer import LONGEST_WAIT, Pacer
from koppeling.pull.pace import LearnedPace
from tools.bench.pace import played


class Watch:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.waits: list[float] = []

    def now(self) -> float:
        """Return the seconds."""
        return self.seconds

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(round(seconds, 6))
        self.seconds += seconds


def test_the_first_call_does_not_wait_and_those_after_it_start_an_interval_apart() -> None:
    watch = Watch()
    pacer = Pacer(5, watch.now, watch.wait)
    for _ in range(4):
        pacer.wait()
    assert watch.waits == [0.2, 0.2, 0.2]


def test_a_call_after_idle_time_does_not_wait() -> None:
    watch = Watch()
    pacer = Pacer(5, watch.now, watch.wait)
    pacer.wait()
    watch.seconds += 10
    pacer.wait()
    assert watch.waits == []


def test_idle_time_does_not_allow_a_burst_afterwards() -> None:
    watch = Watch()
    pacer = Pacer(5, watch.now, watch.wait)
    watch.seconds += 10
    pacer.wait()
    pacer.wait()
    assert watch.waits == [0.2]


@pytest.mark.parametrize("calls_per_second", [0, -1])
def test_without_a_limit_no_call_waits(calls_per_second: float) -> None:
    watch = Watch()
    pacer = Pacer(calls_per_second, watch.now, watch.wait)
    for _ in range(3):
        pacer.wait()
    assert watch.waits == []


def test_workers_side_by_side_each_get_a_turn_of_their_own() -> None:
    turns: list[float] = []
    pacer = Pacer(5, lambda: 100.0, lambda seconds: turns.append(round(seconds, 6)))
    workers = [Thread(target=pacer.wait) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(turns) == [0.2, 0.4, 0.6, 0.8]


def load(watch: Watch, *, ceiling: float = 20, learned: LearnedPace | None = None) -> Pacer:
    """Return the pacer of a first load."""
    return Pacer(5, watch.now, watch.wait, ceiling=ceiling, learned=learned)


def call(pacer: Pacer, watch: Watch, *, seconds: float = 0.1, status: int | None = 200) -> None:
    """Make one call that takes so long."""
    began = pacer.wait()
    watch.seconds += seconds
    pacer.answered(began, status)


def test_a_first_load_begins_as_carefully_as_a_tick() -> None:
    pacer = load(Watch())

    assert (pacer.rate, pacer.at_once) == (5, 2)


def test_while_answers_are_quick_the_pace_grows_up_to_its_ceiling() -> None:
    watch = Watch()
    pacer = load(watch)

    paces = []
    for _ in range(800):
        call(pacer, watch)
        paces.append(pacer.rate)

    assert paces == sorted(paces)
    assert paces[0] == pytest.approx(5.1)
    assert paces[-1] == 20
    assert pacer.at_once == 4


def test_answers_that_are_not_quick_leave_the_pace_as_it_is() -> None:
    watch = Watch()
    pacer = load(watch)

    call(pacer, watch, seconds=1.5)

    assert pacer.rate == 5


@pytest.mark.parametrize("status", [None, 429, 502, 503, 504])
def test_a_failure_halves_the_pace(status: int | None) -> None:
    watch = Watch()
    pacer = load(watch, learned=LearnedPace(calls_a_minute=600))

    call(pacer, watch, status=status)

    assert pacer.rate == 5


def test_an_answer_that_is_slow_halves_the_pace_as_well() -> None:
    watch = Watch()
    pacer = load(watch, learned=LearnedPace(calls_a_minute=600))

    call(pacer, watch, seconds=3.5)

    assert pacer.rate == 5


def test_failures_that_were_on_their_way_together_count_once() -> None:
    watch = Watch()
    pacer = load(watch, learned=LearnedPace(calls_a_minute=1200))
    together = [pacer.wait() for _ in range(3)]
    watch.seconds += 0.1

    for began in together:
        pacer.answered(began, 503)

    assert pacer.rate == 10


def test_the_pace_never_falls_below_half_of_what_is_careful() -> None:
    watch = Watch()
    pacer = load(watch)

    for _ in range(5):
        call(pacer, watch, status=503)

    assert pacer.rate == 2.5


def test_a_pace_that_was_refused_is_not_reached_again() -> None:
    watch = Watch()
    pacer = load(watch, learned=LearnedPace(calls_a_minute=600))
    call(pacer, watch, status=429)

    for _ in range(500):
        call(pacer, watch)

    assert pacer.rate == pytest.approx(8.5)
    assert pacer.learned == LearnedPace(calls_a_minute=510, refused_at=600)


def test_the_next_run_goes_on_at_the_pace_that_was_learned() -> None:
    watch = Watch()
    learned = LearnedPace(calls_a_minute=510, refused_at=600)

    pacer = load(watch, learned=learned)

    assert pacer.rate == 8.5
    assert pacer.learned == learned


def test_a_ceiling_below_what_is_careful_is_kept_to() -> None:
    watch = Watch()
    pacer = load(watch, ceiling=2)

    for _ in range(50):
        call(pacer, watch)

    assert (pacer.rate, pacer.at_once) == (2, 2)


def test_a_tick_learns_nothing() -> None:
    watch = Watch()
    pacer = Pacer(5, watch.now, watch.wait)

    for _ in range(50):
        call(pacer, watch)

    assert (pacer.rate, pacer.at_once, pacer.learned) == (5, 2, None)


def test_a_call_waits_while_as_many_as_may_be_are_on_their_way() -> None:
    pacer = Pacer(5, lambda: 100.0, lambda _: None, ceiling=20)
    first, _ = pacer.wait(), pacer.wait()
    started: list[float] = []
    third = Thread(target=lambda: started.append(pacer.wait()))

    third.start()
    third.join(0.05)
    waited = not started
    pacer.answered(first, 200)
    third.join(5)

    assert waited
    assert len(started) == 1


def test_a_call_waits_no_longer_for_others_than_a_function_may_sleep() -> None:
    pacer = Pacer(5, lambda: 100.0, lambda _: None, ceiling=20, longest_wait=0.01)

    turns = [pacer.wait() for _ in range(3)]

    assert turns == pytest.approx([100.0, 100.2, 100.4])
    assert LONGEST_WAIT == 2.0


def test_five_thousand_calls_take_at_most_eight_minutes_where_twenty_a_second_are_taken() -> None:
    play = played(5000, latency=0.1, limit=20)

    assert play.now <= 8 * 60
    assert play.refused <= play.made / 100


@pytest.mark.parametrize("limit", [3, 8, 12])
def test_a_server_that_takes_less_is_not_stormed(limit: int) -> None:
    play = played(5000, latency=0.1, limit=limit)

    assert play.refused <= play.made / 100
    assert play.now <= 5000 / limit * 2
