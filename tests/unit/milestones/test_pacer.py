"""M20: calls of all workers start apart."""

from threading import Thread

import pytest

from koppeling.milestones.transport import Pacer


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
