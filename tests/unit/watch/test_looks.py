"""What the watch looks at every quarter of an hour: schedules, invoices, dead letters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.pull.entities.registry import ENTITIES
from koppeling.push.outbox import State
from koppeling.push.proof import CONNECTION_SUBJECT
from koppeling.watch.looks import DeadLetterCount, TickCheck, WaitingInvoices
from koppeling.watch.rounds import WatchRound
from tests.unit.fakes import FakeConnections, FakeProblems
from tests.unit.push.fakes import Effects, FakeOutbox
from tests.unit.push.items import outbox_item
from tests.unit.push.world import connection

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # noon on the Dutch clock
ACME = ConnectionId("acme")
INTERVALS = {name: entity.interval_minutes for name, entity in ENTITIES.items()}
MINUTE = timedelta(minutes=1)


class Ticks(dict[str, datetime]):
    """The last tick of each entity."""

    def note(self, entity: str, at: datetime) -> None:
        """Note one."""
        self[entity] = at

    def expect(self, entity: str, since: datetime) -> None:
        """Expect one."""
        self.setdefault(entity, since)

    def last(self) -> dict[str, datetime]:
        """Return them."""
        return dict(self)


def missed(ticks: Ticks, now: datetime) -> str:
    return TickCheck(ticks, INTERVALS, lambda: now).look().detail


def test_schedules_that_fire_are_not_missed_at_any_minute_of_the_day() -> None:
    ticks = Ticks(dict.fromkeys(INTERVALS, NOON - timedelta(days=1)))
    at = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    while at < datetime(2026, 11, 25, 5, 0, tzinfo=UTC):
        local = at.replace(tzinfo=None) + timedelta(hours=1)
        for name, minutes in INTERVALS.items():
            offset = 9 if minutes > 15 else {"accounts": 3, "items": 6}.get(name, 0)
            since = (local.hour - 7) * 60 + local.minute - offset
            if 7 <= local.hour < 20 and since >= 0 and since % minutes == 0:
                ticks.note(name, at)
        assert missed(ticks, at + timedelta(seconds=30)) == "", local
        at += MINUTE


@pytest.mark.parametrize(("minutes", "told"), [(30, ""), (36, "accounts")])
def test_two_ticks_that_did_not_come_are_missed(minutes: int, told: str) -> None:
    ticks = Ticks(dict.fromkeys(INTERVALS, NOON)) | {"accounts": NOON - minutes * MINUTE}

    assert missed(Ticks(ticks), NOON) == told


def test_a_schedule_that_never_fired_is_missed_as_well() -> None:
    ticks = Ticks()
    assert missed(ticks, NOON) == ""

    now = NOON + timedelta(minutes=40)
    assert "accounts" in missed(ticks, now)
    assert "projects" not in missed(ticks, now)


@pytest.mark.parametrize("hour", [21, 3, 5])
def test_at_night_no_tick_is_missed(hour: int) -> None:
    now = NOON.replace(hour=hour)

    assert missed(Ticks(dict.fromkeys(INTERVALS, now - timedelta(days=2))), now) == ""


class Invoices:
    """Invoices of two connections, with everything around them."""

    def __init__(self) -> None:
        self.outbox, self.problems = FakeOutbox(Effects()), FakeProblems()
        self.connections = FakeConnections(
            replace(connection(), id=ACME),
            replace(connection(), id=ConnectionId("paused"), paused=True),
        )

    def put(self, state: State, minutes: int, whose: str = "acme") -> None:
        """Put an invoice that reached a state some minutes ago, on its way since then."""
        at = NOON - minutes * MINUTE
        number = str(len(self.outbox.items))
        item = replace(
            outbox_item(),
            connection=ConnectionId(whose),
            number=number,
            state=state,
            posted_at=at,
            history=((State.INTENT, at), (state, at)),
        )
        self.outbox.items[item.connection, number] = item

    def counts(self) -> dict[str, int]:
        """Look at them at noon."""
        look = WaitingInvoices(self.outbox, self.connections, self.problems, lambda: NOON)
        return dict(look.look().counts)


def test_the_age_of_the_oldest_invoice_that_is_not_done_is_told() -> None:
    invoices = Invoices()
    for state, minutes in ((State.INTENT, 20), (State.UNKNOWN, 35), (State.DOCUMENT, 5)):
        invoices.put(state, minutes)

    assert invoices.counts() == {"open": 3, "oldest_minutes": 35, "unknown_for_an_hour": 0}


@pytest.mark.parametrize("state", [State.DONE, State.REJECTED, State.ENTRY])
def test_what_is_done_or_waits_for_a_person_or_a_pdf_has_no_age(state: State) -> None:
    invoices = Invoices()
    invoices.put(state, 900)

    assert invoices.counts()["oldest_minutes"] == 0


@pytest.mark.parametrize("whose", ["paused", "erased"])
def test_what_waits_for_a_person_does_not_hide_the_others(whose: str) -> None:
    invoices = Invoices()
    invoices.put(State.INTENT, 9000, whose)
    invoices.put(State.INTENT, 3)

    assert invoices.counts()["oldest_minutes"] == 3


def test_a_lost_login_of_a_customer_is_no_delay_of_ours() -> None:
    invoices = Invoices()
    invoices.put(State.INTENT, 9000)
    invoices.problems.open(Problem(ACME, CONNECTION_SUBJECT, "exact-reconnect-needed"))

    assert invoices.counts()["oldest_minutes"] == 0


@pytest.mark.parametrize(("minutes", "unknown"), [(59, 0), (60, 1)])
def test_an_outcome_that_is_unknown_for_an_hour_is_counted(minutes: int, unknown: int) -> None:
    invoices = Invoices()
    invoices.put(State.UNKNOWN, minutes)

    assert invoices.counts()["unknown_for_an_hour"] == unknown


def test_dead_letters_of_all_queues_are_counted() -> None:
    assert DeadLetterCount(lambda: 3).look().counts == {"lying": 3}


def test_a_look_that_fails_keeps_no_other_from_its_turn_and_is_raised_at_the_end() -> None:
    reported: list[str] = []

    def report(summary: Summary) -> Summary:
        reported.append(f"{summary.story} {summary.outcome} {summary.detail}".strip())
        return summary

    def broken() -> Summary:
        raise ValueError("secret")

    looks = (lambda: Summary("strays", "looked"), broken, lambda: Summary("watch", "queued"))
    with pytest.raises(ValueError, match="secret"):
        WatchRound(looks, report).run()

    assert reported == ["strays looked", "watch failed ValueError", "watch queued"]
