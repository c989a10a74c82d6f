"""What an operator offers to the link: what waits, an invoice, invoices from before."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from koppeling.cli.exits import Exit
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.problems import Problem
from koppeling.pull.record import ParkedChange
from koppeling.push.outbox import State
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_status import an_invoice

ID = ConnectionId("veldhuis-advies-01")


def lie(office: Office, files: InvoiceFiles) -> None:
    office.aws["s3"].put_object(Bucket="inbox", Key=files.json_key, Body=files.json_bytes)


def keys(office: Office) -> list[str]:
    return [each.key for each in office.stack.inbox.list_objects(ID)]


def park(office: Office, entity: str, exact_id: str) -> ParkedChange:
    now = office.clock.now()
    later = now + timedelta(hours=4)
    parked = ParkedChange(
        ExactId(exact_id), {}, is_complete=True, parked_at=now, not_before=later, code="x"
    )
    office.stack.stores.retries.park(ID, entity, [parked])
    return parked


def due(office: Office, entity: str) -> list[bool]:
    return [
        one.is_due(office.clock.now(), frozenset())
        for one in office.stack.stores.retries.all(ID, entity)
    ]


def test_what_waits_is_shown_and_offered_again_after_a_yes(office: Office) -> None:
    office.connect()
    park(office, "accounts", "a")
    an_invoice(office, "20260412", State.REJECTED)
    lie(office, build_invoice("20260412"))

    result = office.run("retry", ID, answer="y\n")

    assert result.exit_code == Exit.OK
    assert "accounts/a" in result.output
    assert "invoice/20260412" in result.output
    assert "2 offered again" in result.output
    assert due(office, "accounts") == [True]
    (offer,) = [json.loads(body) for body in office.messages()]
    assert (offer["key"], offer["again"]) == (f"{ID}/20260412.json", "yes")


def test_nothing_is_offered_without_a_yes(office: Office) -> None:
    office.connect()
    park(office, "accounts", "a")

    office.run("retry", ID, answer="n\n")

    assert due(office, "accounts") == [False]


@pytest.mark.parametrize("subject", ["accounts/b", "b"])
def test_one_subject_is_offered_alone(office: Office, subject: str) -> None:
    office.connect()
    for exact_id in ("a", "b"):
        park(office, "accounts", exact_id)

    office.run("retry", ID, subject, "--yes")

    assert due(office, "accounts") == [False, True]


def test_a_subject_that_does_not_wait_is_told(office: Office) -> None:
    office.connect()

    assert office.run("retry", ID, "invoice/7", "--yes").exit_code == Exit.NOT_FOUND


def test_a_change_that_a_run_dealt_with_meanwhile_is_left_alone(office: Office) -> None:
    connection = office.connect()
    parked = park(office, "accounts", "a")
    office.stack.stores.retries.drop(connection.id, "accounts", [parked.exact_id])

    assert office.stack.stores.retries.make_due(ID, "accounts", parked, office.clock.now()) is False
    assert office.stack.stores.retries.all(ID, "accounts") == []


def test_a_document_that_could_not_be_read_and_a_pdf_that_failed_are_offered_too(
    office: Office,
) -> None:
    office.connect()
    an_invoice(office, "1", State.ENTRY)
    for number in ("1", "2", "3"):
        lie(office, build_invoice(number))
    problems = office.stack.stores.problems
    problems.open(Problem(ID, "invoice/1", "pdf-damaged", {}))
    problems.open(Problem(ID, f"inbox/{ID}/2.json", "invoice-not-valid", {}))
    problems.open(Problem(ID, f"inbox/{ID}/gone.json", "invoice-not-valid", {}))

    answer = json.loads(office.run("retry", ID, "--yes", "--json").stdout)

    assert [one["subject"] for one in answer] == ["invoice/1", f"inbox/{ID}/2.json"]


def test_at_most_ten_are_offered_in_a_second(office: Office) -> None:  # R36
    office.connect()
    for number in range(31):
        park(office, "accounts", f"{number:02}")
    before = office.clock.now()

    office.run("retry", ID, "--yes")

    assert office.clock.now() - before >= timedelta(seconds=3)


def test_an_invoice_goes_in_the_inbox_behind_its_pdf(office: Office, tmp_path: Path) -> None:
    office.connect()
    files = build_invoice("20260412")
    document, pdf = tmp_path / "any.json", tmp_path / "any.pdf"
    document.write_bytes(files.json_bytes)
    pdf.write_bytes(files.pdf_bytes)

    answer = json.loads(office.run("push", ID, str(document), "--pdf", str(pdf), "--json").stdout)

    assert answer["keys"] == [files.pdf_key, files.json_key]
    assert sorted(keys(office)) == sorted([files.pdf_key, files.json_key])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lines": []}, "De lijst van factuurregels is leeg."),
        ({"connection_id": "somebody-else"}, "the document is for somebody-else"),
    ],
)
def test_a_document_that_is_not_as_agreed_is_refused_before_it_goes_anywhere(
    office: Office, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    office.connect()
    document = tmp_path / "any.json"
    document.write_text(json.dumps(build_invoice("1").document | change))

    result = office.run("push", ID, str(document))

    assert result.exit_code == Exit.USAGE
    assert message in result.output
    assert keys(office) == []


def test_what_is_wrong_but_stops_no_booking_is_said(office: Office, tmp_path: Path) -> None:
    office.connect()
    files, document = build_invoice("1"), tmp_path / "any.json"
    document.write_text(json.dumps(files.document | {"processed_at": "gisteren"}))

    result = office.run("push", ID, str(document))

    assert result.exit_code == Exit.OK
    assert "processed_at: not in the agreed form, left out" in result.stderr
    assert keys(office) == [files.json_key]


def test_a_pdf_never_goes_in_the_folder_of_another_connection(
    office: Office, tmp_path: Path
) -> None:
    office.connect()
    files = build_invoice("1")
    document, pdf = tmp_path / "any.json", tmp_path / "any.pdf"
    announced = files.document["pdf"] | {"key": "veldhuis-advies-02/1.pdf"}
    document.write_text(json.dumps(files.document | {"pdf": announced}))
    pdf.write_bytes(files.pdf_bytes)

    result = office.run("push", ID, str(document), "--pdf", str(pdf))

    assert result.exit_code == Exit.USAGE
    assert "does not begin with the connection" in result.stderr
    assert keys(office) == []


def test_another_pdf_than_the_document_announces_is_refused(office: Office, tmp_path: Path) -> None:
    office.connect()
    document, pdf = tmp_path / "any.json", tmp_path / "any.pdf"
    document.write_bytes(build_invoice("1").json_bytes)
    pdf.write_bytes(build_invoice("2").pdf_bytes)

    result = office.run("push", ID, str(document), "--pdf", str(pdf))

    assert result.exit_code == Exit.USAGE
    assert keys(office) == []


def history(office: Office, *words: str) -> list[str]:
    offered: list[str] = json.loads(office.run("history", ID, "--yes", "--json", *words).stdout)[
        "offered"
    ]
    return offered


def test_what_was_not_delivered_yet_is_offered_and_what_was_is_passed_over(office: Office) -> None:
    office.connect()
    for number in ("1", "2", "3"):
        lie(office, build_invoice(number))
    an_invoice(office, "2", State.DONE)

    assert history(office) == ["1", "3"]
    assert [json.loads(body)["key"] for body in office.messages()] == [
        f"{ID}/1.json",
        f"{ID}/3.json",
    ]


def test_a_history_that_was_broken_off_goes_on_with_what_is_left(office: Office) -> None:
    office.connect()
    for number in ("1", "2"):
        lie(office, build_invoice(number))
    assert history(office) == ["1", "2"]
    an_invoice(office, "1", State.DONE)  # delivered meanwhile

    assert history(office) == ["2"]


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ({}, []),
        ({"existing_as_entries": True}, ["1"]),
        ({"existing_as_pdfs": True}, ["1"]),
    ],
)
def test_invoices_from_before_the_start_are_offered_when_the_customer_wants_them(
    office: Office, wanted: dict[str, bool], offered: list[str]
) -> None:  # L34
    office.connect(start_date=date(2027, 1, 1), **wanted)
    lie(office, build_invoice("1"))

    assert history(office) == offered


def test_a_document_that_is_not_as_agreed_is_told_and_holds_nothing_up(office: Office) -> None:
    office.connect()
    office.aws["s3"].put_object(Bucket="inbox", Key=f"{ID}/0.json", Body=b"{}")
    lie(office, build_invoice("1"))

    result = office.run("history", ID, "--yes")

    assert result.exit_code == Exit.ATTENTION
    assert f"not as agreed: {ID}/0.json" in result.stderr
    assert "1 offered" in result.output
