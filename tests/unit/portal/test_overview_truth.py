"""Overzicht: the sentence of state is true, and what was worst comes first."""

from dataclasses import replace
from datetime import date

import pytest

from koppeling.core.problems import invoice_subject
from koppeling.portal.logins import EXACT
from koppeling.pull.rounds import RoundState, RoundTimes
from koppeling.push.invoice_row import Standing
from koppeling.watch.waiting import waiting_of
from tests.unit.portal.invoice_lists import row
from tests.unit.portal.round_fakes import LAST, NEXT
from tests.unit.portal.showing import NOW
from tests.unit.portal.test_overview import View

STOPPED = RoundTimes(RoundState.STOPPED, LAST, NEXT, code="exact-unavailable")


def test_an_outage_is_told_at_its_first_round_and_not_only_when_it_is_a_problem() -> None:
    view = View()
    view.rounds.others["accounts"] = STOPPED

    assert "Exact Online geeft even geen antwoord." in view.seen().text


def test_what_stopped_for_another_reason_is_not_said_to_run() -> None:
    view = View()
    view.rounds.others["accounts"] = replace(STOPPED, code="exact-minute-limit")

    found = view.seen()

    assert "Alles loopt" not in found.text
    assert "Een deel van de koppeling staat even stil." in found.text
    assert found.links["Bekijk welk deel"].endswith("/veldhuis/data")


def test_calls_of_the_day_that_are_used_up_are_not_said_to_run() -> None:
    view = View()
    view.desk.problem("accounts/connection", "exact-day-limit")

    assert "Een deel van de koppeling staat even stil." in view.seen().text


def test_what_only_qics_can_mend_does_not_wait_for_the_reader() -> None:
    view = View()
    view.desk.invoice("1", "journal-unknown")

    text = view.seen().text

    assert "Eén ding wacht op Qics." in text
    assert "wacht op jou." not in text
    assert "Alles loopt" not in text


@pytest.mark.parametrize("state", [RoundState.PAUSED, RoundState.OFF, RoundState.RUNNING])
def test_of_a_last_round_whose_moment_is_not_known_its_day_is_told(state: RoundState) -> None:
    view = View()
    view.rounds.all = RoundTimes(state, last_on=date(2026, 11, 20))

    found = view.seen()

    assert found.rows[1][2] == "20-11-2026"
    assert "Nog geen" not in found.text
    assert "Eerste ronde" not in found.text


def test_the_mail_of_the_morning_counts_the_same_invoices_as_the_sentence() -> None:
    view = View()
    for number in ("1", "2/A"):
        view.desk.invoice(number)
    view.desk.problem(invoice_subject("2/A"), "cost-center-unknown", invoice="2/A", code="X")
    view.desk.problem("inbox/veldhuis/3.json", "invoice-not-valid", invoice="3")
    view.desk.problem("inbox/veldhuis/4.json", "invoice-not-valid", invoice="4")

    mailed = waiting_of(view.connection, view.desk.problems.opened(view.connection.id), NOW)

    assert "2 facturen wachten op jou." in view.seen().text
    assert (mailed.invoices, mailed.records) == (2, 2)


def test_an_outage_does_not_say_that_nothing_has_to_be_done_while_an_invoice_waits() -> None:
    view = View()
    view.desk.invoice("1")
    view.desk.problem(f"{EXACT}/connection", "exact-unavailable")

    text = view.seen().text

    assert "Exact Online geeft even geen antwoord." in text
    assert "Je hoeft niets te doen" not in text.split("Rondes")[0]


def test_what_waits_in_other_months_is_told_beside_the_table_of_this_month() -> None:
    view = View()
    for number in ("20260901", "20260902"):
        view.desk.invoice(number)

    found = view.seen()

    assert "2 facturen wachten op jou." in found.text
    place = found.links["In andere maanden wachten ook 2 facturen."]
    assert place.endswith("/veldhuis/invoices?month=all&standing=waiting")


def test_what_waits_in_this_month_is_counted_in_its_table_alone() -> None:
    view = View()
    view.desk.invoice("20260901")
    view.invoices.rows.append(row("20260901", Standing.WAITING))

    assert "andere maand" not in view.seen().text
