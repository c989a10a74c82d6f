"""Whom an invoice is booked on when numbers move in Exact before a pull has seen it (L14)."""

from collections.abc import Iterator

import pytest

from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.integration.test_identity import swap
from tests.sandbox.invoices import build_invoice

ENTRIES = "salesentry/SalesEntries"
NUMBER = "20260630"


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment with two customers that were pulled."""
    with environment(accounts=6) as built:
        built.exact.add_account(Code="2000", Name="Tweede")
        built.pull()
        built.exact.journal.clear()
        yield built


def id_of(home: Environment, code: str) -> str:
    rows = home.exact.world.tables["Accounts"]
    (found,) = [str(row["ID"]) for row in rows if str(row["Code"]).strip() == code]
    return found


def posts(home: Environment) -> list[int]:
    """Return the statuses of the posts of entries."""
    calls = home.exact.journal.calls(lambda call: call.endpoint == ENTRIES)
    return [call.status for call in calls if call.method == "POST"]


def booked_on(home: Environment) -> str:
    (entry,) = home.exact.world.tables["SalesEntries"]
    return str(entry["Customer"])


def refusals(home: Environment) -> list[str]:
    """Return what is open about the invoice."""
    return [each.code for each in home.problems() if each.subject == f"invoice/{NUMBER}"]


def state(home: Environment) -> State | None:
    item = home.wiring.stores.outbox.get(home.connection.id, NUMBER)
    return None if item is None else item.state


def test_a_customer_that_was_made_again_is_booked_on_in_the_same_delivery(
    home: Environment,
) -> None:
    home.exact.delete("accounts", "1068")
    home.exact.add_account(Code="1068", Name="Opnieuw")

    home.offer(build_invoice(NUMBER, debtor_code="1068"))

    assert posts(home) == [500, 201]
    assert state(home) is State.DONE
    assert refusals(home) == []


def test_a_customer_that_was_deleted_is_refused_after_one_post_as_one_that_is_not_there(
    home: Environment,
) -> None:
    home.exact.delete("accounts", "1068")

    home.offer(build_invoice(NUMBER, debtor_code="1068"))

    assert posts(home) == [500]
    assert refusals(home) == ["debtor-not-found"]


@pytest.mark.parametrize("status", ["C", "P"])
def test_an_invoice_of_before_a_swap_that_no_pull_saw_is_booked_on_whom_it_names(
    home: Environment, status: str
) -> None:
    meant = id_of(home, "1068")
    home.exact.change_account("1068", Status=status)
    home.pull()
    home.exact.change_account("1068", Status="C")
    swap(home, "1068", "2000")

    home.offer(build_invoice(NUMBER, debtor_code="1068"))

    assert booked_on(home) == meant
    assert posts(home) == [201]
