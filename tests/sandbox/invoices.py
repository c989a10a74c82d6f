"""Builds what QicsMilestones puts in the inbox: an invoice document and its PDF, which agree."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors  # type: ignore[import-untyped]  # reportlab has no types
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # likewise
from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]  # likewise
from reportlab.lib.units import mm  # type: ignore[import-untyped]  # likewise
from reportlab.platypus import (  # type: ignore[import-untyped]  # likewise
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from tests.sandbox.common.company import (
    ADMINISTRATION,
    CONNECTION,
    PAYMENT_CONDITIONS,
    PROJECT_CODES,
    VAT_CODES,
)

CENT = Decimal("0.01")
INVOICE_DATE = date(2026, 10, 31)

_WIDTHS = (76 * mm, 16 * mm, 24 * mm, 12 * mm, 26 * mm, 20 * mm)
_HEADINGS = ("Omschrijving", "Aantal", "Prijs", "Btw", "Bedrag", "Btw-bedrag")


@dataclass(frozen=True, slots=True)
class InvoiceFiles:
    """The two objects of one invoice; `pdf_bytes` exist also when the document names no PDF."""

    document: dict[str, Any]
    json_bytes: bytes
    pdf_bytes: bytes
    json_key: str
    pdf_key: str


@dataclass(frozen=True, slots=True)
class _Work:
    """A kind of work that is sold, with where it is booked; quantities in quarters of a unit."""

    item: str
    description: str
    prices: tuple[str, ...]
    vat_code: str
    gl_account: str
    cost_center: str
    cost_unit: str | None = None


_CATALOGUE = (
    _Work("ADVIES", "Advies fase 2, oktober 2026", ("115.00", "122.50"), "2", "8000", "ADV"),
    _Work("PL", "Projectleiding, oktober 2026", ("135.00", "141.75"), "2", "8000", "ADV"),
    _Work("KM", "Reiskosten, kilometers", ("0.23", "0.37"), "2", "8090", "ADV"),
    _Work("TRAINING", "Training 'Leren van fouten'", ("110.00",), "2", "8000", "TRN", "OPL1"),
    _Work("MATERIAAL", "Cursusmateriaal & cafélunch", ("15.35", "8.95"), "1", "8020", "TRN"),
)


def build_invoice(  # noqa: PLR0913 - each is a fact on an invoice, and each has a default
    number: str,
    *,
    debtor_code: str = "1068",
    debtor_name: str | None = None,
    connection: str = CONNECTION,
    lines: int = 3,
    kind: str = "invoice",
    original_number: str | None = None,
    invoice_date: date = INVOICE_DATE,
    payment_condition_code: str = "30",
    reference: str | None = "PO 4500123987",
    with_pdf: bool = True,
    seed: int = 1,
) -> InvoiceFiles:
    """Return an invoice that can be booked; the same arguments always give the same bytes.

    `kind` is `invoice` or `credit`; all amounts of a credit are negative (L32).
    """
    random = Random(f"{number}-{seed}")
    sign = -1 if kind == "credit" else 1
    rows = [_line(position, sign, random) for position in range(1, lines + 1)]
    document: dict[str, Any] = {
        "schema_version": "1",
        "connection_id": connection,
        "invoice_id": str(random.randint(40_000, 99_999)),
        "invoice_number": number,
        "kind": kind,
        "original_invoice_number": original_number,
        **_terms(invoice_date, payment_condition_code),
        "debtor_code": debtor_code,
        "customer_code": None,
        "reference": reference,
        "description": _description(kind, original_number),
        "lines": rows,
        "totals": _totals(rows),
    }
    return _files(document, debtor_name or f"Debiteur {debtor_code}", with_pdf=with_pdf)


def _files(document: dict[str, Any], debtor_name: str, *, with_pdf: bool) -> InvoiceFiles:
    pdf_bytes = _draw(document, debtor_name)
    folder, year = document["connection_id"], document["invoice_date"][:4]
    name = re.sub(r"[^A-Za-z0-9_.-]", "-", document["invoice_number"])
    pdf_key = f"{folder}/{year}/{name}.pdf"
    document["pdf"] = _pdf_part(pdf_key, pdf_bytes) if with_pdf else None
    json_bytes = json.dumps(document, ensure_ascii=False, indent=2).encode()
    return InvoiceFiles(document, json_bytes, pdf_bytes, f"{folder}/{name}.json", pdf_key)


def _terms(invoice_date: date, payment_condition_code: str) -> dict[str, str]:
    days = {row.code: row.days for row in PAYMENT_CONDITIONS}[payment_condition_code]
    return {
        "invoice_date": invoice_date.isoformat(),
        "due_date": (invoice_date + timedelta(days=days)).isoformat(),
        "payment_condition_code": payment_condition_code,
        "currency": "EUR",
        "exchange_rate": "1",
        "processed_at": f"{invoice_date + timedelta(days=2)}T08:41:17Z",
    }


def _description(kind: str, original_number: str | None) -> str:
    if kind == "credit":
        return f"Creditfactuur bij factuur {original_number}" if original_number else "Correctie"
    return "Werkzaamheden oktober 2026"


def _line(position: int, sign: int, random: Random) -> dict[str, Any]:
    work = _CATALOGUE[(position - 1) % len(_CATALOGUE)]
    quantity = Decimal(sign * random.randint(4, 170)) / 4
    price = Decimal(random.choice(work.prices))
    amount = _to_cents(quantity * price)
    fraction = {row.code: row.fraction for row in VAT_CODES}[work.vat_code]
    return {
        "line_number": position,
        "description": work.description,
        "quantity": f"{quantity.normalize():f}",
        "unit_price": str(price),
        "amount_excl_vat": str(amount),
        "vat_code": work.vat_code,
        "vat_percentage": f"{(fraction * 100).normalize():f}",
        # M38: VAT is rounded per line, and the lines add up to the total.
        "vat_amount": str(_to_cents(amount * fraction)),
        "gl_account_code": work.gl_account,
        "item_code": work.item,
        "cost_center_code": work.cost_center,
        "cost_unit_code": work.cost_unit,
        "project_code": random.choice(PROJECT_CODES),
    }


def _to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _totals(rows: list[dict[str, Any]]) -> dict[str, str]:
    excluding = sum((Decimal(row["amount_excl_vat"]) for row in rows), Decimal("0.00"))
    vat = sum((Decimal(row["vat_amount"]) for row in rows), Decimal("0.00"))
    return {
        "amount_excl_vat": str(excluding),
        "vat_amount": str(vat),
        "amount_incl_vat": str(excluding + vat),
    }


def _pdf_part(key: str, content: bytes) -> dict[str, Any]:
    return {
        "key": key,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "file_name": key.rsplit("/", 1)[-1],
    }


def _dutch(amount: str) -> str:
    """Return an amount as Dutch readers write it: 1.234,56."""
    return f"{Decimal(amount):,}".translate(str.maketrans(",.", ".,"))


def _dutch_day(day: str) -> str:
    return f"{date.fromisoformat(day):%d-%m-%Y}"


def _draw(document: dict[str, Any], debtor_name: str) -> bytes:
    title = "Creditfactuur" if document["kind"] == "credit" else "Factuur"
    styles = getSampleStyleSheet()
    paper = BytesIO()
    sheet = SimpleDocTemplate(
        paper,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        title=f"{title} {document['invoice_number']}",
        author=ADMINISTRATION,
        lang="nl",
        invariant=1,
    )
    sheet.build(
        [
            Paragraph(ADMINISTRATION, styles["Heading2"]),
            Paragraph("Handelskade 12, 7417 DE Deventer", styles["BodyText"]),
            Spacer(0, 8 * mm),
            Paragraph(f"{title} {escape(document['invoice_number'])}", styles["Title"]),
            _facts(document, debtor_name),
            Spacer(0, 8 * mm),
            _line_table(document["lines"]),
            Spacer(0, 6 * mm),
            _total_table(document),
            Spacer(0, 10 * mm),
            Paragraph(_request(document), styles["BodyText"]),
        ]
    )
    return paper.getvalue()


def _facts(document: dict[str, Any], debtor_name: str) -> Table:
    facts = [
        ("Aan", debtor_name),
        ("Debiteurnummer", document["debtor_code"]),
        ("Factuurdatum", _dutch_day(document["invoice_date"])),
        ("Vervaldatum", _dutch_day(document["due_date"])),
        ("Uw referentie", document["reference"] or "-"),
        ("Betreft", document["description"]),
    ]
    style = TableStyle(
        [("TEXTCOLOR", (0, 0), (0, -1), colors.grey), ("PADDING", (0, 0), (-1, -1), 2)]
    )
    return Table(facts, colWidths=(38 * mm, 136 * mm), style=style)


def _line_table(lines: list[dict[str, Any]]) -> Table:
    rows = [
        (
            line["description"],
            line["quantity"].replace(".", ","),
            _dutch(line["unit_price"]),
            f"{line['vat_percentage']}%",
            _dutch(line["amount_excl_vat"]),
            _dutch(line["vat_amount"]),
        )
        for line in lines
    ]
    style = [
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.lightgrey),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("FONTSIZE", (0, 0), (-1, -1), 9),
    ]
    return Table([_HEADINGS, *rows], colWidths=_WIDTHS, repeatRows=1, style=TableStyle(style))


def _total_table(document: dict[str, Any]) -> Table:
    totals = document["totals"]
    per_rate: dict[str, Decimal] = {}
    for line in document["lines"]:
        rate = line["vat_percentage"]
        per_rate[rate] = per_rate.get(rate, Decimal(0)) + Decimal(line["vat_amount"])
    rows = [
        ("Totaal exclusief btw", f"EUR {_dutch(totals['amount_excl_vat'])}"),
        *((f"Btw {rate}%", f"EUR {_dutch(str(vat))}") for rate, vat in sorted(per_rate.items())),
        ("Totaal inclusief btw", f"EUR {_dutch(totals['amount_incl_vat'])}"),
    ]
    style = [
        ("ALIGN", (1, 0), (1, -1), "RIGHT"),
        ("FONTNAME", (0, -1), (-1, -1), "Helvetica-Bold"),
        ("LINEABOVE", (0, -1), (-1, -1), 0.8, colors.black),
    ]
    return Table(rows, colWidths=(50 * mm, 36 * mm), hAlign="RIGHT", style=TableStyle(style))


def _request(document: dict[str, Any]) -> str:
    if document["kind"] == "credit":
        return "Dit bedrag verrekenen wij met uw openstaande facturen."
    return (
        f"Wilt u het bedrag uiterlijk {_dutch_day(document['due_date'])} overmaken op "
        "NL00 BANK 0123 4567 89, onder vermelding van factuur "
        f"{escape(document['invoice_number'])}? Hartelijk dank."
    )
