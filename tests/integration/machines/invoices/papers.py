"""The invoices of the machine: two versions of each, which differ in their amounts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from koppeling.push.contract import check
from koppeling.push.invoice import content_hash
from tests.unit.push.world import CONNECTION, example

OTHER = "zuster-van-veldhuis-02"
UNREADABLE = b'{"schema_version": '
RIGHT, WRONG = "right", "wrong"
# The first version, in a copy that announces no PDF yet
BARE = 2


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice by its number; `amounts` are those of its two versions, without VAT."""

    connection: str
    number: str
    amounts: tuple[str, str]
    invoice_id: str
    with_pdf: bool = True

    @property
    def key(self) -> str:
        """Where its document lies in the inbox."""
        return f"{self.connection}/{self.number}.json"

    @property
    def pdf_key(self) -> str:
        """Where its PDF lies."""
        return f"{self.connection}/2026/{self.number}.pdf"

    @property
    def is_bookable(self) -> bool:
        """Say whether it becomes an entry; one that was written off does not (L33)."""
        return any(Decimal(amount) for amount in self.amounts)

    def amount_incl(self, version: int) -> Decimal:
        """Return the total of a version."""
        return Decimal(document(self, version)["totals"]["amount_incl_vat"])

    def version_of(self, digest: str) -> int:
        """Return which version has this hash."""
        return [content_hash(document(self, version)) for version in (0, 1)].index(digest)


PAPERS = (
    Paper(CONNECTION, "20260501", ("100.00", "150.50"), "501"),
    Paper(CONNECTION, "20260502", ("-40.00", "-45.25"), "502"),
    Paper(CONNECTION, "20260503", ("0.00", "0.00"), "503"),
    Paper(OTHER, "20260501", ("75.10", "80.00"), "601", with_pdf=False),
    Paper(OTHER, "20260504", ("12.34", "56.78"), "604"),
)


def pdf(paper: Paper, kind: str) -> bytes:
    """Return the PDF that was announced, or one of the same size that is another."""
    return f"%PDF-1.7 {paper.number} {kind:>5}".encode()


@cache
def document(paper: Paper, version: int) -> dict[str, Any]:
    """Return a version as QicsMilestones writes it."""
    amount = Decimal(paper.amounts[version])
    vat = (amount * 21 / 100).quantize(Decimal("0.01"))
    credit, content = amount < 0, pdf(paper, RIGHT)
    shown = {"amount_excl_vat": str(amount), "vat_amount": str(vat)}
    line = example()["lines"][0] | shown | {"quantity": "1", "unit_price": str(amount)}
    announced = {
        "key": paper.pdf_key,
        "file_name": f"{paper.number}.pdf",
        "sha256": sha256(content).hexdigest(),
        "size_bytes": len(content),
    }
    return example(
        connection_id=paper.connection,
        invoice_id=paper.invoice_id,
        invoice_number=paper.number,
        kind="credit" if credit else "invoice",
        original_invoice_number="20260397" if credit else None,
        description=f"Werkzaamheden, versie {version}",
        lines=[line],
        totals=shown | {"amount_incl_vat": str(amount + vat)},
        pdf=announced if paper.with_pdf else None,
    )


@cache
def written(paper: Paper, version: int) -> bytes:
    """Return the bytes of a version; -1 is one that nobody can read."""
    if version == BARE:
        return json.dumps(document(paper, 0) | {"pdf": None}).encode()
    return UNREADABLE if version < 0 else json.dumps(document(paper, version)).encode()


@cache
def checked(content: bytes) -> Mapping[str, Any]:
    """Hold a document against the contract; each is parsed once for all runs."""
    return check(content)
