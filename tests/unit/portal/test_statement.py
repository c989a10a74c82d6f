"""The statement of a month on paper, read back from the PDF."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from koppeling.core.people import Person
from koppeling.portal.month_state import LastComparison
from koppeling.portal.page import Download
from koppeling.portal.pages.paper import (
    TEXT,
    Column,
    Paper,
    encoded,
    shortened,
    width_of,
    wrapped,
)
from koppeling.push.invoice_row import InvoiceRow, Standing
from tests.unit.portal.showing import MARIT, asked, connection
from tests.unit.portal.test_month import OCTOBER, compared, october, of_october, screen

NAME = "Café Noordzee, Zoë & Søn B.V."


def statement(
    rows: list[InvoiceRow], comparison: LastComparison | None = None, person: Person = MARIT
) -> Download:
    of_zoe = replace(
        asked(person, month=OCTOBER, file="pdf"), connection=connection(administration_name=NAME)
    )
    file = screen(rows, comparison).show(of_zoe)
    assert isinstance(file, Download)
    return file


def pages(file: Download) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(file.content)).pages]


def test_the_statement_says_whose_month_it_is_and_whether_it_is_right() -> None:
    file = statement(of_october(), compared())

    (text,) = pages(file)
    assert file.name == "maand-2026-10.pdf"
    assert file.media_type == "application/pdf"
    assert "Maandoverzicht oktober 2026" in text
    assert f"{NAME} (3000001)" in text
    assert "Oktober 2026 klopt." in text
    assert "€ 2.420,00" in text.replace("\u00a0", " ")
    assert "Gemaakt op 26-11-2026 11:50 · bladzijde 1 van 1" in text


def test_what_is_not_right_is_listed_with_its_cause() -> None:
    waits = october("20260303", Standing.WAITING, debtor="2001 Łódź", amount=Decimal("-96.80"))

    text = pages(statement(of_october(waits)))[0].replace("\u00a0", " ")

    assert "Oktober 2026 klopt nog niet: 1 factuur wacht." in text
    assert "20260303" in text
    assert "-€ 96,80" in text
    assert "2001 Lódz" in text
    assert "Debiteur 2001 bestaat" in text


def test_a_long_list_flows_over_pages_with_its_headings_and_their_numbers() -> None:
    rows = [october(f"{number:05}", Standing.WAITING) for number in range(120)]

    found = pages(statement(rows))

    assert len(found) == 3
    assert all("Factuurdatum" in text for text in found)
    assert "bladzijde 3 van 3" in found[2]
    for number in range(120):
        assert sum(f"{number:05}" in text for text in found) == 1


def test_the_pdf_tells_readers_its_title_and_language() -> None:
    reader = PdfReader(BytesIO(statement(of_october()).content))

    assert reader.metadata is not None
    assert reader.metadata.title == f"Maandoverzicht oktober 2026, {NAME}"
    assert str(reader.root_object["/Lang"]) == "nl"
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_english_has_the_same_on_paper() -> None:
    (text,) = pages(statement(of_october(), compared(), Person(MARIT.mail, MARIT.role, "en")))

    assert "October 2026 is right." in text
    assert "page 1 of 1" in text


def test_a_thousand_invoices_that_wait_fit_what_lambda_may_answer() -> None:
    rows = [october(f"{number:05}", Standing.WAITING) for number in range(1000)]

    assert len(statement(rows).content) < 1_000_000


@pytest.mark.parametrize(("letter", "written"), [("ł", "l"), ("ő", "ö"), ("č", "c"), ("漢", "?")])
def test_a_letter_that_the_font_lacks_is_written_with_one_that_resembles_it(
    letter: str, written: str
) -> None:
    assert encoded(letter).decode("cp1252") == written


@given(st.text(), st.floats(20, 400))
def test_no_text_is_ever_wider_than_its_column(text: str, width: float) -> None:
    assert width_of(shortened(text, TEXT, width), TEXT) <= max(width, width_of("…", TEXT))
    assert all(width_of(line, TEXT) <= max(width, 20) for line in wrapped(text, TEXT, width))


@given(st.text())
def test_any_text_makes_a_pdf_that_can_be_read(text: str) -> None:
    paper = Paper(text, "nl")
    paper.heading(text)
    paper.table([Column("A", 80), Column("B", 80, is_amount=True)], [(text, text)])

    assert len(PdfReader(BytesIO(paper.written("{page}/{pages}"))).pages) >= 1
