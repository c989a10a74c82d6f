"""Factuur: its evidence as a file, and an entry of Exact beside it before they are linked."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from koppeling.portal import evidence_file as evidence
from koppeling.portal.entry_comparison import ComparedField
from koppeling.portal.page import Download, GoTo, PortalPage
from koppeling.push.evidence import Evidence
from tests.unit.portal.invoice_looks import NUMBER, InvoiceDesk, beside, piece
from tests.unit.portal.reading import seen
from tests.unit.portal.showing import MARIT, NOW, asked, html

DO = "https://koppeling.example/portal/veldhuis/do/"


def test_the_evidence_is_one_file_with_every_piece_as_it_is_kept() -> None:
    desk = InvoiceDesk()
    desk.booked()
    desk.evidence.pieces = [piece(1), piece(2), replace(piece(3), number="another")]

    file = desk.page(file="evidence")

    assert isinstance(file, Download)
    assert (file.name, file.media_type) == (f"factuur-{NUMBER}.zip", "application/zip")
    archive = ZipFile(BytesIO(file.content))
    assert archive.namelist() == ["0001-entry-answered.json", "0002-entry-answered.json"]
    assert Evidence.from_json(archive.read("0001-entry-answered.json").decode()) == piece(1)


def test_evidence_that_fits_no_answer_or_is_not_there_says_whom_to_ask(monkeypatch: Any) -> None:  # noqa: ANN401 - pytest's
    desk = InvoiceDesk()
    desk.booked()
    told = GoTo("invoice", {"number": NUMBER}, "evidence-too-large", {"number": NUMBER})

    assert desk.page(file="evidence") == told
    monkeypatch.setattr(evidence, "LARGEST", 100)
    desk.evidence.pieces = [piece(1)]
    assert desk.page(file="evidence") == told


def test_the_page_waits_for_the_entry_that_was_asked_for_and_then_shows_it() -> None:
    desk = InvoiceDesk()
    desk.waiting()
    at = str(int(NOW.timestamp()) - 5)

    waits = desk.page(entry="26700012", asked=at)
    assert isinstance(waits, PortalPage)
    assert waits.refresh_seconds == 3
    assert "asked" not in seen(html(waits)).links["Stop met verversen"]
    assert "We zoeken boekstuk 26700012 op." in seen(html(waits)).text

    desk.comparisons.held = beside()
    there = GoTo("invoice", {"number": NUMBER, "entry": "26700012"})
    assert desk.page(entry="26700012", asked=at) == there


def test_an_entry_stands_beside_the_invoice_and_a_person_confirms() -> None:
    desk = InvoiceDesk()
    desk.waiting()
    desk.comparisons.held = held = beside(seen="as it was")

    found = desk.seen(entry="26700012")

    assert ["Debiteur", "1068 Bakkerij De Vries", "1068 Bakkerij De Vries", "Gelijk"] in found.rows
    assert found.rows[2][-1] == "Anders"
    (form,) = [fields for place, fields in found.forms if place == f"{DO}link"]
    assert (form["entry"], form["entry_id"], form["seen"]) == ("26700012", "e-1", held.mark)
    assert "We boeken niets en veranderen niets aan het boekstuk." in found.text


def test_a_pdf_that_the_entry_lacks_is_hung_on_it_and_is_no_difference() -> None:
    desk = InvoiceDesk()
    desk.waiting("debtor-not-found", debtor="1068")
    fields = (ComparedField("customer", "1068", "1068"), ComparedField("pdf", "ja", "nee"))
    desk.comparisons.held = beside(fields=fields)

    found = desk.seen(entry="26700012")

    assert found.rows[2][-1] == "We hangen de pdf erbij"
    assert "zeker weet" not in found.text


def test_whether_there_is_a_pdf_is_said_in_the_language_of_the_reader() -> None:
    desk = InvoiceDesk()
    desk.waiting("debtor-not-found", debtor="1068")
    desk.comparisons.held = beside(fields=(ComparedField("pdf", "ja", "nee"),))
    english = replace(MARIT, language="en")

    page = desk.screen.show(asked(english, number=NUMBER, entry="26700012"))

    assert isinstance(page, PortalPage)
    assert seen(html(page, english)).rows[1][1:3] == ["yes", "no"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"entry_id": "", "fields": ()}, "We vinden boekstuk 26700012 niet in Exact Online."),
        ({"objection": "linked"}, "Dit boekstuk hoort al bij een andere factuur"),
    ],
)
def test_what_cannot_be_linked_has_no_button(changes: dict[str, Any], said: str) -> None:
    desk = InvoiceDesk()
    desk.waiting()
    desk.comparisons.held = beside(**changes)

    found = desk.seen(entry="26700012")

    assert said in found.text
    assert f"{DO}link" not in found.actions
