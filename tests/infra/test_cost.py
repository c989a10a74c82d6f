"""What the cost is made of agrees with the template and docs/operate.md, and keeps to its bound."""

from dataclasses import replace
from datetime import date

import pytest

from tests.infra.template import Template
from tools.cost.__main__ import BUDGET, SIZES
from tools.cost.facts import QUARTERLY, Facts, counted
from tools.cost.month import PARTS, month
from tools.cost.over_https import over_https
from tools.cost.page import PAGE, memory_table, written
from tools.cost.prices import assumed, measured, prices
from tools.cost.runtime import (
    Piece,
    batch_seconds,
    concurrency,
    empty_pull,
    messages_together,
)
from tools.cost.settings import settings
from tools.cost.settings import table as settings_table
from tools.cost.stack import QueueMapping, Stack, stack
from tools.paths import REGION

# What each further year of invoices and evidence may add, in dollars a connection
A_YEAR = 0.0016
# And what 150 invoices with their PDFs over HTTPS may add in a month
OVER_HTTPS = 0.0009
# Lambda ends a process that takes all its memory; what the measurement did not meet needs room
ROOM = 1.5


@pytest.fixture(scope="module")
def made(production: Template) -> Stack:
    return stack(production)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return counted()


def test_every_price_has_its_part_of_the_bill_and_every_part_its_prices() -> None:
    parts = [name for names in PARTS.values() for name in names]

    assert sorted(parts) == sorted(prices().dollars)
    assert prices().region == REGION
    assert date.fromisoformat(prices().date) > date(2026, 1, 1)


def test_the_bill_names_nothing_without_a_price(facts: Facts, made: Stack) -> None:
    assert month(1, facts, made).used.keys() <= prices().dollars.keys()


def test_a_connection_costs_no_more_than_its_bound(facts: Facts, made: Stack) -> None:  # P15
    months = [month(size, facts, made) for size in SIZES]

    assert months[-1].per_connection <= BUDGET
    # What is there for everybody is shared by more of them
    assert [m.per_connection for m in months] == sorted(
        (m.per_connection for m in months), reverse=True
    )


def test_handing_in_over_https_adds_little(facts: Facts, made: Stack) -> None:
    added = over_https(assumed()["month"]["invoices"], facts, made.memory_mb["IntakeFunction"])
    ask = prices()

    assert added.keys() <= ask.dollars.keys()
    assert 0 < sum(ask.of(name, amount) for name, amount in added.items()) <= OVER_HTTPS
    # A call of a program that takes its time writes nothing into the table
    assert added["dynamodb_write_unit"] == 0


def test_a_further_year_adds_little_and_always_as_much(facts: Facts, made: Stack) -> None:
    one, two, three = (month(SIZES[-1], facts, made, years=n).per_connection for n in (1, 2, 3))

    assert 0 < two - one <= A_YEAR
    assert three - two == pytest.approx(two - one)


def test_a_tick_without_changes_takes_few_gigabyte_seconds(facts: Facts, made: Stack) -> None:
    """Of one connection and entity, when no other one shares the invocation (P12)."""
    memory = made.pulls.memory_mb
    alone = empty_pull(facts.empty_quarterly, len(QUARTERLY)).seconds(memory) * memory / 1024

    assert alone <= 0.5


def test_the_bill_grows_no_faster_than_the_connections(facts: Facts, made: Stack) -> None:
    thousand, ten_thousand = (month(size, facts, made) for size in (1_000, 10_000))

    assert ten_thousand.dollars() <= 10 * thousand.dollars()


def test_operators_read_what_follows_from_what_was_measured(made: Stack) -> None:
    """`python -m tools.cost.page` writes the tables anew."""
    page = PAGE.read_text()

    assert settings_table(made) in page
    assert memory_table(made) in page
    assert written(page, made) == page


def test_every_function_has_more_memory_than_it_was_measured_to_hold(made: Stack) -> None:
    held = measured()["memory_mb"]

    assert held.keys() <= made.memory_mb.keys()
    assert {name for name in held if held[name] * ROOM > made.memory_mb[name]} == set()


def test_messages_gather_until_the_batch_is_full() -> None:
    mapping = QueueMapping(batch=10, window_seconds=5, memory_mb=512)

    assert messages_together(mapping, 0) == 1
    assert messages_together(mapping, 3) == 4
    assert messages_together(mapping, 100) == 10


def test_messages_of_a_batch_wait_together_and_work_one_after_the_other() -> None:
    each = Piece(work_ms=100, waiting_seconds=1.0)

    assert batch_seconds(each, 10, memory_mb=1769) == pytest.approx(2.0)
    assert batch_seconds(each, 10, memory_mb=1769 // 2) == pytest.approx(3.0, abs=0.01)


def test_more_connections_want_more_at_a_time(made: Stack) -> None:
    few, many = settings(1, made), settings(10_000, made)

    assert (few.pull, few.push) == (2, 2)
    assert many.pull >= few.pull
    assert many.account > few.account
    assert concurrency(seconds=2.0, invocations_a_second=10) == 30


def test_a_bill_without_dashboards_is_three_dollars_lower(facts: Facts, made: Stack) -> None:
    none, one = (replace(made, dashboards=number) for number in (0, 1))
    difference = month(1, facts, one).dollars() - month(1, facts, none).dollars()

    assert difference == pytest.approx(3.0)
