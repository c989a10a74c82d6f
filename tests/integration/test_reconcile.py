"""A month of invoices against the journal of Exact, against the strict sandbox."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from koppeling.bootstrap.comparisons import compared_by_hand
from koppeling.core.errors import Fatal
from koppeling.push.journal import Period
from koppeling.watch.events import Beside, Reconcile
from tests.environment import Environment, environment
from tests.sandbox.invoices import build_invoice

OCTOBER = Period(2026, 10)


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment with booked invoices of two months, one of them a credit note."""
    with environment(accounts=10) as built:
        built.pull()
        for number in range(20261001, 20261006):
            built.offer(build_invoice(str(number), debtor_code="1071"))
        built.offer(build_invoice("20261006", kind="credit", debtor_code="1071"))
        other = build_invoice("20260901", invoice_date=date(2026, 9, 30), debtor_code="1071")
        built.offer(other)
        built.exact.journal.clear()
        yield built


@pytest.mark.parametrize("lines", [False, True])
def test_a_month_agrees_to_the_cent_and_costs_a_call_per_sixty_entries(
    home: Environment, *, lines: bool
) -> None:
    found = home.wiring.reconciler.run(home.connection.id, OCTOBER, lines=lines)

    assert found.agrees
    (euros,) = found.sums
    assert (euros.currency, euros.invoices, euros.entries) == ("EUR", 6, 6)
    assert euros.difference == 0
    assert euros.amount_invoices != 0
    assert home.calls("salesentry/SalesEntries") == home.calls() == 1


def test_an_entry_that_somebody_deleted_is_listed_and_never_booked_again_by_itself(
    home: Environment,
) -> None:
    row = next(r for r in home.exact.world.tables["SalesEntries"] if r["YourRef"] == "20261003")
    home.exact.world.tables["SalesEntries"].remove(row["EntryID"])

    found = home.wiring.reconciler.run(home.connection.id, OCTOBER)

    assert [mismatch.invoice for mismatch in found.gone] == ["20261003"]
    assert found.sums[0].difference == -Decimal(str(row["AmountFC"]))
    assert "entry-gone" in {problem.code for problem in home.problems()}
    home.offer(build_invoice("20261003", debtor_code="1071"))
    assert home.calls("salesentry/SalesEntries") == 1 + 1, (
        "the month, and a search by id outside it"
    )


def test_an_entry_that_was_moved_to_another_month_is_not_said_to_be_deleted(
    home: Environment,
) -> None:
    rows = home.exact.world.tables["SalesEntries"]
    row = next(row for row in rows if row["YourRef"] == "20261003")
    row["EntryDate"] = row["EntryDate"].replace(month=12)

    found = home.wiring.reconciler.run(home.connection.id, OCTOBER)

    assert [mismatch.invoice for mismatch in found.moved] == ["20261003"]
    assert found.gone == ()
    assert "entry-gone" not in {problem.code for problem in home.problems()}


def test_an_entry_that_lost_a_line_is_listed_although_the_line_had_no_amount(
    home: Environment,
) -> None:  # X112
    entries = {r["EntryID"]: r["YourRef"] for r in home.exact.world.tables["SalesEntries"]}
    lines = home.exact.world.tables["SalesEntryLines"]
    gone = next(line for line in lines if entries[line["EntryID"]] == "20261002")
    sent = sum(line["EntryID"] == gone["EntryID"] for line in lines)
    lines.remove(gone["ID"])

    found = home.wiring.reconciler.run(home.connection.id, OCTOBER, lines=True)

    (mismatch,) = found.differing
    assert (mismatch.invoice, mismatch.lines_invoice, mismatch.lines_entry) == (
        "20261002",
        sent,
        sent - 1,
    )


def test_lines_are_asked_for_by_name_alone_so_that_amounts_never_hang_on_them(
    home: Environment,
) -> None:
    home.exact.switches.turn(expands=False)

    found = home.wiring.reconciler.run(home.connection.id, OCTOBER)

    assert found.agrees
    with pytest.raises(Fatal, match="expand"):
        home.wiring.reconciler.run(home.connection.id, OCTOBER, lines=True)


def test_an_invoice_that_somebody_entered_as_well_is_a_double(home: Environment) -> None:
    rows = home.exact.world.tables["SalesEntries"]
    row = next(row for row in rows if row["YourRef"] == "20261003")
    twin = {**row, "EntryID": home.exact.world.new_id(), "EntryNumber": 99}
    home.exact.world.add("SalesEntries", twin)

    found = home.wiring.reconciler.run(home.connection.id, OCTOBER)

    assert [(each.invoice, each.entry_number) for each in found.doubled] == [("20261003", "99")]
    assert (found.agrees, found.others) == (False, ())
    assert home.calls("salesentry/SalesEntries") == home.calls() == 1
    assert "entry-doubled" in {problem.code for problem in home.problems()}


def test_reconciling_writes_nothing_in_exact(home: Environment) -> None:
    home.wiring.reconciler.run(home.connection.id, Period(2026, 9))

    assert {call.method for call in home.exact.journal.calls() if "token" not in call.path} == {
        "GET"
    }


def test_a_double_of_one_month_stays_told_when_that_of_another_is_gone(home: Environment) -> None:
    rows = home.exact.world.tables["SalesEntries"]
    row = next(row for row in rows if row["YourRef"] == "20261003")
    november = row["EntryDate"].replace(month=11, day=1)
    for number, day in ((98, row["EntryDate"]), (99, november)):
        home.exact.world.add(
            "SalesEntries",
            {**row, "EntryID": f"twin-{number}", "EntryNumber": number, "EntryDate": day},
        )
    months = (OCTOBER, Period(2026, 11))
    assert all(home.wiring.reconciler.run(home.connection.id, month).doubled for month in months)

    rows.remove("twin-99")
    home.wiring.reconciler.run(home.connection.id, months[1])

    (told,) = [each for each in home.problems() if each.code == "entry-doubled"]
    assert dict(told.values)["entry_number"] == "98"
    rows.remove("twin-98")
    home.wiring.reconciler.run(home.connection.id, OCTOBER)
    assert "entry-doubled" not in {problem.code for problem in home.problems()}


def test_what_a_command_compared_is_what_the_page_of_the_month_shows(home: Environment) -> None:
    asked = Reconcile(home.connection.id, OCTOBER)

    told = compared_by_hand(home.wiring, asked)

    kept = home.wiring.stores.months.last(home.connection.id, OCTOBER)
    assert kept is not None
    assert (kept.at, kept.found.agrees, told["outcome"]) == (home.clock.now(), True, "compared")


def test_a_command_lays_an_entry_beside_an_invoice_by_its_number_whatever_its_reference(
    home: Environment,
) -> None:
    row = next(r for r in home.exact.world.tables["SalesEntries"] if r["YourRef"] == "20261003")
    asked = Beside(home.connection.id, "20261004", str(row["EntryNumber"]))

    told = compared_by_hand(home.wiring, asked)

    assert (told["entry_id"], told["objection"]) == (row["EntryID"], "linked")
    assert home.calls("salesentry/SalesEntries") == 1
