"""Invoices on their way to Exact Online, against the strict sandbox and with faults."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from koppeling.auth.oauth import EXACT
from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import build_invoice

ENTRIES = "salesentry/SalesEntries"
WRITES_WITH_PDF = [
    ("POST", ENTRIES),
    ("POST", "documents/Documents"),
    ("POST", "documents/DocumentAttachments"),
]


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment whose customers have been pulled; calls are counted after that."""
    with environment(accounts=10) as built:
        built.pull()
        built.exact.journal.clear()
        yield built


def entries(home: Environment) -> list[dict[str, Any]]:
    return [dict(entry) for entry in booked_entries(home.exact.world)]


def state(home: Environment, number: str) -> State | None:
    item = home.wiring.stores.outbox.get(home.connection.id, number)
    return None if item is None else item.state


def codes(home: Environment) -> set[str]:
    return {problem.code for problem in home.problems() if "notice" not in problem.subject}


def calls(home: Environment) -> list[tuple[str, str]]:
    return [(call.method, call.endpoint) for call in home.exact.journal.calls()]


def learn_codes(home: Environment) -> None:
    """Book some invoices, so that every code of the next one is known."""
    for number in range(20260501, 20260506):
        home.offer(build_invoice(str(number), debtor_code="1071"))
    home.exact.journal.clear()


def again(home: Environment, files_key: str, minutes: int = 20) -> None:
    """Let time pass and deliver the message again, as the queue would."""
    home.clock.advance(minutes * 60)
    home.deliver(files_key)


def test_an_invoice_whose_codes_are_known_costs_three_calls(home: Environment) -> None:
    learn_codes(home)

    home.offer(build_invoice("20260602", debtor_code="1071"))

    assert calls(home) == WRITES_WITH_PDF


def test_an_invoice_without_a_pdf_costs_one_call_once_its_codes_are_known(
    home: Environment,
) -> None:
    learn_codes(home)

    bare = build_invoice("20260602", debtor_code="1071", with_pdf=False)
    home.put(bare.json_key, bare.json_bytes)
    home.deliver(bare.json_key)

    assert calls(home) == [("POST", ENTRIES)]
    assert state(home, "20260602") is State.DONE


def test_a_credit_note_is_booked_with_negative_amounts(home: Environment) -> None:
    credit = build_invoice("20260603", kind="credit", original_number="20260601")

    home.offer(credit)

    (entry,) = entries(home)
    assert Decimal(entry["amount_incl_vat"]) == Decimal(
        credit.document["totals"]["amount_incl_vat"]
    )
    assert Decimal(entry["amount_incl_vat"]) < 0


def test_the_same_message_and_the_same_file_book_nothing_twice(home: Environment) -> None:
    files = build_invoice("20260604")
    home.offer(files)

    home.deliver(files.json_key)
    home.offer(files)

    (entry,) = entries(home)
    assert len(entry["documents"]) == 1


@pytest.mark.parametrize("endpoint", [endpoint for _, endpoint in WRITES_WITH_PDF])
def test_an_answer_that_is_lost_after_exact_booked_leads_to_no_second_one(
    home: Environment, endpoint: str
) -> None:
    files = build_invoice("20260605")
    home.exact.faults.arm(Fault("answer-lost", endpoint, "POST"))

    home.offer(files)
    for _ in range(6):
        again(home, files.json_key)

    (entry,) = entries(home)
    (document,) = entry["documents"]
    assert len(document["attachments"]) == 1
    assert state(home, "20260605") is State.DONE
    assert codes(home) == set()


@pytest.mark.parametrize("kind", ["503", "500", "maintenance", "half-json", "no-answer"])
def test_an_outage_while_booking_delays_an_invoice_and_loses_nothing(
    home: Environment, kind: str
) -> None:
    files = build_invoice("20260606")
    home.exact.faults.arm(Fault(kind, ENTRIES, "POST"))

    home.offer(files)
    for _ in range(6):
        again(home, files.json_key)

    assert len(entries(home)) == 1
    assert state(home, "20260606") is State.DONE


def test_a_refused_invoice_explains_itself_and_goes_on_when_it_is_offered_again(
    home: Environment,
) -> None:
    home.exact.change_account("1071", Status="P")
    home.next_tick()
    files = build_invoice("20260607", debtor_code="1071")

    home.offer(files)
    assert state(home, "20260607") is State.REJECTED
    assert codes(home) == {"debtor-not-customer"}
    home.exact.change_account("1071", Status="C")
    home.offer(files)

    assert state(home, "20260607") is State.DONE
    assert codes(home) == set()


def test_one_refused_invoice_delays_no_other(home: Environment) -> None:
    home.offer(build_invoice("20260608", debtor_code="99999"))

    home.offer(build_invoice("20260609", debtor_code="1068"))

    assert state(home, "20260608") is State.REJECTED
    assert state(home, "20260609") is State.DONE


def test_at_the_minutes_limit_an_invoice_waits_in_the_queue_without_a_further_call(
    home: Environment,
) -> None:
    files = build_invoice("20260610")
    home.exact.faults.arm(Fault("429-minute", ENTRIES, "POST"))

    home.offer(files)
    waiting = home.waiting(home.settings.sales_entry_queue_url)
    again(home, files.json_key, minutes=2)

    assert waiting == [{"key": files.json_key, "attempt": "0"}]
    assert state(home, "20260610") is State.DONE
    assert len(entries(home)) == 1


def test_a_token_that_expires_between_two_invoices_is_refreshed_once(home: Environment) -> None:
    home.offer(build_invoice("20260611"))
    home.clock.advance(700)
    home.exact.journal.clear()

    home.offer(build_invoice("20260612"))

    tokens = home.exact.journal.calls(lambda call: "token" in call.endpoint)
    assert len(tokens) == 1
    assert state(home, "20260612") is State.DONE


def test_invoices_wait_for_a_login_when_the_consent_is_gone_and_go_on_after_it(
    home: Environment,
) -> None:
    files = build_invoice("20260613")
    home.exact.authority.revoke(home.connection.exact_user)
    home.clock.advance(700)

    home.offer(files)
    assert "exact-reconnect-needed" in codes(home)
    assert home.waiting(home.settings.sales_entry_queue_url)
    home.log_in(EXACT)
    again(home, files.json_key, minutes=1)

    assert state(home, "20260613") is State.DONE
    assert codes(home) == set()


def test_an_invoice_of_a_paused_connection_waits_without_a_call(home: Environment) -> None:
    home.change(paused=True)
    files = build_invoice("20260614")

    home.offer(files)

    assert calls(home) == []
    assert home.waiting(home.settings.sales_entry_queue_url)


def test_an_invoice_from_before_the_start_date_is_not_booked(home: Environment) -> None:
    home.change(start_date=date(2026, 12, 1))

    home.offer(build_invoice("20260615"))

    assert entries(home) == []
    assert calls(home) == []


def test_the_pdf_may_follow_the_booking(home: Environment) -> None:
    files = build_invoice("20260616")
    home.put(files.json_key, files.json_bytes)
    home.deliver(files.json_key)
    assert state(home, "20260616") is State.ENTRY
    assert codes(home) == {"pdf-missing"}

    home.put(files.pdf_key, files.pdf_bytes)
    again(home, files.json_key)

    assert state(home, "20260616") is State.DONE
    assert codes(home) == set()


def test_a_vat_code_that_is_blocked_stops_an_invoice_only_while_it_is(home: Environment) -> None:
    (vat,) = [row for row in home.exact.world.tables["VATCodes"] if row["Code"].strip() == "2"]
    home.exact.world.change("VATCodes", vat["ID"], {"IsBlocked": True})
    files = build_invoice("20260617")
    home.offer(files)
    assert state(home, "20260617") is State.REJECTED

    home.exact.world.change("VATCodes", vat["ID"], {"IsBlocked": False})
    home.offer(files)

    assert state(home, "20260617") is State.DONE


def test_a_changed_copy_of_a_booked_invoice_is_refused(home: Environment) -> None:
    files = build_invoice("20260618")
    home.offer(files)
    changed = build_invoice("20260618", lines=2)

    home.offer(changed)

    assert len(entries(home)) == 1
    assert codes(home) == {"invoice-changed-after-booking"}


def test_a_wiring_of_another_environment_sees_what_the_first_one_booked(home: Environment) -> None:
    files = build_invoice("20260619")
    home.offer(files)

    replace(home, wiring=home.another()).deliver(files.json_key)

    assert len(entries(home)) == 1
