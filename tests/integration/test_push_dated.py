"""What holds from one day to another is looked up for the day of the invoice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.integration.test_push import codes, state
from tests.sandbox.invoices import build_invoice


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment whose customers have been pulled."""
    with environment(accounts=10) as built:
        built.pull()
        yield built


def vat_rises(home: Environment, day: date) -> None:
    """Let the high VAT rise to 22 % on a day; the code itself shows the percentage of today."""
    world = home.exact.world
    (vat,) = [row for row in world.tables["VATCodes"] if row["Code"].strip() == "2"]
    (old,) = [row for row in world.tables["VatPercentages"] if row["VATCodeID"] == vat["ID"]]
    begins = datetime.combine(day, time(), UTC)
    new = {**old, "ID": world.new_id(), "LineNumber": 2, "Percentage": Decimal("0.22")}
    world.change("VatPercentages", old["ID"], {"EndDate": begins - timedelta(days=1)})
    world.add("VatPercentages", new | {"StartDate": begins})
    world.change("VATCodes", vat["ID"], {"Percentage": Decimal("0.22")})


def test_an_invoice_has_the_vat_of_its_own_date_when_the_percentage_changed_since(
    home: Environment,
) -> None:
    vat_rises(home, date(2026, 11, 1))

    home.offer(build_invoice("20260623", invoice_date=date(2026, 10, 31)))
    assert state(home, "20260623") is State.DONE

    home.offer(build_invoice("20260624", invoice_date=date(2026, 11, 1)))
    assert state(home, "20260624") is State.REJECTED
    assert codes(home) == {"vat-percentage-other-period"}


def test_a_percentage_of_today_counts_although_its_code_was_looked_up_yesterday(
    home: Environment,
) -> None:
    home.clock.freeze(datetime(2026, 11, 30, 20, 0, tzinfo=UTC))
    home.offer(build_invoice("20260627", invoice_date=date(2026, 11, 30)))
    assert state(home, "20260627") is State.DONE

    home.clock.freeze(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    vat_rises(home, date(2026, 12, 1))
    home.offer(build_invoice("20260628", invoice_date=date(2026, 12, 1)))

    assert state(home, "20260628") is State.REJECTED
    assert codes(home) == {"vat-percentage-other-period"}


def test_a_customer_that_ended_after_the_invoice_date_is_booked_on(home: Environment) -> None:
    (account,) = [r for r in home.exact.world.tables["Accounts"] if r["Code"].strip() == "1068"]
    ended = datetime(2026, 11, 1, tzinfo=UTC)
    home.exact.world.change("Accounts", account["ID"], {"EndDate": ended})
    home.pull()

    home.offer(build_invoice("20260625", invoice_date=date(2026, 10, 31)))
    assert state(home, "20260625") is State.DONE

    home.offer(build_invoice("20260626", invoice_date=date(2026, 11, 2)))
    assert codes(home) == {"debtor-blocked"}
