from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest

from koppeling.core.errors import Reject
from koppeling.core.ids import ExactId
from koppeling.push.invoice import Invoice, PdfReference
from koppeling.push.pdf import (
    AttachmentCard,
    DocumentCard,
    attachment_body,
    check_pdf,
    check_upload,
    document_body,
    file_name_of,
    same_document,
)
from tests.unit.push.world import PDF, example

INVOICE = Invoice.from_document(example())


def announced(content: bytes, **changes: Any) -> PdfReference:  # noqa: ANN401 - fields vary
    usual: dict[str, Any] = {
        "key": "veldhuis-advies-01/1.pdf",
        "sha256": sha256(content).hexdigest(),
        "size_bytes": len(content),
        "file_name": None,
    }
    return PdfReference(**(usual | changes))


def test_the_announced_file_passes() -> None:
    check_pdf(PDF, announced(PDF), INVOICE)
    largest = PDF.ljust(10_000_000)
    check_pdf(largest, announced(largest), INVOICE)


@pytest.mark.parametrize(
    "before",
    [b"\n", b"\xef\xbb\xbf", b"\r\n \t", b"x" * 1019],
    ids=["line end", "mark", "blanks", "as far as readers look"],
)
def test_a_pdf_may_begin_a_little_later_as_readers_allow(before: bytes) -> None:
    check_pdf(before + PDF, announced(before + PDF), INVOICE)


@pytest.mark.parametrize(
    ("content", "changes", "code"),
    [
        (PDF, {"size_bytes": 18}, "pdf-damaged"),
        (PDF, {"sha256": "0" * 64}, "pdf-damaged"),
        (b"<html>", {}, "pdf-damaged"),
        (b"x" * 1020 + PDF, {}, "pdf-damaged"),
        (PDF.ljust(10_000_001), {}, "pdf-too-large"),
        (PDF, {"size_bytes": 10_000_001}, "pdf-too-large"),
    ],
    ids=["size", "hash", "no pdf", "pdf too late", "too large", "announced as too large"],
)
def test_another_file_is_refused(content: bytes, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Reject) as refusal:
        check_pdf(content, announced(content, **changes), INVOICE)

    assert refusal.value.code == code


def test_the_size_of_a_file_that_is_too_large_is_shown_in_megabytes() -> None:
    with pytest.raises(Reject) as refusal:
        check_pdf(PDF, announced(PDF, size_bytes=12_345_678), INVOICE)

    assert refusal.value.values["size"] == "12.3"


def test_the_document_says_what_it_is_and_belongs_to_the_entry() -> None:
    assert document_body(INVOICE, ExactId("c-1"), ExactId("e-1")) == {
        "Subject": "Factuur 20260412",
        "Type": 10,
        "Account": "c-1",
        "DocumentDate": "2026-10-31",
        "FinancialTransactionEntryID": "e-1",
    }


def test_the_attachment_carries_the_file_in_base64() -> None:
    body = attachment_body(ExactId("d-1"), "a.pdf", PDF)

    assert b64decode(body.pop("Attachment")) == PDF
    assert body == {"Document": "d-1", "FileName": "a.pdf"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "20260412.pdf"),
        ("Factuur café 12.pdf", "Factuur café 12.pdf"),
        ("a&b;c#(1).pdf", "a-b-c--1-.pdf"),
    ],
)
def test_a_file_name_keeps_letters_digits_and_little_else(given: str | None, expected: str) -> None:
    assert file_name_of(INVOICE, announced(PDF, file_name=given)) == expected


def test_a_number_with_a_slash_makes_a_file_name_without_one() -> None:
    invoice = Invoice.from_document(example(invoice_number="2026/12"))

    assert file_name_of(invoice, announced(PDF)) == "2026-12.pdf"


def test_an_upload_counts_only_when_the_whole_file_arrived() -> None:
    assert (
        check_upload(AttachmentCard(ExactId("a-1"), "a.pdf", len(PDF)), len(PDF), INVOICE) == "a-1"
    )
    with pytest.raises(Reject, match="pdf-damaged: FileSize is 3 instead of 17"):
        check_upload(AttachmentCard(ExactId("a-1"), "a.pdf", 3), len(PDF), INVOICE)


@pytest.mark.parametrize(
    ("subject", "kind", "same"),
    [("Factuur 20260412", 10, True), ("Factuur 20260412", 55, False), ("Bijlage", 10, False)],
)
def test_a_document_is_known_by_its_subject_and_type(
    subject: str, kind: int, *, same: bool
) -> None:
    assert same_document(DocumentCard(ExactId("d-1"), subject, kind), INVOICE) is same
