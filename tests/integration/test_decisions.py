"""What a person decides about an invoice, from the command to the entry, against the sandboxes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from koppeling.cli.exits import Exit
from tests.integration.operating import FILE, ID, Operator, an_operator, approved, booked, subjects
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import INVOICE_DATE, build_invoice

NUMBER = "20260412"
MONTH = f"{INVOICE_DATE:%Y-%m}"


@pytest.fixture
def operator() -> Iterator[Operator]:
    with an_operator() as built:
        yield built


@pytest.fixture
def deleted(operator: Operator, tmp_path: Path) -> Operator:
    """A booked invoice whose entry somebody deleted in Exact, as the reconciliation noticed."""
    booked(operator, tmp_path)
    entries = operator.home.exact.world.tables["SalesEntries"]
    (entry,) = entries
    entries.remove(entry["EntryID"])
    assert operator.types("reconcile", ID, "--period", MONTH).exit_code == Exit.ATTENTION
    assert f"invoice/{NUMBER}/entry" in subjects(operator)
    deliver_all(operator)
    return operator


def deliver_all(operator: Operator) -> int:
    """Deliver the messages of the queue; returns how many."""
    home = operator.home
    waiting = [one for one in home.taken(home.settings.sales_entry_queue_url) if "key" in one]
    for one in waiting:
        home.wiring.invoice_worker.handle(json.dumps(one))
    return len(waiting)


def about_invoices(operator: Operator) -> list[str]:
    """Return the subjects of the open problems with invoices."""
    return [subject for subject in subjects(operator) if subject.startswith("invoice/")]


def test_a_deleted_entry_is_booked_again_on_request_and_the_month_agrees(
    deleted: Operator,
) -> None:
    for _ in range(2):  # a request that comes twice books once
        deleted.types("retry", ID, f"invoice/{NUMBER}/entry", "--yes")
    deliver_all(deleted)

    (entry,) = booked_entries(deleted.home.exact.world)
    assert entry["your_ref"] == NUMBER
    shown = deleted.reads("invoices", ID, NUMBER)
    assert (shown["state"], shown["has_pdf"], shown["evidence_is_whole"]) == ("DONE", True, True)
    assert [piece["ending"] for piece in shown["evidence"]][3:] == ["gone", *["answered"] * 3]
    assert deleted.types("reconcile", ID, "--period", MONTH).exit_code == Exit.OK
    assert f"invoice/{NUMBER}/entry" not in subjects(deleted)


def test_a_deleted_entry_whose_pdf_comes_later_is_booked_again_on_request_with_its_pdf(
    operator: Operator,
) -> None:
    home, files = operator.home, build_invoice(NUMBER, debtor_code="1068")
    operator.types("connections", "apply", "--yes", FILE)
    approved(operator)
    home.put(files.json_key, files.json_bytes)
    home.deliver(files.json_key)
    entries = home.exact.world.tables["SalesEntries"]
    (entry,) = list(entries)
    entries.remove(entry["EntryID"])
    home.clock.advance(3600)
    home.put(files.pdf_key, files.pdf_bytes)

    home.deliver(files.json_key)
    assert about_invoices(operator) == [f"invoice/{NUMBER}/entry"]
    operator.types("retry", ID, f"invoice/{NUMBER}/entry", "--yes")
    deliver_all(operator)

    (entry,) = booked_entries(home.exact.world)
    assert (entry["your_ref"], len(entry["documents"])) == (NUMBER, 1)
    assert about_invoices(operator) == []


def test_everything_that_waits_does_not_take_a_deleted_entry_along(deleted: Operator) -> None:
    deleted.types("retry", ID, "--yes")
    deliver_all(deleted)

    assert booked_entries(deleted.home.exact.world) == []


def test_an_entry_that_was_deleted_on_purpose_is_skipped_and_no_problem_any_more(
    deleted: Operator,
) -> None:
    assert deleted.types("skip", ID, NUMBER).exit_code == Exit.OK
    deliver_all(deleted)

    again = deleted.types("reconcile", ID, "--period", MONTH)

    assert (again.exit_code, "left so by a person" in again.output) == (Exit.OK, True)
    assert f"invoice/{NUMBER}/entry" not in subjects(deleted)
    assert booked_entries(deleted.home.exact.world) == []


def test_an_entry_that_differs_is_a_problem_until_a_person_confirms(
    operator: Operator,
    tmp_path: Path,
) -> None:
    home = operator.home
    files = booked(operator, tmp_path)
    outbox = home.wiring.stores.outbox
    item = outbox.get(ID, NUMBER)
    assert item is not None
    odd = item.to(item.state, home.clock.now(), differences=("AmountFC",), written_back_digest="")
    outbox.move(item, odd)
    home.deliver(files.json_key)
    assert f"invoice/{NUMBER}" in subjects(operator)
    shown = home.milestones.world.records("EntityState")[-1]
    assert shown["IsError"]

    assert operator.types("confirm", ID, NUMBER).exit_code == Exit.OK
    assert deliver_all(operator) >= 1

    assert f"invoice/{NUMBER}" not in subjects(operator)
    assert not home.milestones.world.records("EntityState")[-1]["IsError"]


def test_a_refused_invoice_that_was_skipped_stays_out_until_it_is_named(
    operator: Operator,
    tmp_path: Path,
) -> None:
    home = operator.home
    operator.types("connections", "apply", "--yes", FILE)
    approved(operator)
    operator.puts(tmp_path, build_invoice(NUMBER, debtor_code="77777"))
    home.deliver(f"{ID}/{NUMBER}.json")
    assert f"invoice/{NUMBER}" in subjects(operator)

    operator.types("skip", ID, NUMBER)
    deliver_all(operator)
    home.exact.add_account(Code="77777", Name="Kwam later")
    home.clock.advance(900)
    operator.types("pull", ID, "accounts")
    home.wiring.requeuer.requeue_connection(ID)
    deliver_all(operator)

    assert operator.reads("invoices", ID, NUMBER)["is_skipped"]
    assert booked_entries(home.exact.world) == []
    operator.types("retry", ID, f"invoice/{NUMBER}", "--yes")
    deliver_all(operator)
    assert len(booked_entries(home.exact.world)) == 1
