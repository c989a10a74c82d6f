"""News of a connection: the first load is done, and a pause that lasts for a week."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from koppeling.core.connection import Connection, EntitySetting
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import PullState
from koppeling.watch.news import FirstLoadNews, PauseNews
from tests.unit.auth.fakes import NOON
from tests.unit.fakes import FakeConnections
from tests.unit.watch.fakes import ACME, MARIT, NotifierFixture, a_notifier

ENTITIES = ("accounts", "items", "projects")


@dataclass(slots=True)
class FakePullStates:
    """Which entities were read to their end."""

    loaded: set[str] = field(default_factory=set)

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where a pull stands."""
        del connection
        day = NOON.date() if entity in self.loaded else None
        return PullState(fencing=1, caught_up_on=day)


@dataclass(slots=True)
class FakePauses:
    """Since when connections are paused."""

    first: date

    def seen(self, connection: ConnectionId, day: date) -> date:
        """Return the first day."""
        del connection, day
        return self.first


def first_load(fixture: NotifierFixture, *loaded: str) -> FirstLoadNews:
    return FirstLoadNews(
        connections=FakeConnections(*fixture.connections),
        peek=FakePullStates(set(loaded)).peek,
        entities=ENTITIES,
        notifier=fixture.notifier,
    )


def test_people_hear_once_that_the_last_entity_was_read() -> None:
    fixture = a_notifier()
    first_load(fixture, "accounts", "items").look(ACME.id)
    assert fixture.sent == []
    for _ in range(2):
        first_load(fixture, *ENTITIES).look(ACME.id)
    (mail,) = fixture.sent
    assert mail.subject == "De gegevens van Veldhuis Advies B.V. zijn voor het eerst opgehaald"
    assert "https://koppeling.example/portal/acme" in mail.text


def test_an_entity_that_is_off_is_not_waited_for() -> None:
    fixture = a_notifier(replace(ACME, entities={"projects": EntitySetting(enabled=False)}))
    first_load(fixture, "accounts", "items").look(ACME.id)
    assert fixture.addressed == [MARIT.mail]


def test_of_a_connection_that_is_gone_nothing_is_told() -> None:
    fixture = a_notifier()
    first_load(fixture, *ENTITIES).look(ConnectionId("gone"))
    assert fixture.sent == []


def test_people_hear_once_of_a_pause_that_lasts_for_a_week() -> None:
    paused = replace(ACME, paused=True)
    fixture = a_notifier(paused)
    first = NOON.date()
    for day in range(10):
        fixture.clock.advance(86_400 if day else 0)
        PauseNews(FakePauses(first), fixture.notifier, fixture.clock.now).look(paused)
        assert len(fixture.sent) == (day >= 7)
    assert "sinds 24-11-2026 op pauze" in fixture.sent[0].text


@pytest.mark.parametrize("whose", [ACME, replace(ACME, started=False)])
def test_a_connection_that_runs_or_was_never_started_is_not_looked_at(whose: Connection) -> None:
    fixture = a_notifier()
    news = PauseNews(FakePauses(date(2026, 1, 1)), fixture.notifier, lambda: NOON)
    news.look(whose)
    assert fixture.sent == []
