"""Documents and attachments: X123 to X130, X161 and X192."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.exact_online.values import slash_date

DOCUMENTS = "documents/Documents"
ATTACHMENTS = "documents/DocumentAttachments"
NOBODY = "6c3e1a52-9d0b-4b7e-8c11-2f6a5d90e471"
PDF = b"%PDF-1.7 een factuur"


def document_body(**changes: object) -> dict[str, object]:
    body = {"Subject": "Factuur 20260412", "Type": 10} | changes
    return {name: value for name, value in body.items() if value is not None}


def keep(exact: Caller, **changes: object) -> dict[str, Any]:
    answer = exact.post(DOCUMENTS, document_body(**changes))
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()["d"]
    return document


def attach(exact: Caller, document: str, content: bytes = PDF, **changes: str) -> requests.Response:
    body = {
        "Document": document,
        "FileName": "20260412.pdf",
        "Attachment": base64.b64encode(content).decode(),
    }
    return exact.post(ATTACHMENTS, body | changes)


def test_a_document_hangs_on_its_entry_and_is_found_by_it(exact: Caller) -> None:
    entry = exact.book()["EntryID"]
    customer = exact.sandbox.world.account("1068")["ID"]
    document = keep(exact, FinancialTransactionEntryID=entry, Account=customer)
    path = f"{DOCUMENTS}?$select=ID,Subject,Type,HID&$filter=FinancialTransactionEntryID eq "
    rows = exact.data(path + f"guid'{entry}'")["results"]
    assert [row["ID"] for row in rows] == [document["ID"]]
    assert document["AccountCode"] == "              1068"


def test_an_entry_makes_no_document_by_itself(exact: Caller) -> None:
    entry = exact.book()
    path = f"{DOCUMENTS}?$select=ID&$filter=FinancialTransactionEntryID eq "
    assert exact.data(path + f"guid'{entry['EntryID']}'")["results"] == []


def test_without_a_date_a_document_gets_the_day_of_upload(exact: Caller) -> None:
    today, sent = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)
    assert keep(exact)["DocumentDate"] == slash_date(today)
    assert keep(exact, DocumentDate="2026-10-31")["DocumentDate"] == slash_date(sent)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Subject": None}, "Verplicht: Onderwerp"),
        ({"Type": None}, "Verplicht: Type"),
        ({"Type": 999}, "Ongeldige referentie: Type"),
        ({"Account": NOBODY}, "Klant werd niet gevonden in Exact"),
        ({"FinancialTransactionEntryID": NOBODY}, "Ongeldige referentie: Boeking"),
    ],
)
def test_a_document_names_what_exists(exact: Caller, change: dict[str, object], text: str) -> None:
    answer = exact.post(DOCUMENTS, document_body(**change))
    assert (answer.status_code, exact.message(answer)) == (500, text)
    assert len(exact.sandbox.world.tables["Documents"]) == 0


def test_the_consent_of_a_portal_user_does_not_reach_documents(exact: Caller) -> None:
    exact.sandbox.switches.firm_portal_user = True
    answer = exact.post(DOCUMENTS, document_body())
    assert exact.message(answer) == "Document Type not allowed"


def test_identical_documents_and_attachments_are_not_prevented(exact: Caller) -> None:
    entry = exact.book()["EntryID"]
    documents = {keep(exact, FinancialTransactionEntryID=entry)["ID"] for _ in range(2)}
    assert len(documents) == 2
    document = documents.pop()
    assert attach(exact, document).status_code == attach(exact, document).status_code == 201
    path = f"{ATTACHMENTS}?$select=ID,FileName,FileSize&$filter=Document eq guid'{document}'"
    assert [row["FileSize"] for row in exact.data(path)["results"]] == [len(PDF)] * 2


def test_an_attachment_answers_with_its_size_and_an_address_on_this_server(
    exact: Caller,
) -> None:
    found = attach(exact, keep(exact)["ID"]).json()["d"]
    assert found["FileSize"] == len(PDF)
    assert found["FileName"] == "20260412.pdf"
    assert found["Url"].startswith(exact.base_url + "/docs/SysAttachment.aspx?")
    assert exact.sandbox.world.contents[found["ID"]] == PDF


@pytest.mark.parametrize("broken", ["geen base64!", "JVBERi0", "JVBE\nRi0="])
def test_content_that_is_not_base64_is_400(exact: Caller, broken: str) -> None:
    answer = attach(exact, keep(exact)["ID"], Attachment=broken)
    expected = (
        "Error processing request stream. Error encountered in converting the value from request"
        " payload for property 'Attachment' to type 'Byte[]'"
    )
    assert (answer.status_code, exact.message(answer)) == (400, expected)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Document": NOBODY}, "Ongeldige referentie: Document"),
        ({"FileName": ""}, "Verplicht: Bestandsnaam"),
        ({"Attachment": ""}, "Verplicht: Bijlage"),
    ],
)
def test_an_attachment_names_what_it_belongs_to(
    exact: Caller, change: dict[str, str], text: str
) -> None:
    answer = attach(exact, keep(exact)["ID"], PDF, **change)
    assert (answer.status_code, exact.message(answer)) == (500, text)
    assert not exact.sandbox.world.contents


def test_the_size_of_the_file_counts_and_not_that_of_its_text(exact: Caller) -> None:
    document = keep(exact)["ID"]
    assert attach(exact, document, b"x" * 10_000_000).status_code == 201
    answer = attach(exact, document, b"x" * 10_000_001)
    assert exact.message(answer) == "Ongeldig: Bestandsgrootte"


def test_any_other_post_is_at_most_10_megabytes(exact: Caller) -> None:
    answer = exact.post(DOCUMENTS, document_body(Body="x" * 10_000_000))
    assert answer.status_code == 413


def test_an_attachment_cannot_be_changed(exact: Caller) -> None:
    found = attach(exact, keep(exact)["ID"]).json()["d"]["ID"]
    answer = exact.send("PUT", f"{ATTACHMENTS}(guid'{found}')", {"FileName": "x"})
    assert answer.status_code == 405


def test_documents_and_attachments_have_sync_twins(exact: Caller) -> None:
    document = keep(exact)["ID"]
    attach(exact, document)
    for path in ("sync/Documents/Documents", "sync/Documents/DocumentAttachments"):
        rows = exact.data(path + "?$select=ID,Timestamp&$filter=Timestamp gt 1L")["results"]
        assert len(rows) == 1
