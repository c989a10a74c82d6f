"""Eerste keer: how far the first load is, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.portal.page import PortalPage
from koppeling.portal.screens.first_load import FirstLoadScreen
from koppeling.portal.screens.preview import PreviewPart
from koppeling.pull.cursor import FeedCursor, PullState
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.rounds import RoundState, RoundTimes
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.round_fakes import FakeRounds
from tests.unit.portal.showing import asked, connection, html
from tests.unit.pull.preview_fakes import FakeApprovals, FakePreviews

DONE = PullState(fencing=1, caught_up_on=date(2026, 11, 26))


@dataclass(slots=True)
class FakeStatesOfConnection:
    """Where each entity stands."""

    states: dict[str, PullState] = field(default_factory=dict)

    def all_of(self, connection: ConnectionId) -> Mapping[str, PullState]:
        """Return all of them."""
        del connection
        return self.states


def reading(entity: str, rows: int) -> PullState:
    cursor = FeedCursor(resume="next", counted=rows)
    return PullState(fencing=1, feeds={ENTITIES[entity].main.name: cursor})


def shown(
    states: dict[str, PullState],
    *,
    paused: bool = False,
    started: bool = True,
    **others: RoundTimes,
) -> Seen:
    preview = PreviewPart(FakePreviews(), FakeApprovals())
    screen = FirstLoadScreen(FakeRounds(others), FakeStatesOfConnection(states), preview)
    whose = connection(paused=paused, started=started)
    page = screen.show(replace(asked(), connection=whose))
    assert isinstance(page, PortalPage)
    return seen(html(page, connection=whose))


def test_before_the_first_round_it_is_said_when_it_begins() -> None:
    page = shown({})

    assert "De koppeling begint bij de volgende ronde met lezen." in page.text
    assert page.rows[1] == ["Btw-codes", "Nog niet begonnen", "0"]


def test_while_it_reads_it_is_shown_how_far_each_entity_is() -> None:
    page = shown({"vat_codes": DONE, "accounts": reading("accounts", 12000)})

    rows = {cells[0]: cells[1:] for cells in page.rows}
    assert "De koppeling leest de gegevens voor de eerste keer." in page.text
    assert rows["Btw-codes"] == ["Klaar", "0"]
    assert rows["Relaties"] == ["Is bezig", "12.000"]


def test_when_everything_is_read_it_is_done() -> None:
    off = RoundTimes(RoundState.OFF)
    states = dict.fromkeys(ENTITIES, DONE)
    del states["items"]

    page = shown(states, items=off)

    assert "De eerste keer is klaar." in page.text


def test_an_error_leads_to_what_to_do() -> None:
    page = shown({}, accounts=RoundTimes(RoundState.STOPPED))

    assert "De eerste keer is gestopt door een fout." in page.text
    assert page.links["Bekijk wat te doen is"].endswith("/todo")


def test_a_pause_says_where_it_is_ended() -> None:
    page = shown({}, paused=True)

    assert "De koppeling staat op pauze, dus er wordt niet gelezen." in page.text
    assert page.links["Naar Overzicht"].endswith("/portal/veldhuis")


def test_before_an_approval_it_is_said_that_nothing_was_changed() -> None:
    page = shown({}, started=False)

    assert "De koppeling is nog niet gestart. Er is niets gewijzigd en niets geboekt." in page.text


@pytest.mark.parametrize("entity", ENTITIES)
def test_there_is_a_place_for_every_entity(entity: str) -> None:
    page = shown({entity: reading(entity, 60)})

    assert len(page.rows) == 1 + len(ENTITIES)
