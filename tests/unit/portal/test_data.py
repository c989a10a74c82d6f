"""Gegevens: what each entity fetched, and the rows that wait."""

from datetime import timedelta

import pytest

from koppeling.core.log import LogEntry, LogKind
from koppeling.core.people import Person
from koppeling.portal.page import NoSuchPage, PortalPage
from koppeling.portal.screens.data import DataScreen
from koppeling.pull.rounds import RoundState, RoundTimes
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.round_fakes import FakeCalls, FakeRounds
from tests.unit.portal.showing import MARIT, NOW, PIM, asked, html
from tests.unit.portal.waiting_fakes import OWN, Desk


class View:
    """The page of one connection."""

    def __init__(self) -> None:
        self.desk, self.rounds, self.calls = Desk(), FakeRounds(), FakeCalls()

    def round(self, entity: str, *, hours: float, **counts: int) -> None:
        """Note a round that brought something, some hours ago."""
        at = NOW - timedelta(hours=hours)
        self.desk.log.add(LogEntry(OWN, at, LogKind.ROUND, "pulled", subject=entity, counts=counts))

    def seen(self, person: Person = MARIT, **query: str) -> Seen:
        screen = DataScreen(self.desk.problems, self.rounds, self.desk.log, self.calls)
        page = screen.show(asked(person, **query))
        assert isinstance(page, PortalPage)
        return seen(html(page, person))


def test_each_entity_shows_its_rounds_what_today_brought_and_how_many_rows_wait() -> None:
    view = View()
    view.round("accounts", hours=1, created=2, changed=3)
    view.round("accounts", hours=2, created=1, waiting=1, unchanged=9)
    view.round("accounts", hours=30, created=100)
    view.desk.record("accounts", "a")
    view.desk.problem("accounts/b/notice", "email-invalid")

    rows = {cells[0]: cells[1:] for cells in view.seen().rows if cells}

    assert rows["Relaties"] == ["Loopt", "11:45", "12:00", "3 nieuw, 3 gewijzigd, 1 wacht", "1"]
    assert rows["Projecten"] == ["Loopt", "11:45", "12:00", "Niets gewijzigd", "0"]


def test_an_entity_shows_its_last_round_with_changes_and_its_buttons() -> None:
    view = View()
    view.round("items", hours=30, created=1200, refused=1)

    page = view.seen(entity="items")

    assert "Laatste ronde met wijzigingen gisteren 05:50: 1.200 nieuw, 1 mislukt" in page.text
    assert [place.rpartition("/do/")[2] for place in page.actions] == ["pull", "compare"]
    assert "Er wacht niets. Alles wat is opgehaald, staat in QicsMilestones." in page.text


def test_the_rows_that_wait_come_by_the_page_with_code_why_and_since() -> None:
    view = View()
    for number in range(30):
        view.desk.problem(
            f"projects/{number:02}",
            "project-without-customer",
            hours=30 - number,
            code=f"P{number:02}",
        )
    view.desk.record("accounts", "a")

    first, second = view.seen(entity="projects"), view.seen(entity="projects", page="2")

    assert first.rows[1][0] == "P00"
    assert first.rows[1][1].startswith("Project P00 heeft geen relatie.")
    assert first.rows[1][2] == "gisteren 05:50"
    assert (len(first.rows), len(second.rows)) == (26, 6)
    assert "26 tot en met 30 van 30" in second.text
    offered = [form["subject"] for _, form in second.forms if "subject" in form]
    assert offered[0] == "projects/25"


def test_an_entity_that_is_off_has_no_buttons() -> None:
    view = View()
    view.rounds.others["items"] = RoundTimes(RoundState.OFF)

    page = view.seen(entity="items")

    assert page.actions == []
    assert "Dit onderdeel staat uit. Vraag Qics om het aan te zetten." in page.text


def test_who_may_only_look_sees_no_button_but_whom_to_ask() -> None:
    view = View()
    view.desk.record("accounts", "a")

    for page in (view.seen(PIM), view.seen(PIM, entity="accounts")):
        assert page.actions == []
        assert "Je mag hier alleen kijken." in page.text


def test_what_is_no_entity_is_no_page() -> None:
    with pytest.raises(NoSuchPage):
        View().seen(entity="everything")


def test_a_page_reads_the_problems_once() -> None:
    view = View()
    view.seen()

    assert (view.desk.problems.reads, view.rounds.reads) == (1, 1)


def test_rounds_are_told_by_the_calls_that_are_left_and_by_what_somebody_asked_for_at_night() -> (
    None
):
    view, at = View(), NOW - timedelta(hours=9)
    view.calls.stretched_minutes = 30
    own = view.desk.log
    own.add(LogEntry(OWN, at, LogKind.ROUND, "pulled", subject="items"))
    own.add(LogEntry(OWN, at - timedelta(days=1), LogKind.ROUND, "pulled", subject="items"))

    view.seen()

    assert view.rounds.told == (30, {"items": at})
