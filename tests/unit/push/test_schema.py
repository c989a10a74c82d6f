from typing import Any

import pytest

from koppeling.push.contract import check
from koppeling.push.invoice import Invoice
from koppeling.push.invoice_checks import check_invoice
from koppeling.push.schema import IF_WRONG, walk
from tests.unit.push.documents import (
    Change,
    broken,
    contract_says,
    encoded,
    line,
    schema_says,
)
from tests.unit.push.world import example

# Booking does not need these fields: what became of a wrong value
NOT_NEEDED: dict[str, tuple[Change, str]] = {
    "invoice_id as number": (
        lambda d: d.update(invoice_id=48213),
        "invoice_id: not in the agreed form, left out",
    ),
    "invoice_id zero": (
        lambda d: d.update(invoice_id="0"),
        "invoice_id: not in the agreed form, left out",
    ),
    "exchange_rate zero": (
        lambda d: d.update(exchange_rate="0"),
        "exchange_rate: not in the agreed form, left out",
    ),
    "exchange_rate missing": (
        lambda d: d.pop("exchange_rate"),
        "exchange_rate: missing",
    ),
    "reference with tab": (
        lambda d: d.update(reference="a\tb"),
        "reference: not in the agreed form, cut",
    ),
    "description of 256": (
        lambda d: d.update(description="a" * 256),
        "description: not in the agreed form, cut",
    ),
    "vat_percentage negative": (
        lambda d: line(d).update(vat_percentage="-21"),
        "lines.0.vat_percentage: not in the agreed form, left out",
    ),
    "pdf key of another kind": (
        lambda d: d["pdf"].update(key="veldhuis-advies-01/a.docx"),
        "pdf: not in the agreed form, left out",
    ),
    "pdf key with dots": (
        lambda d: d["pdf"].update(key="veldhuis-advies-01/../a.pdf"),
        "pdf: not in the agreed form, left out",
    ),
    "pdf hash in capitals": (
        lambda d: d["pdf"].update(sha256="A" * 64),
        "pdf: not in the agreed form, left out",
    ),
    "pdf of size 0": (
        lambda d: d["pdf"].update(size_bytes=0),
        "pdf: not in the agreed form, left out",
    ),
    "pdf name with a slash": (
        lambda d: d["pdf"].update(file_name="a/b.pdf"),
        "pdf.file_name: not in the agreed form, left out",
    ),
    "pdf missing": (
        lambda d: d.pop("pdf"),
        "pdf: missing",
    ),
    "processed_at without zone": (
        lambda d: d.update(processed_at="2026-11-02T08:41:17"),
        "processed_at: not in the agreed form, left out",
    ),
    "processed_at at 25 o'clock": (
        lambda d: d.update(processed_at="2026-11-02T25:41:17Z"),
        "processed_at: no such date or time, left out",
    ),
    "line description of two lines": (
        lambda d: line(d).update(description="Advies\nfase 2"),
        "lines.0.description: not in the agreed form, cut",
    ),
    "line description empty": (
        lambda d: line(d).update(description=""),
        "lines.0.description: empty, left out",
    ),
    "line description too long": (
        lambda d: line(d).update(description="a" * 256),
        "lines.0.description: too long, cut",
    ),
    "unit_price missing": (
        lambda d: line(d).pop("unit_price"),
        "lines.0.unit_price: missing",
    ),
    "item_code of 31": (
        lambda d: line(d).update(item_code="a" * 31),
        "lines.0.item_code: not in the agreed form, left out",
    ),
}


@pytest.mark.parametrize("name", NOT_NEEDED)
def test_what_booking_does_not_need_is_noted_and_never_refused(name: str) -> None:
    change, note = NOT_NEEDED[name]
    document = broken(change)

    assert not schema_says(document)
    invoice = Invoice.from_document(check(encoded(document)))
    assert invoice.notes == (note,)
    check_invoice(invoice)


def test_a_text_of_several_lines_or_too_many_letters_is_one_line_of_the_agreed_length() -> None:
    document = example(description="Werk in\r\noktober", reference="r" * 101)
    document["lines"][0]["description"] = "a" * 254 + "\u00e9\u00e9"

    invoice = Invoice.from_document(check(encoded(document)))

    assert invoice.description == "Werk in oktober"
    assert invoice.reference == "r" * 100
    assert invoice.lines[0].description == "a" * 254 + "\u00e9"


def test_every_field_that_is_marked_may_hold_anything_and_every_other_may_not() -> None:
    for place, part, _ in walk():
        document = example()
        *above, name = place.replace("lines[]", "lines.0").split(".")
        held: Any = document
        for step in above:
            held = held[int(step) if step.isdigit() else step]
        held[name] = {"another": ["kind"]}
        marked = IF_WRONG in part or place.startswith("pdf.")

        assert contract_says(document) == marked, place
