"""The builder of invoices must offer what can be booked, otherwise a demo proves nothing."""

import hashlib
import json
import re
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped]  # jsonschema has no types
    Draft202012Validator,
    FormatChecker,
)

from tests.sandbox.common.company import (
    CONNECTION,
    COST_CENTERS,
    COST_UNITS,
    GL_ACCOUNTS,
    PROJECT_CODES,
    VAT_CODES,
)
from tests.sandbox.invoices import InvoiceFiles, build_invoice

PAGE = re.compile(rb"/Type /Page\b")


def errors_by_the_schema(document: dict[str, Any]) -> list[str]:
    schema = json.loads((resources.files("koppeling.push") / "invoice.schema.json").read_text())
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    return [error.message for error in checker.iter_errors(document)]


def an_invoice_of_each_kind() -> list[InvoiceFiles]:
    return [
        build_invoice("20260412"),
        build_invoice("20260413", lines=40, seed=7, debtor_name="Café 't Hoekje & Łódź"),
        build_invoice("20260431", kind="credit", original_number="20260397"),
        build_invoice("VA/2026 14", debtor_code="0000215", reference=None, with_pdf=False),
    ]


@pytest.mark.parametrize("files", an_invoice_of_each_kind())
def test_a_document_is_valid_by_the_schema(files: InvoiceFiles) -> None:
    assert errors_by_the_schema(files.document) == []


@pytest.mark.parametrize("files", an_invoice_of_each_kind())
def test_the_bytes_of_the_document_say_the_same_as_the_document(files: InvoiceFiles) -> None:
    assert json.loads(files.json_bytes) == files.document


@pytest.mark.parametrize("files", an_invoice_of_each_kind())
def test_the_lines_add_up_to_the_totals_to_the_cent(files: InvoiceFiles) -> None:
    lines, totals = files.document["lines"], files.document["totals"]
    excluding = sum(Decimal(line["amount_excl_vat"]) for line in lines)
    vat = sum(Decimal(line["vat_amount"]) for line in lines)

    assert Decimal(totals["amount_excl_vat"]) == excluding
    assert Decimal(totals["vat_amount"]) == vat
    assert Decimal(totals["amount_incl_vat"]) == excluding + vat


@pytest.mark.parametrize("files", an_invoice_of_each_kind())
def test_vat_is_rounded_half_up_on_each_line(files: InvoiceFiles) -> None:
    for line in files.document["lines"]:
        exact = Decimal(line["amount_excl_vat"]) * Decimal(line["vat_percentage"]) / 100
        distance = abs(exact) - abs(Decimal(line["vat_amount"]))
        assert Decimal("-0.005") <= distance < Decimal("0.005")


@pytest.mark.parametrize("files", an_invoice_of_each_kind())
def test_every_code_on_a_line_can_be_booked_in_the_invented_company(files: InvoiceFiles) -> None:
    revenue = {row.code for row in GL_ACCOUNTS if row.type == 110 and not row.blocked}
    excluding_vat = {row.code for row in VAT_CODES if row.type == "E"}
    cost_centers = {code for code, _ in COST_CENTERS}
    cost_units = {None, *(code for code, _ in COST_UNITS)}

    for line in files.document["lines"]:
        assert line["gl_account_code"] in revenue
        assert line["vat_code"] in excluding_vat
        assert line["cost_center_code"] in cost_centers
        assert line["cost_unit_code"] in cost_units
        assert line["project_code"] in PROJECT_CODES


def test_a_credit_note_has_negative_amounts_and_names_the_invoice_it_corrects() -> None:
    files = build_invoice("20260431", kind="credit", original_number="20260397")

    amounts = [Decimal(line["amount_excl_vat"]) for line in files.document["lines"]]
    assert all(amount < 0 for amount in amounts)
    assert files.document["original_invoice_number"] == "20260397"


def test_the_document_names_the_pdf_by_key_hash_and_size() -> None:
    files = build_invoice("20260412")

    assert files.document["pdf"] == {
        "key": files.pdf_key,
        "sha256": hashlib.sha256(files.pdf_bytes).hexdigest(),
        "size_bytes": len(files.pdf_bytes),
        "file_name": "20260412.pdf",
    }


def test_the_pdf_is_a_whole_pdf_of_one_page() -> None:
    pdf = build_invoice("20260412").pdf_bytes

    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert len(PAGE.findall(pdf)) == 1


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert build_invoice("20260412", seed=3) == build_invoice("20260412", seed=3)


def test_another_seed_or_number_gives_other_lines() -> None:
    lines = [
        json.dumps(build_invoice(number, seed=seed).document["lines"])
        for number, seed in (("20260412", 1), ("20260412", 2), ("20260413", 1))
    ]
    assert len(set(lines)) == 3


def test_the_keys_stand_under_the_connection_and_hold_no_odd_characters() -> None:
    plain, odd = build_invoice("20260412"), build_invoice("VA/2026 14", connection="acme")

    assert plain.json_key == f"{CONNECTION}/20260412.json"
    assert plain.pdf_key == f"{CONNECTION}/2026/20260412.pdf"
    assert (odd.json_key, odd.pdf_key) == ("acme/VA-2026-14.json", "acme/2026/VA-2026-14.pdf")


def test_an_invoice_without_pdf_names_none() -> None:
    assert build_invoice("20260412", with_pdf=False).document["pdf"] is None
