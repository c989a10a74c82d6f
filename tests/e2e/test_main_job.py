"""The main job on the deployed template: customers come in, invoices with their PDF go out."""

import json
from decimal import Decimal

import pytest

from koppeling.core.problems import OPERATOR
from koppeling.push.outbox import State
from tests.e2e.job import CONNECTION, Job
from tests.sandbox.invoices import build_invoice
from tools.stack.processes import eventually

pytestmark = pytest.mark.e2e


def test_every_customer_of_exact_stands_in_qics_milestones_after_the_first_tick(job: Job) -> None:
    wanted = {account["Code"] for account in job.exact.importable_accounts()}

    codes = [row["CustomerCode"] for row in job.milestones.records("CustomerCompany")]

    assert len(wanted) == 1000
    assert wanted <= set(codes)
    assert len(codes) == len(set(codes)), "no customer stands there twice"


def test_the_first_load_of_a_thousand_customers_costs_six_calls_and_one_for_the_division(
    job: Job,
) -> None:
    assert job.first_calls == 7


def test_an_adopted_customer_keeps_the_fields_that_are_no_link_fields(job: Job) -> None:
    adopted = {row["CustomerCode"]: row for row in job.milestones.records("CustomerCompany")}

    assert adopted["0000215"]["Remarks"] == "Belt liever dan dat ze mailt; niet op maandag."
    assert adopted["0000215"]["PriceIndex"] == "1.7"


def test_only_a_change_of_a_link_field_is_written(job: Job) -> None:
    codes = [account["Code"] for account in job.exact.importable_accounts()[20:22]]
    job.exact.change_account(codes[0], Phone="020-7654321")
    job.exact.change_account(codes[1], SearchCode="ELDERS")
    job.milestones.clear_journal()

    job.tick()

    writes = [call for call in job.milestones.journal() if call.method in {"PUT", "POST"}]
    assert [call.method for call in writes] == ["PUT"]


def test_an_invoice_becomes_one_entry_with_its_pdf_and_only_once(job: Job) -> None:
    files = build_invoice("2026E001", debtor_code="1071")

    job.offer(files)
    assert eventually(lambda: job.state("2026E001") is State.DONE)
    job.offer(files)
    assert eventually(lambda: "already-booked" in "".join(lines(job)))

    (entry,) = job.entries("2026E001")
    (document,) = entry["documents"]
    (attachment,) = document["attachments"]
    assert Decimal(entry["amount_incl_vat"]) == Decimal(files.document["totals"]["amount_incl_vat"])
    assert attachment["size"] == len(files.pdf_bytes)
    assert attachment["sha256"] == files.document["pdf"]["sha256"]


@pytest.mark.parametrize(
    ("key", "content", "code", "connection"),
    [
        ("veldhuis-advies-01/half.json", b'{"schema_version": "1", ', "invoice-not-valid", None),
        ("nobody-01/1.json", b"{}", "inbox-without-connection", OPERATOR),
    ],
    ids=["half a file", "an unknown connection"],
)
def test_a_file_that_is_no_invoice_becomes_a_problem_and_goes_round_no_more(
    job: Job, key: str, content: bytes, code: str, connection: str | None
) -> None:
    owner = connection or CONNECTION

    job.put(key, content)

    assert eventually(lambda: job.has_problem(code, key, owner))
    assert eventually(lambda: job.stack.waiting("SalesEntryQueueUrl") == 0)
    assert job.stack.waiting("SalesEntryDeadLetterQueueUrl") == 0


def test_an_invoice_whose_total_does_not_add_up_is_not_booked(job: Job) -> None:
    files = build_invoice("2026E002")
    document = {**files.document, "totals": {**files.document["totals"], "vat_amount": "0.01"}}

    job.put(files.json_key, json.dumps(document).encode())

    assert eventually(lambda: job.has_problem("invoice-totals-mismatch", "2026E002"))
    assert job.entries("2026E002") == []


def test_a_pdf_that_is_none_does_not_stop_the_booking(job: Job) -> None:
    files = build_invoice("2026E003")
    job.put(files.pdf_key, b"X" * len(files.pdf_bytes))

    job.put(files.json_key, files.json_bytes)

    assert eventually(lambda: job.has_problem("pdf-damaged", "2026E003"))
    (entry,) = job.entries("2026E003")
    assert entry["documents"] == []


def test_no_rule_of_either_vendor_was_broken(job: Job) -> None:
    assert job.milestones.violations() == []
    refused = {(call["status"], call["endpoint"]) for call in job.exact.journal()}
    # A warm function may hold the token of a login before the last one: then it asks for another
    assert {each for each in refused if each[0] >= 400 and each[0] != 401} == set()


def lines(job: Job) -> list[str]:
    return job.stack.log_lines("PushSalesEntriesFunction")
