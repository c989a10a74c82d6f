"""Factuur: what a bookkeeper reads about one invoice, and the buttons that work now."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from koppeling.core import rendering
from koppeling.core.people import Person
from koppeling.core.problems import Problem, entry_subject, inbox_subject, invoice_subject
from koppeling.portal.invoice_events import events_of
from koppeling.portal.page import NoSuchPage, PortalPage
from koppeling.push.decider import Decision
from koppeling.push.invoice import key_of
from koppeling.push.outbox import State
from tests.unit.portal.invoice_looks import MORNING, NUMBER, InvoiceDesk
from tests.unit.portal.reading import seen
from tests.unit.portal.showing import MARIT, NOW, PIM, asked, html
from tests.unit.portal.waiting_fakes import OWN

DO = "https://koppeling.example/portal/veldhuis/do/"


def pressed_places(desk: InvoiceDesk, **query: str) -> list[str]:
    return [place.removeprefix(DO) for place in desk.seen(**query).actions]


def test_a_refused_invoice_says_why_what_to_do_and_who() -> None:
    desk = InvoiceDesk()
    desk.waiting()

    found = desk.seen()

    assert found.headings[0] == (1, f"Factuur {NUMBER}")
    assert "Deze factuur wacht op jou." in found.text
    assert "Debiteur 2001 bestaat niet in Exact Online." in found.text
    assert "klantnummer 2001" in found.text
    assert "Wie moet iets doen: Jij" in found.text
    assert pressed_places(desk) == ["offer", "compare-entry", "skip"]


def test_exacts_own_words_stand_there_as_such_once_and_escaped() -> None:
    desk, unsaid = InvoiceDesk(), InvoiceDesk()
    desk.waiting("exact-rejected", message="<b>Ongeldig</b>: Dagboek")
    unsaid.waiting("debtor-blocked", message="<b>Ongeldig</b>: Dagboek")

    for each in (desk, unsaid):
        page = each.page()
        assert isinstance(page, PortalPage)
        assert html(page).count("&lt;b&gt;Ongeldig&lt;/b&gt;: Dagboek") == 1
    assert "Exact Online zegt letterlijk:" in unsaid.seen().text


def test_a_booked_invoice_says_where_it_is_and_needs_no_button() -> None:
    desk = InvoiceDesk()
    desk.booked(attachment_id="a-1")

    found = desk.seen()

    assert "Deze factuur is geboekt als boekstuk 26700012." in found.text
    assert "Debiteur 1068 Bakkerij De Vries" in found.text
    assert found.links["Alle facturen"].endswith("/invoices?month=2026-11")
    assert (
        f"In administratie 3000001, dagboek 70, als boekstuk 26700012, met {NUMBER} bij "
        "Uw referentie. De pdf hangt daar bij de documenten van het boekstuk."
    ) in found.text
    assert found.actions == []


def test_what_happened_is_told_in_words_in_its_order() -> None:
    desk = InvoiceDesk()
    desk.put(
        *(State.INTENT, State.REJECTED, State.INTENT, State.POSTING, State.UNKNOWN, State.ENTRY),
        *(State.DONE, State.ENTRY, State.DOCUMENT, State.ATTACHED, State.DONE),
        entry_number="26700012",
    )

    text = desk.seen().text

    told = [
        "20-11-2026 09:00 Aangeleverd door QicsMilestones.",
        "20-11-2026 10:00 Niet geboekt: iemand moet iets verbeteren of beslissen.",
        "20-11-2026 11:00 Opnieuw opgepakt.",
        "20-11-2026 12:00 Naar Exact Online gestuurd.",
        "20-11-2026 13:00 Het antwoord van Exact Online bleef uit.",
        "20-11-2026 14:00 Geboekt als boekstuk 26700012.",
        "De pdf hangt bij het boekstuk.",
    ]
    places = [text.index(each) for each in told]
    assert places == sorted(places)
    assert text.count("Geboekt als boekstuk 26700012. ") == 1


def test_what_happened_within_one_second_stays_in_its_order() -> None:
    desk = InvoiceDesk()
    parts = MORNING.replace(microsecond=900_000)
    history = ((State.INTENT, parts), (State.POSTING, MORNING), (State.REJECTED, MORNING))
    item = desk.put(State.INTENT, State.REJECTED)

    told = [each.what for each in events_of(replace(item, history=history))]

    assert told == ["offered", "sent", "refused"]


def test_who_decided_what_and_why_stands_between_what_happened() -> None:
    desk = InvoiceDesk()
    at = MORNING + timedelta(minutes=90)
    desk.put(
        *(State.INTENT, State.REJECTED, State.INTENT),
        decisions=(
            Decision(at, "offered", "marit@veldhuis.example", "decide", "btw <verbeterd>"),
            Decision(NOW, "linked", "arn:aws:iam::1:user/jan", "operator", entry="26700012"),
            Decision(NOW, "agreed"),
        ),
    )

    text = desk.seen().text

    offered = "20-11-2026 10:30 Opnieuw aangeboden door marit@veldhuis.example."
    assert f"{offered} Reden: btw <verbeterd>" in text
    assert "Gekoppeld aan boekstuk 26700012 door Qics." in text
    assert "Akkoord van iemand" in text
    assert "arn:" not in text
    assert text.index("moet iets verbeteren") < text.index(offered) < text.index("Opnieuw opgepakt")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_everything_that_can_be_decided_has_its_sentence(language: str) -> None:
    known = {"agreed", "skipped", "offered", "linked", "booked-again"}
    events = rendering.load("portal/invoice", language)["event"]

    assert {name.removeprefix("decided-") for name in events if name.startswith("decided")} == known


def test_an_entry_that_differs_is_shown_beside_the_invoice() -> None:
    desk = InvoiceDesk()
    desk.booked(booked_amount=Decimal("121.01"), differences=("AmountFC", "Journal"))
    desk.problem(invoice_subject(NUMBER), "entry-differs-from-invoice", invoice=NUMBER)

    found = desk.seen()

    assert ["Bedrag inclusief btw", "€\u00a0121,00", "€\u00a0121,01", "Anders"] in found.rows
    assert "Ook anders in het boekstuk: dagboek." in found.text
    assert pressed_places(desk) == ["agree"]


def test_a_deleted_entry_can_be_booked_again_or_left() -> None:
    desk = InvoiceDesk()
    desk.booked(entry_id="e-1", gone_entry="e-1")
    desk.problem(entry_subject(NUMBER), "entry-gone", invoice=NUMBER, entry_number="26700012")

    found = desk.seen()

    assert [place.removeprefix(DO) for place in found.actions] == ["offer", "skip"]
    assert dict(found.forms)[f"{DO}offer"]["subject"] == entry_subject(NUMBER)


def test_an_invoice_that_was_skipped_can_be_taken_up_again() -> None:
    desk = InvoiceDesk()
    desk.put(State.INTENT, State.REJECTED, skipped_copy="v1")

    assert "Deze factuur is overgeslagen" in desk.seen().text
    assert pressed_places(desk) == ["offer"]


def test_while_its_call_runs_nobody_can_skip_it() -> None:
    desk = InvoiceDesk()
    desk.put(State.INTENT, State.POSTING, State.UNKNOWN)
    desk.problem(invoice_subject(NUMBER), "entry-uncertain", hours=0.5, invoice=NUMBER)

    assert "boeken nooit dubbel" in desk.seen().text
    assert pressed_places(desk) == ["compare-entry"]


def test_without_its_document_no_button_is_shown_but_why() -> None:
    desk = InvoiceDesk()
    desk.waiting()
    desk.folder.keys.clear()

    assert pressed_places(desk) == []
    assert "De factuur ligt niet meer klaar" in desk.seen().text


def test_a_document_that_never_became_an_invoice_has_a_page_as_well() -> None:
    desk = InvoiceDesk()
    desk.folder.put(key_of(OWN, NUMBER))
    desk.problem(inbox_subject(key_of(OWN, NUMBER)), "message-unreadable")

    assert pressed_places(desk) == ["offer"]


@pytest.mark.parametrize("number", ["", "20990001", "../x"])
def test_an_invoice_that_nobody_knows_has_no_page(number: str) -> None:
    with pytest.raises(NoSuchPage):
        InvoiceDesk().screen.show(asked(MARIT, number=number))


def test_who_may_only_look_sees_why_there_are_no_buttons() -> None:
    desk = InvoiceDesk()
    desk.waiting()

    page = desk.screen.show(asked(PIM, number=NUMBER))

    assert isinstance(page, PortalPage)
    found = seen(html(page, PIM))
    assert found.actions == []
    assert "Je mag hier alleen kijken." in found.text


def test_skipping_asks_for_a_reason() -> None:
    desk = InvoiceDesk()
    desk.waiting()
    page = desk.page()

    assert isinstance(page, PortalPage)
    assert 'name="reason" rows="2" maxlength="500" required' in html(page)


def test_a_page_reads_the_problems_once_and_twice_when_something_may_be_offered() -> None:
    booked, waits = InvoiceDesk(), InvoiceDesk()
    booked.booked()
    waits.waiting()

    booked.seen()
    waits.seen()

    assert (booked.problems.reads, waits.problems.reads) == (1, 2)  # P17


def test_english_says_the_same() -> None:
    desk = InvoiceDesk()
    desk.waiting()
    english = Person(MARIT.mail, MARIT.role, "en")
    page = desk.screen.show(asked(english, number=NUMBER))

    assert isinstance(page, PortalPage)
    assert "This invoice waits for you." in seen(html(page, english)).text


def test_a_problem_of_another_invoice_is_not_shown_here() -> None:
    desk = InvoiceDesk()
    desk.booked()
    desk.problems.open(Problem(OWN, invoice_subject(f"{NUMBER}1"), "debtor-not-found"))

    assert "Debiteur" not in [text for _, text in desk.seen().headings]
    assert pressed_places(desk) == []


def test_without_comparisons_there_is_no_button_that_would_need_one() -> None:
    desk = InvoiceDesk()
    desk.waiting()
    screen = replace(desk.screen, comparisons=None)

    page = screen.show(asked(MARIT, number=NUMBER))

    assert isinstance(page, PortalPage)
    assert f"{DO}compare-entry" not in seen(html(page)).actions
