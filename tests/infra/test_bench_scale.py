"""What the measurement of large ticks judges: each thing it looks for, it finds."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from koppeling.pull.schedule import spread
from tools.bench.scale import SIZES, SPREAD_SECONDS, Measured, findings


def linear(connections: int) -> Measured:
    """Return a size at which everything is as it should be."""
    delays = tuple(
        spread(f"customer-{number}", "accounts", SPREAD_SECONDS) for number in range(connections)
    )
    return Measured(
        connections,
        ticks=4,
        seconds=connections / 4000,
        work_seconds=connections / 6000,
        held=4 * connections,
        delays=delays,
    )


@pytest.fixture(scope="module")
def good() -> Sequence[Measured]:
    return [linear(size) for size in SIZES]


def test_linear_growth_with_everybody_queued_and_spread_is_in_order(
    good: Sequence[Measured],
) -> None:
    assert list(findings(good)) == []


def test_a_connection_that_was_not_queued_is_found(good: Sequence[Measured]) -> None:
    lost = replace(good[1], held=good[1].held - 1)

    assert list(findings([good[0], lost, *good[2:]])) == [
        "100: the queue holds 399 after 4 ticks",
    ]


@pytest.mark.parametrize("of", ["seconds", "work_seconds"])
def test_quadratic_growth_is_found(good: Sequence[Measured], of: str) -> None:
    slow = replace(good[2], **{of: 10 * getattr(good[2], of)})

    assert list(findings([*good[:2], slow])) == ["1,000: more than linear, seen from 100"]


def test_a_tick_that_takes_longer_than_its_budget_is_found(good: Sequence[Measured]) -> None:
    slow = replace(good[0], seconds=61.0)

    assert "10: 61 s of 60 s (P14)" in list(findings([slow]))


def test_a_peak_in_the_spread_is_found(good: Sequence[Measured]) -> None:
    at_once = replace(good[-1], delays=(0,) * SIZES[-1])

    assert list(findings([*good[:-1], at_once])) == ["10,000: the busiest minute is too busy (R32)"]
