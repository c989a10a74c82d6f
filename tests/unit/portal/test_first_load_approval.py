"""Eerste keer, before the start: what would happen, and the approval of it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person
from koppeling.portal.actions.starting import Starting
from koppeling.portal.page import PageRequest, PortalPage
from koppeling.portal.screens.first_load import FirstLoadScreen
from koppeling.portal.screens.preview import PreviewPart
from koppeling.pull.approval import Approving, Stage
from koppeling.pull.by_hand import HandPulls
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import digest_of_all
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeConnections, FakeQueue
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.round_fakes import FakeRounds
from tests.unit.portal.showing import MARIT, NOW, PIM, asked, connection, html, pressed
from tests.unit.portal.test_first_load import FakeStatesOfConnection
from tests.unit.pull.preview_fakes import FakeApprovals, FakePreviews
from tests.unit.pull.test_by_hand import FakePresses

WAITING = connection(started=False)


class StartingConnections(FakeConnections):
    """Connections that an approval starts."""

    def set_started(self, connection: ConnectionId, *, started: bool) -> bool:
        """Start it."""
        self.known[connection] = replace(self.known[connection], started=started, paused=False)
        return True


@dataclass(slots=True)
class Desk:
    """The page of a connection that is not started, and its buttons."""

    previews: FakePreviews = field(default_factory=FakePreviews)
    approvals: FakeApprovals = field(default_factory=FakeApprovals)
    connections: StartingConnections = field(default_factory=StartingConnections)
    queues: dict[str, FakeQueue] = field(
        default_factory=lambda: {each: FakeQueue() for each in ENTITIES}
    )
    log: FakeLog = field(default_factory=FakeLog)

    def __post_init__(self) -> None:
        """Have one connection."""
        self.connections.add(WAITING)

    @property
    def approving(self) -> Approving:
        """What takes approvals."""
        return Approving(self.connections, self.previews, self.approvals, self.log, lambda: NOW)

    @property
    def starting(self) -> Starting:
        """The buttons."""
        return Starting(
            HandPulls(self.queues, FakePresses(Clock(frozen_at=NOW)), lambda: NOW), self.approving
        )

    def page(self, person: Person = MARIT, **query: str) -> Seen:
        """Return the page as a person sees it."""
        part = PreviewPart(self.previews, self.approvals)
        screen = FirstLoadScreen(FakeRounds({}), FakeStatesOfConnection({}), part)
        page = screen.show(replace(asked(person, **query), connection=WAITING))
        assert isinstance(page, PortalPage)
        return seen(html(page, person, connection=WAITING))

    def wishes(self) -> dict[str, list[str]]:
        """Return what every queue was asked."""
        found = {name: [body["by_hand"] for body, _ in q.sent] for name, q in self.queues.items()}
        return {name: wishes for name, wishes in found.items() if wishes}


def press(whose: Connection = WAITING, **form: str) -> PageRequest:
    return replace(pressed(), connection=whose, form=form)


def test_before_there_is_a_preview_the_only_button_makes_one() -> None:
    desk = Desk()

    page = desk.page()

    assert "De koppeling is nog niet gestart." in page.text
    assert [each.rpartition("/")[2] for each in page.actions] == ["preview"]
    assert desk.starting.preview(press()).notice == "preview-asked"
    assert desk.wishes() == {each: ["preview"] for each in ENTITIES}


def test_what_is_overwritten_stands_first_with_old_and_new_value_in_words() -> None:
    desk = Desk()
    desk.previews.look(NOW, "1068")

    page = desk.page()

    assert ["1068", "Oud B.V.", "Naam", "Oud", "Nieuw"] in page.rows
    assert ["1068", "Oud B.V.", "Actief", "ja", "nee"] in page.rows
    assert ["Relaties", "1", "1", "0", "3"] in page.rows


def test_the_new_ones_are_a_choice_away() -> None:
    desk = Desk()
    desk.previews.look(NOW, "1068")

    page = desk.page(entity="accounts", section="new")

    assert ["9001", "Nieuw B.V."] in page.rows


def test_many_rows_are_shown_by_the_page() -> None:
    desk = Desk()
    desk.previews.look(NOW, *(f"{number:04d}" for number in range(250)))

    last = desk.page(entity="accounts", section="overwritten", page="3")

    assert "Bladzijde 3 van 3" in last.text
    assert ["0249", "Oud B.V.", "Naam", "Oud", "Nieuw"] in last.rows


def test_an_approval_names_what_was_seen_and_asks_for_the_load() -> None:
    desk = Desk()
    desk.previews.look(NOW, "1068")
    digest = digest_of_all(desk.previews.kept.values())

    assert desk.starting.approve(press(digest=digest)).notice == "approve-unseen"
    assert desk.starting.approve(press(digest="other", seen="yes")).notice == "approve-other"
    assert desk.wishes() == {}
    assert desk.starting.approve(press(digest=digest, seen="yes")).notice == "approved"

    assert desk.wishes() == {each: ["preview", "first-load"] for each in ENTITIES}
    assert "Alles wordt nog één keer vergeleken." in desk.page().text
    last = desk.approvals.last
    assert last is not None
    assert (last.who, last.counts["overwritten"]) == (MARIT.mail, 1)


def test_an_approval_that_no_longer_holds_says_what_was_added() -> None:
    desk = Desk()
    desk.previews.look(NOW, "1068")
    digest = digest_of_all(desk.previews.kept.values())
    desk.approving.approve(WAITING, digest, who=MARIT.mail, role="decide")
    desk.previews.look(NOW + timedelta(seconds=9), "1068", "1071")

    assert desk.approving.settle(WAITING.id) is not None

    page = desk.page()
    assert "Er is niet begonnen: sinds het voorbeeld is er iets bijgekomen." in page.text
    assert "Relaties: één gegeven wordt overschreven dat je nog niet had gezien." in page.text
    assert [entry.what for entry in desk.log.entries] == ["approval-lapsed"]
    assert not desk.connections.known[WAITING.id].started


def test_a_part_that_could_not_be_compared_ends_the_approval_and_is_named() -> None:
    desk = Desk()
    desk.previews.look(NOW)
    digest = digest_of_all(desk.previews.kept.values())
    desk.approving.approve(WAITING, digest, who=MARIT.mail, role="decide")
    desk.previews.look(NOW + timedelta(seconds=9), outcome="milestones-no-rights")

    ended = desk.approving.settle(WAITING.id)

    assert ended is not None
    assert (ended.stage, set(ended.stopped)) == (Stage.LAPSED, set(ENTITIES))
    assert "het voorbeeld is niet compleet" in desk.page().text


def test_an_approval_waits_until_every_entity_was_compared() -> None:
    desk = Desk()
    desk.previews.look(NOW)
    digest = digest_of_all(desk.previews.kept.values())
    desk.approving.approve(WAITING, digest, who=MARIT.mail, role="decide")

    assert desk.approving.settle(WAITING.id) is None
    desk.previews.look(NOW + timedelta(seconds=9))
    ended = desk.approving.settle(WAITING.id)

    assert ended is not None
    assert ended.stage is Stage.STARTED
    assert desk.connections.known[WAITING.id].started
    assert desk.approving.settle(WAITING.id) is None


def test_who_may_only_look_gets_no_button() -> None:
    desk = Desk()
    desk.previews.look(NOW, "1068")

    page = desk.page(PIM)

    assert page.actions == []
    assert "Je mag hier alleen kijken." in page.text


@pytest.mark.parametrize(("entity", "section"), [("", "nothing"), ("x", "new")])
def test_an_address_that_means_nothing_shows_what_is_overwritten(entity: str, section: str) -> None:
    desk = Desk()
    desk.previews.look(NOW, "1068")

    assert ["1068", "Oud B.V.", "Naam", "Oud", "Nieuw"] in desk.page(
        entity=entity, section=section
    ).rows


def test_a_connection_that_was_started_is_not_approved_again() -> None:
    assert Desk().starting.approve(press(connection())).notice == "approved-before"
