"""The events of the watch, and what they ask for."""

from typing import Any

import pytest

from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period
from koppeling.watch.events import Beside, CheckUp, Messages, Reconcile, Scheduled, watch_event

ACME = ConnectionId("acme")


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        ({"watch": "daily"}, Scheduled.DAILY),
        ({"watch": "dead-letters"}, Scheduled.DEAD_LETTERS),
        ({"Records": [{"body": "{}"}]}, Messages()),
        ({"check": "acme"}, CheckUp(ACME)),
        ({"reconcile": "acme", "period": "2026-11"}, Reconcile(ACME, Period(2026, 11))),
        (
            {"reconcile": "acme", "period": "2026-11", "lines": True},
            Reconcile(ACME, Period(2026, 11), lines=True),
        ),
        ({"beside": "acme", "number": "1", "entry": "267"}, Beside(ACME, "1", "267")),
    ],
)
def test_the_watch_knows_what_it_is_asked(event: dict[str, Any], meant: object) -> None:
    assert watch_event(event) == meant


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({}, "daily"),
        ({"watch": "weekly"}, "dead-letters"),
        ({"reconcile": "acme"}, "write it as 2026-11"),
        ({"reconcile": "acme", "period": "november"}, "write it as 2026-11"),
    ],
)
def test_an_unknown_event_is_refused_with_the_known_ones(event: dict[str, str], named: str) -> None:
    with pytest.raises(Fatal, match=named):
        watch_event(event)
