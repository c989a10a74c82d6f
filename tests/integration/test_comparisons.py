"""Comparisons with Exact that a page asks for: the watch makes them, and the page reads them."""

import json
from collections.abc import Iterator

import pytest

from koppeling.push.asked import EntryAsked, MonthAsked
from koppeling.push.journal import Period
from tests.environment import Environment, environment
from tests.sandbox.invoices import build_invoice

OCTOBER = Period(2026, 10)


@pytest.fixture
def home() -> Iterator[Environment]:
    """Return a company with one invoice that was booked in October."""
    with environment(accounts=10) as built:
        built.pull()
        built.offer(build_invoice("20261001", debtor_code="1071"))
        yield built


def ask(home: Environment, message: dict[str, str]) -> list[str]:
    return [each.outcome for each in home.wiring.watch_message(json.dumps(message))]


def test_a_month_is_compared_when_a_page_asks_for_it(home: Environment) -> None:
    of = home.connection.id

    assert ask(home, MonthAsked(of, OCTOBER).as_message()) == ["compared"]

    last = home.wiring.stores.months.last(of, OCTOBER)
    assert last is not None
    assert last.found.agrees
    assert [each.invoices for each in last.found.sums] == [1]


def test_an_entry_is_compared_with_an_invoice_when_a_page_asks_for_it(home: Environment) -> None:
    of = home.connection.id
    item = home.wiring.stores.outbox.get(of, "20261001")
    assert item is not None

    asked = EntryAsked(of, "20261001", item.entry_number or "")
    assert ask(home, asked.as_message()) == ["compared"]

    found = home.wiring.stores.compared_entries.last(of, "20261001")
    assert found is not None
    assert found.may_be_linked
    assert [each.name for each in found.fields if each.differs] == []
