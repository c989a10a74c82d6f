from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.catalogue import entry
from koppeling.core.errors import Reject
from koppeling.core.ids import ExactId
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.world import NOON, NUMBER, World, example, with_line


def refused(world: World, document: dict[str, Any] | None = None) -> str:
    world.offer(document)
    result = world.deliver()
    assert result.outcome is PushOutcome.REJECTED
    return result.code


def values(world: World, code: str) -> dict[str, str]:
    return dict(world.problems.open_ones[f"invoice/{NUMBER}", code].values)


def existing_entry(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of Exact
    row = {
        "EntryID": ExactId("entry-by-hand"),
        "EntryNumber": 26700099,
        "Customer": ExactId("customer-1068"),
        "CustomerName": "Bakkerij De Korenaar",
        "Journal": "70",
        "EntryDate": "2026-10-31",
        "Currency": "EUR",
        "AmountFC": Decimal("4887.51"),
        "YourRef": NUMBER,
        "from": NOON,
    }
    return row | changes


def test_an_invoice_that_does_not_add_up_is_refused_before_any_call() -> None:
    world = World()

    code = refused(world, with_line(example(), 0, vat_amount="1026.39"))

    assert code == "invoice-totals-mismatch"
    assert world.books.calls == []
    assert world.item().state is State.REJECTED
    assert world.item().code == code


def test_a_debtor_that_is_missing_is_a_problem_for_the_invoice() -> None:
    world = World()
    world.books.customers.clear()

    assert refused(world) == "debtor-not-found"
    assert values(world, "debtor-not-found")["code"] == "1068"


@pytest.mark.parametrize(
    ("table", "missing", "code"),
    [
        ("gl_accounts", "8090", "gl-account-unknown"),
        ("vat_codes", "2", "vat-code-unknown"),
        ("projects", "P26015", "project-unknown"),
    ],
)
def test_a_code_that_exact_does_not_know_is_refused_without_a_post(
    table: str, missing: str, code: str
) -> None:
    world = World()
    del getattr(world.books, table)[missing]

    assert refused(world) == code
    assert "post_entry" not in world.books.calls
    assert values(world, code)["code"] == missing


def test_a_refused_invoice_is_not_tried_again_when_its_message_comes_twice() -> None:
    world = World()
    world.books.customers.clear()
    refused(world)
    world.books.calls.clear()

    again = world.deliver()

    assert (again.outcome, again.code) == (PushOutcome.REJECTED, "debtor-not-found")
    assert world.books.calls == []


def test_a_refused_invoice_is_tried_again_when_it_is_put_in_the_inbox_again() -> None:
    world = World()
    customers = dict(world.books.customers)
    world.books.customers.clear()
    refused(world)
    world.books.customers.update(customers)

    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.problems.codes() == []
    assert world.item().code is None


def test_a_refused_invoice_is_tried_again_with_its_new_content() -> None:
    world = World()
    refused(world, with_line(example(), 0, vat_amount="1026.39"))

    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.item().vat_amount == Decimal("848.25")
    assert world.problems.codes() == []


def test_a_second_refusal_takes_the_place_of_the_first() -> None:
    world = World()
    refused(world, with_line(example(), 0, vat_amount="1026.39"))
    world.books.customers.clear()

    assert refused(world) == "debtor-not-found"
    assert world.problems.codes() == ["debtor-not-found"]


def test_each_message_of_exact_becomes_a_problem_and_the_first_one_decides() -> None:
    world = World()
    text = "Periode is afgesloten: 2026-10\r\nVerplicht: Betalingsconditie"
    world.books.raises["post_entry"] = [Reject("exact-rejected", message=text)]

    assert refused(world) == "period-closed"
    assert world.item().state is State.REJECTED
    assert world.problems.codes() == ["payment-condition-required", "period-closed"]
    assert values(world, "period-closed")["message"] == "Periode is afgesloten: 2026-10"
    assert values(world, "period-closed")["date"] == "2026-10-31"


@pytest.mark.parametrize(
    ("message", "code", "about"),
    [
        ("Ongeldige referentie: Btw-code", "vat-code-unknown", "2"),
        ("Ongeldige referentie: Kostenplaats", "cost-center-unknown", "ADV"),
        ("Ongeldige referentie: Betalingsconditie", "payment-condition-unknown", "30"),
        ("Klant werd niet gevonden in Exact", "debtor-not-found", "1068"),
        ("Grootboek 8005 niet gevonden in Exact", "gl-account-unknown", "8005"),
    ],
)
def test_a_refusal_of_exact_names_the_codes_on_the_invoice_it_is_about(
    message: str, code: str, about: str
) -> None:
    world = World()
    world.books.raises["post_entry"] = [Reject("exact-rejected", message=message)]

    assert refused(world) == code
    assert values(world, code)["code"] == about


def test_a_problem_holds_what_its_text_asks_for() -> None:
    world = World()
    message = "Niet toegestaan: Wisselkoers"
    world.books.raises["post_entry"] = [Reject("exact-rejected", message=message)]

    code = refused(world)

    assert entry(code).placeholders - {"qm"} <= set(values(world, code))


def test_a_booked_invoice_that_changes_is_refused_and_nothing_is_touched() -> None:
    world = World()
    world.offer()
    world.deliver()
    world.books.calls.clear()

    code = refused(world, with_line(example(), 0, description="Iets anders"))

    assert code == "invoice-changed-after-booking"
    assert world.books.calls == []
    assert world.item().state is State.DONE
    found = values(world, code)
    assert (found["entry_number"], found["amount_entry"]) == ("26700001", "EUR 4887.51")


def test_a_number_in_use_is_adopted_when_the_entry_is_ours() -> None:
    world = World()
    world.books.entries.append(existing_entry())
    world.books.raises["post_entry"] = [
        Reject("entry-number-in-use", message="In gebruik: Boekstuknummer.")
    ]
    world.offer()

    result = world.deliver()

    assert (result.outcome, world.item().entry_number) == (PushOutcome.BOOKED, "26700099")
    assert world.settled_counts() == (1, 1, 1)
    assert world.books.documents[0]["FinancialTransactionEntryID"] == "entry-by-hand"


@pytest.mark.parametrize("others", [[], [existing_entry(AmountFC=Decimal("1.00"))]])
def test_a_number_in_use_by_another_entry_is_shown_to_a_person(others: list[Any]) -> None:
    world = World()
    world.books.entries.extend(others)
    world.books.raises["post_entry"] = [Reject("entry-number-in-use")]

    assert refused(world) == "entry-number-in-use"
    shown = values(world, "entry-number-in-use")
    assert shown.get("amount_entry") == ("EUR 1.00" if others else None)
    assert shown.get("debtor_entry") == ("Bakkerij De Korenaar" if others else None)


LATER = {"start_date": date(2026, 11, 1)}


def test_an_invoice_from_before_the_start_is_skipped() -> None:
    world = World(**LATER)
    world.offer()

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.SKIPPED, "invoice-before-start-date")
    assert world.books.calls == []


def test_an_existing_invoice_that_exact_has_is_adopted_and_gets_no_pdf() -> None:
    world = World(**LATER, existing_as_entries=True)
    world.books.entries.append(existing_entry())
    world.offer()

    world.deliver()

    assert world.item().entry_number == "26700099"
    assert world.settled_counts() == (1, 0, 0)
    assert world.item().state is State.DONE


def test_an_existing_invoice_that_is_not_in_exact_is_booked() -> None:
    world = World(**LATER, existing_as_entries=True, existing_as_pdfs=True)
    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)


def test_an_existing_invoice_under_the_number_of_another_is_shown_to_a_person() -> None:
    world = World(**LATER, existing_as_entries=True)
    world.books.entries.append(existing_entry(Journal="79"))

    assert refused(world) == "entry-number-in-use"
    assert "post_entry" not in world.books.calls


def test_with_pdfs_only_the_pdf_is_hung_on_the_entry_that_somebody_booked() -> None:
    world = World(**LATER, existing_as_pdfs=True)
    world.books.entries.append(existing_entry(Journal="79", AmountFC=Decimal("4887.50")))
    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)
    assert "documents_of_entry" in world.books.calls
    assert "post_entry" not in world.books.calls


def test_with_pdfs_only_a_document_that_hangs_there_already_is_not_made_again() -> None:
    world = World(**LATER, existing_as_pdfs=True)
    world.books.entries.append(existing_entry())
    world.offer()
    world.deliver()
    world.outbox.items.clear()

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)


@pytest.mark.parametrize(
    "entries",
    [[], [existing_entry(Customer=ExactId("somebody"))], [existing_entry(), existing_entry()]],
)
def test_with_pdfs_only_an_entry_that_is_not_found_is_a_problem(entries: list[Any]) -> None:
    world = World(**LATER, existing_as_pdfs=True)
    world.books.entries.extend(entries)

    assert refused(world) == "entry-not-found-for-pdf"
    assert world.settled_counts() == (len(entries), 0, 0)


def test_a_debtor_that_ended_before_the_invoice_date_is_refused_and_a_later_end_is_not() -> None:
    world = World()
    card = world.books.customers["1068"]
    world.books.customers["1068"] = replace(card, end_date=date(2026, 10, 30))
    assert refused(world) == "debtor-blocked"

    world.books.customers["1068"] = replace(card, end_date=date(2026, 11, 1))
    assert world.deliver(retry=True).outcome is PushOutcome.BOOKED
