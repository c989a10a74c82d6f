"""A customer comes in by the command line, on the whole link in one process, and leaves again."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from koppeling.cli.exits import Exit
from tests.environment import REGION
from tests.integration.operating import FILE, ID, Operator, an_operator, approved, booked, subjects
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import INVOICE_DATE, build_invoice


@pytest.fixture
def operator() -> Iterator[Operator]:
    with an_operator() as built:
        yield built


def test_three_steps_take_a_customer_from_a_file_to_a_link_that_runs(operator: Operator) -> None:
    assert operator.types("connections", "apply", "--yes", FILE).exit_code == Exit.OK
    assert operator.reads("connections", "link", ID)["link"].startswith(
        f"{operator.home.settings.connect_url}/connect/{ID}?ticket="
    )
    checked = operator.reads("check", ID)
    assert checked["level"] != "blocking", checked["findings"]
    assert all(finding["title"] for finding in checked["findings"])

    assert operator.types("status", ID).output.startswith(f"{ID}: not started, ")
    looked = operator.reads("preview", ID)
    assert looked["counts"]["new"] > looked["counts"]["overwritten"] > 0
    assert operator.reads("start", ID, "--yes")["started"]

    pulled = operator.reads("pull", ID, "--wait")

    assert [one["outcome"] for one in pulled] == ["done"] * 7
    assert operator.home.milestones.world.find("CustomerCompany", CustomerCode="1068")
    status = operator.reads("status", ID)
    assert {one["state"] for one in status["entities"]} == {"caught-up"}
    assert [login["works"] for login in status["logins"]] == [True, True]
    assert status["calls_left"] < status["calls_a_day"]


def test_what_would_be_booked_is_shown_before_it_is(operator: Operator, tmp_path: Path) -> None:
    operator.types("connections", "apply", "--yes", FILE)
    operator.types("preview", ID)
    for number, debtor in (("20260412", "1071"), ("20260413", "77777")):
        operator.puts(tmp_path, build_invoice(number, debtor_code=debtor))
    operator.home.put(f"{ID}/20260414.json", b"{}")

    found = operator.reads("invoices", ID, "--next")

    lacks = {each["number"]: each["lacks"] for each in found["invoices"]}
    assert lacks["20260413"][0] == "debtor 77777"
    assert lacks["20260412"] == []
    assert set(found["totals"]) == {"EUR"}
    assert found["not_as_agreed"] == [f"{ID}/20260414.json"]
    assert "it is not started" in operator.types("invoices", ID, "--next").output

    approved(operator)

    lacks = {
        each["number"]: each["lacks"]
        for each in operator.reads("invoices", ID, "--next")["invoices"]
    }
    assert lacks == {"20260412": [], "20260413": ["debtor 77777"]}


def test_a_preview_of_a_first_load_writes_nothing(operator: Operator) -> None:
    operator.types("connections", "apply", "--yes", FILE)
    before = operator.home.milestones.world.find("CustomerCompany")

    (preview,) = operator.reads("pull", ID, "accounts", "--dry-run")

    created = [one for one in preview["changes"] if one["result"] == "created"]
    assert preview["counts"]["created"] == len(created) > 0
    assert operator.home.milestones.world.find("CustomerCompany") == before


def test_an_invoice_goes_in_by_hand_and_is_offered_again_once_its_cause_is_mended(
    operator: Operator, tmp_path: Path
) -> None:
    home = operator.home
    operator.types("connections", "apply", "--yes", FILE)
    approved(operator)
    files = build_invoice("20260412", debtor_code="1068")
    assert operator.puts(tmp_path, files).exit_code == Exit.OK
    journal = home.connection.sales_journal
    home.change(sales_journal="99")
    home.deliver(files.json_key)
    assert operator.reads("invoices", ID, "20260412")["state"] == "REJECTED"
    assert "invoice/20260412" in subjects(operator)
    assert operator.types("status", ID).exit_code == Exit.ATTENTION

    home.change(sales_journal=journal)
    operator.types("retry", ID, "invoice/20260412", "--yes")
    (message,) = [
        one
        for one in home.waiting(home.settings.sales_entry_queue_url)
        if one.get("again") == "yes"
    ]
    home.wiring.invoice_worker.handle(json.dumps(message))

    assert operator.reads("invoices", ID, "20260412")["state"] == "DONE"
    assert "invoice/20260412" not in subjects(operator)
    assert [entry["your_ref"] for entry in booked_entries(home.exact.world)] == ["20260412"]


def test_a_month_is_reconciled_to_the_cent_and_an_invoice_shows_its_evidence(
    operator: Operator, tmp_path: Path
) -> None:
    files = booked(operator, tmp_path)

    month = operator.reads("reconcile", ID, "--period", f"{INVOICE_DATE:%Y-%m}", "--lines")
    shown = operator.types("reconcile", ID, "--period", f"{INVOICE_DATE:%Y-%m}")
    invoice = operator.reads("invoices", ID, "20260412")

    (euros,) = month["sums"]
    assert euros["amount_invoices"] == files.document["totals"]["amount_incl_vat"]
    assert (shown.exit_code, "to the cent" in shown.output) == (Exit.OK, True)
    empty = operator.types("reconcile", ID, "--period", "2019-01")
    assert (empty.exit_code, "nothing to compare" in empty.output) == (Exit.OK, True)
    assert operator.types("reconcile", ID, "--period", "november").exit_code == Exit.USAGE
    assert invoice["evidence_is_whole"]
    assert [piece["step"] for piece in invoice["evidence"]] == ["entry", "document", "attachment"]
    assert "YourRef" in operator.types("invoices", ID, "20260412").output


def test_an_entry_that_lost_a_line_is_told_when_lines_are_asked_for(
    operator: Operator, tmp_path: Path
) -> None:
    home = operator.home
    booked(operator, tmp_path)
    first = next(iter(home.exact.world.tables["SalesEntryLines"]))
    home.exact.world.tables["SalesEntryLines"].remove(first["ID"])
    month = f"{INVOICE_DATE:%Y-%m}"

    without = operator.types("reconcile", ID, "--period", month)
    shown = operator.types("reconcile", ID, "--period", month, "--lines")

    assert (without.exit_code, shown.exit_code) == (Exit.OK, Exit.ATTENTION)
    assert "another amount, currency or number of lines" in shown.output


def test_an_entry_that_is_gone_ends_the_reconciliation_with_a_one(
    operator: Operator, tmp_path: Path
) -> None:
    home = operator.home
    booked(operator, tmp_path)
    (entry,) = home.exact.world.tables["SalesEntries"]
    home.exact.world.tables["SalesEntries"].remove(entry["EntryID"])

    shown = operator.types("reconcile", ID, "--period", f"{INVOICE_DATE:%Y-%m}")

    assert shown.exit_code == Exit.ATTENTION
    assert "no longer in Exact Online" in shown.output


def test_what_the_queue_gave_up_on_is_offered_again(operator: Operator) -> None:
    home = operator.home
    operator.types("connections", "apply", "--yes", FILE)
    letters = home.settings.sales_entry_dead_letters_url
    body = json.dumps({"key": f"{ID}/1.json", "attempt": "12"})
    home.aws["sqs"].send_message(QueueUrl=letters, MessageBody=body)

    assert "1 that the queue had given up on" in operator.types("retry", ID, "--yes").output

    assert home.waiting(letters) == []
    offered = home.waiting(home.settings.sales_entry_queue_url)
    assert [one["key"] for one in offered if "key" in one] == [f"{ID}/1.json"]


def test_an_erased_customer_leaves_nothing_behind_but_the_books(
    operator: Operator, tmp_path: Path
) -> None:
    home = operator.home
    booked(operator, tmp_path)
    calls = len(home.exact.journal.calls())
    assert sum(1 for _ in home.wiring.aws.sync_items.scan()) > 20

    proof = operator.reads(
        "erase", ID, "--id", ID, "--certificate", str(tmp_path / "certificate.json")
    )

    assert list(home.wiring.aws.sync_items.scan()) == []
    assert list(home.wiring.aws.token_items.scan()) == []
    versions = boto3.client("s3", region_name=REGION).list_object_versions(Bucket="inbox")
    assert versions.get("Versions", []) == versions.get("DeleteMarkers", []) == []
    assert proof["sync_items"]["RECORD"] > 10
    assert proof["sync_items"]["INVOICE"] == 1
    assert len(home.exact.journal.calls()) == calls  # nothing is asked of Exact for that
    assert len(booked_entries(home.exact.world)) == 1
