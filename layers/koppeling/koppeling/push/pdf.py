"""The PDF of an invoice: the checks on it, and the document that holds it in Exact."""

import re
from base64 import b64encode
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from koppeling.core.errors import Reject
from koppeling.core.ids import ExactId
from koppeling.push.invoice import Invoice, PdfReference

SALES_INVOICE = 10  # X123
MAX_BYTES = 10_000_000  # X130, L39
DAMAGED = "pdf-damaged"
PDF_HEADER = b"%PDF-"
HEADER_WITHIN = 1024  # where readers look for it: a line end or a mark may stand before it


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """A document of an entry in Exact."""

    id: ExactId
    subject: str
    type: int


@dataclass(frozen=True, slots=True)
class AttachmentCard:
    """A file in a document; `file_size` in bytes."""

    id: ExactId
    file_name: str
    file_size: int


def check_pdf(content: bytes, announced: PdfReference, invoice: Invoice) -> None:
    """Check a file against what the invoice announced (L39).

    Raises:
        Reject: it is too large, or not the announced file.
    """
    size = max(len(content), announced.size_bytes)
    if size > MAX_BYTES:
        megabytes = (Decimal(size) / 1_000_000).quantize(Decimal("0.1"))
        raise Reject("pdf-too-large", invoice=invoice.number, size=str(megabytes))
    if len(content) != announced.size_bytes:
        raise Reject(DAMAGED, "size differs", invoice=invoice.number)
    if PDF_HEADER not in content[:HEADER_WITHIN]:
        raise Reject(DAMAGED, "no PDF header", invoice=invoice.number)
    if sha256(content).hexdigest() != announced.sha256:
        raise Reject(DAMAGED, "SHA-256 differs", invoice=invoice.number)


def check_upload(card: AttachmentCard, size: int, invoice: Invoice) -> ExactId:
    """Return the id of an attachment if it holds the whole file (X127).

    Raises:
        Reject: the size in Exact differs from the size of the file.
    """
    if card.file_size != size:
        detail = f"FileSize is {card.file_size} instead of {size}"
        raise Reject(DAMAGED, detail, invoice=invoice.number)
    return card.id


def document_body(invoice: Invoice, customer: ExactId, entry: ExactId) -> dict[str, Any]:
    """Return the document to post; the entry id links the PDF to the booking (X123, X124)."""
    return {
        "Subject": invoice.title,
        "Type": SALES_INVOICE,
        "Account": customer,
        "DocumentDate": invoice.invoice_date.isoformat(),
        "FinancialTransactionEntryID": entry,
    }


def attachment_body(document: ExactId, file_name: str, content: bytes) -> dict[str, Any]:
    """Return the attachment to post, in base64 (X127)."""
    return {
        "Document": document,
        "FileName": file_name,
        "Attachment": b64encode(content).decode("ascii"),
    }


def file_name_of(invoice: Invoice, announced: PdfReference) -> str:
    """Return the name to show in Exact; characters that it may not contain become a dash."""
    return re.sub(r"[^\w. -]", "-", announced.file_name or f"{invoice.number}.pdf")


def same_document(card: DocumentCard, invoice: Invoice) -> bool:
    """Say whether a document of the entry is the one that this invoice would create (X126)."""
    return card.type == SALES_INVOICE and card.subject == invoice.title
