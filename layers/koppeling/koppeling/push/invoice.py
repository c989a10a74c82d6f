"""An invoice as QicsMilestones delivers it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from koppeling.core.ids import ConnectionId
from koppeling.push.schema import Corrected, corrected
from koppeling.push.vat_rounding import Totals, agree_with_total

# Neither changes what is booked: a corrected PDF may come for an invoice that is booked already
OUTSIDE_THE_HASH = frozenset({"pdf", "processed_at"})

FOREIGN_KEY = "its key does not begin with the connection"
"""What is wrong with a PDF that may be of another customer (L35)."""


class InvoiceKind(StrEnum):
    """A settlement with a negative total is still an invoice (L32)."""

    INVOICE = "invoice"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class InboxDocument:
    """A document in the inbox; `version` differs each time it is put there, `put_at` is when."""

    content: bytes
    version: str
    put_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PdfReference:
    """Where the PDF is, and how to recognise it."""

    key: str
    sha256: str
    size_bytes: int
    file_name: str | None

    @classmethod
    def from_document(cls, pdf: Mapping[str, Any]) -> Self:
        """Parse a reference that follows the contract."""
        return cls(pdf["key"], pdf["sha256"], pdf["size_bytes"], pdf.get("file_name"))


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line; codes are those of Exact, trimmed. An unreadable `unit_price` is None."""

    number: int
    description: str
    quantity: Decimal
    unit_price: Decimal | None
    amount_excl: Decimal
    vat_code: str
    vat_percentage: Decimal | None
    vat_amount: Decimal
    gl_account_code: str
    item_code: str | None
    cost_center_code: str | None
    cost_unit_code: str | None
    project_code: str | None

    @classmethod
    def from_document(cls, line: Mapping[str, Any]) -> Self:
        """Parse a line that follows the contract."""
        return cls(
            number=line["line_number"],
            description=line.get("description") or "",
            quantity=Decimal(line["quantity"]),
            unit_price=_decimal(line.get("unit_price")),
            amount_excl=Decimal(line["amount_excl_vat"]),
            vat_code=line["vat_code"],
            vat_percentage=_decimal(line.get("vat_percentage")),
            vat_amount=Decimal(line["vat_amount"]),
            gl_account_code=line["gl_account_code"],
            item_code=line.get("item_code"),
            cost_center_code=line["cost_center_code"],
            cost_unit_code=line["cost_unit_code"],
            project_code=line["project_code"],
        )


@dataclass(frozen=True, slots=True)
class Invoice:
    """One processed invoice or credit note, as it is to be booked.

    `notes` say what was wrong in fields that booking does not need. `pdf_fault` says why an
    announced PDF cannot be fetched; `pdf` is None then. An unreadable `exchange_rate` is None.
    """

    connection: ConnectionId
    number: str
    kind: InvoiceKind
    invoice_date: date
    due_date: date | None
    payment_condition_code: str | None
    debtor_code: str
    currency: str
    exchange_rate: Decimal | None
    reference: str | None
    description: str | None
    lines: tuple[InvoiceLine, ...]
    amount_excl: Decimal
    vat_amount: Decimal
    amount_incl: Decimal
    pdf: PdfReference | None
    invoice_id: str | None
    content_hash: str
    pdf_fault: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Parse a document that holds what booking needs.

        The lines get the VAT that is booked, also when it was rounded over the invoice.
        """
        usable = corrected(document)
        held, due = usable.document, document["due_date"]
        totals = Totals.from_document(document["totals"])
        read = [InvoiceLine.from_document(line) for line in held["lines"]]
        lines, rounding = agree_with_total(read, totals, document["currency"])
        pdf, pdf_fault = _pdf(usable, document["connection_id"])
        return cls(
            connection=ConnectionId(document["connection_id"]),
            number=document["invoice_number"],
            kind=InvoiceKind(document["kind"]),
            invoice_date=date.fromisoformat(document["invoice_date"]),
            due_date=None if due is None else date.fromisoformat(due),
            payment_condition_code=document["payment_condition_code"],
            debtor_code=document["debtor_code"],
            currency=document["currency"],
            exchange_rate=_decimal(held.get("exchange_rate")),
            reference=held.get("reference"),
            description=held.get("description"),
            lines=tuple(lines),
            amount_excl=totals.excl,
            vat_amount=totals.vat,
            amount_incl=totals.incl,
            pdf=pdf,
            invoice_id=held.get("invoice_id"),
            content_hash=content_hash(document),
            pdf_fault=pdf_fault,
            notes=(*usable.notes, *rounding),
        )

    @property
    def title(self) -> str:
        """What people call it; also the subject of the document in Exact."""
        return f"{'Creditfactuur' if self.is_credit else 'Factuur'} {self.number}"

    @property
    def is_credit(self) -> bool:
        """Say whether this is a credit note."""
        return self.kind is InvoiceKind.CREDIT

    @property
    def pdf_name(self) -> str:
        """What its PDF is called in the folder of the connection; empty without one."""
        return "" if self.pdf is None else self.pdf.key.removeprefix(folder_of(self.connection))

    @property
    def announces_pdf(self) -> bool:
        """Say whether a PDF belongs to it, even one that cannot be fetched."""
        return self.pdf is not None or bool(self.pdf_fault)


def folder_of(connection: str) -> str:
    """Return how each key of a connection in the inbox begins; no other code builds this (S9).

    The slash keeps `acme` from `acme-2`.
    """
    return f"{connection}/"


def key_of(connection: ConnectionId, number: str) -> str:
    """Return the key of an invoice document in the inbox."""
    return f"{folder_of(connection)}{number}.json"


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the hash that shows other content under the same number (X167).

    An absent optional field is the same as one that is null.
    """
    canonical = json.dumps(
        _without_nulls({k: v for k, v in document.items() if k not in OUTSIDE_THE_HASH}),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return sha256(canonical.encode()).hexdigest()


def _pdf(usable: Corrected, connection: str) -> tuple[PdfReference | None, str]:
    """Return the announced PDF, or why it cannot be fetched.

    Nobody gets hold of a key outside the folder of the connection, so nobody can fetch it (L35).
    """
    announced = usable.document.get("pdf")
    if announced is None:
        return None, usable.wrong.get("pdf", "")
    if not announced["key"].startswith(folder_of(connection)):
        return None, FOREIGN_KEY
    return PdfReference.from_document(announced), ""


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
