"""An invoice as QicsMilestones delivers it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from koppeling.core.ids import ConnectionId

# Neither changes what is booked: a corrected PDF may come for an invoice that is booked already
OUTSIDE_THE_HASH = frozenset({"pdf", "processed_at"})


class InvoiceKind(StrEnum):
    """A settlement with a negative total is still an invoice (L32)."""

    INVOICE = "invoice"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class InboxDocument:
    """A document in the inbox; `version` differs each time it is put there."""

    content: bytes
    version: str


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
    """One line; codes are those of Exact, trimmed."""

    number: int
    description: str
    quantity: Decimal
    unit_price: Decimal
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
        percentage = line.get("vat_percentage")
        return cls(
            number=line["line_number"],
            description=line["description"],
            quantity=Decimal(line["quantity"]),
            unit_price=Decimal(line["unit_price"]),
            amount_excl=Decimal(line["amount_excl_vat"]),
            vat_code=line["vat_code"],
            vat_percentage=None if percentage is None else Decimal(percentage),
            vat_amount=Decimal(line["vat_amount"]),
            gl_account_code=line["gl_account_code"],
            item_code=line.get("item_code"),
            cost_center_code=line["cost_center_code"],
            cost_unit_code=line["cost_unit_code"],
            project_code=line["project_code"],
        )


@dataclass(frozen=True, slots=True)
class Invoice:
    """One processed invoice or credit note, as it is to be booked."""

    connection: ConnectionId
    number: str
    kind: InvoiceKind
    invoice_date: date
    due_date: date | None
    payment_condition_code: str | None
    debtor_code: str
    currency: str
    exchange_rate: Decimal
    reference: str | None
    description: str | None
    lines: tuple[InvoiceLine, ...]
    amount_excl: Decimal
    vat_amount: Decimal
    amount_incl: Decimal
    pdf: PdfReference | None
    invoice_id: str | None
    content_hash: str

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Parse a document that follows the contract."""
        totals, pdf, due = document["totals"], document["pdf"], document["due_date"]
        return cls(
            connection=ConnectionId(document["connection_id"]),
            number=document["invoice_number"],
            kind=InvoiceKind(document["kind"]),
            invoice_date=date.fromisoformat(document["invoice_date"]),
            due_date=None if due is None else date.fromisoformat(due),
            payment_condition_code=document["payment_condition_code"],
            debtor_code=document["debtor_code"],
            currency=document["currency"],
            exchange_rate=Decimal(document["exchange_rate"]),
            reference=document["reference"],
            description=document["description"],
            lines=tuple(InvoiceLine.from_document(line) for line in document["lines"]),
            amount_excl=Decimal(totals["amount_excl_vat"]),
            vat_amount=Decimal(totals["vat_amount"]),
            amount_incl=Decimal(totals["amount_incl_vat"]),
            pdf=pdf
            and PdfReference(pdf["key"], pdf["sha256"], pdf["size_bytes"], pdf.get("file_name")),
            invoice_id=document.get("invoice_id"),
            content_hash=content_hash(document),
        )

    @property
    def title(self) -> str:
        """What people call it; also the subject of the document in Exact."""
        return f"{'Creditfactuur' if self.is_credit else 'Factuur'} {self.number}"

    @property
    def is_credit(self) -> bool:
        """Say whether this is a credit note."""
        return self.kind is InvoiceKind.CREDIT


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


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
