"""Connections, budgets and looked-up ids: written and read back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import override

from pynamodb.expressions.condition import Condition

from koppeling.aws.dynamodb.administrations import BudgetStore
from koppeling.aws.dynamodb.connections import CONFIG, ConnectionStore
from koppeling.aws.dynamodb.presses import PressStore
from koppeling.aws.dynamodb.references import TRUSTED_FOR, LookupCacheStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key, epoch, find
from koppeling.core.connection import ConnectionSummary, EntitySetting, InvoiceEmail
from koppeling.core.ids import ConnectionId, Division
from koppeling.core.people import Person
from koppeling.core.rate_limit import CallBudget
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 6, 3, 12, 345678, tzinfo=UTC)
HOST, DIVISION = "start.exactonline.nl", Division(987654)
CHOSEN = a_connection(
    id=ACME,
    start_date=date(2026, 7, 1),
    credit_journal="71",
    with_pdfs=False,
    existing_as_entries=True,
    existing_as_pdfs=True,
    invoice_email=InvoiceEmail.MAIN_CONTACT,
    paused=True,
    entities={"accounts": EntitySetting(enabled=False, interval_minutes=60)},
)


def test_a_connection_is_read_back_as_the_customer_chose_it(items: type[SyncItem]) -> None:
    store = ConnectionStore(items)
    store.save(CHOSEN)
    assert store.get(ACME) == CHOSEN


def test_a_connection_that_is_saved_again_is_as_it_is_now(items: type[SyncItem]) -> None:
    store = ConnectionStore(items)
    store.save(CHOSEN)
    store.save(replace(CHOSEN, paused=False))
    assert store.get(ACME) == replace(CHOSEN, paused=False)
    assert list(store.listed()) == [ConnectionSummary(ACME, paused=False, entities=CHOSEN.entities)]


def test_all_connections_come_in_the_order_of_their_ids(items: type[SyncItem]) -> None:
    store = ConnectionStore(items)
    for name in ("zorg", "acme", "bakker"):
        store.save(a_connection(id=ConnectionId(name)))
    assert [connection.id for connection in store.listed()] == ["acme", "bakker", "zorg"]


def test_a_connection_that_is_not_there_is_none(items: type[SyncItem]) -> None:
    assert ConnectionStore(items).get(ACME) is None
    assert list(ConnectionStore(items).listed()) == []


def test_a_connection_of_a_later_release_is_read_as_far_as_it_is_known(
    items: type[SyncItem],
) -> None:
    store = ConnectionStore(items)
    store.save(CHOSEN)
    item = items.get(connection_key(ACME), CONFIG)
    setting = {"enabled": False, "interval_minutes": 60, "from_the_future": 1}
    item.data = {**item.data, "from_the_future": 1, "entities": {"accounts": setting}}
    item.save()
    assert store.get(ACME) == CHOSEN
    assert item.schema == 1


def test_of_an_administration_that_was_never_called_nothing_is_known(
    items: type[SyncItem],
) -> None:
    assert BudgetStore(items).get(HOST, DIVISION) == CallBudget()


def test_a_budget_is_read_back_as_it_was_written(items: type[SyncItem]) -> None:
    budget = CallBudget(5000, 4766, NOW, 58, NOW, {"sync/CRM/Accounts": (NOW, NOW)})
    store = BudgetStore(items)
    store.save_limits(HOST, DIVISION, budget)
    store.save_errors(HOST, DIVISION, budget)
    assert store.get(HOST, DIVISION) == budget
    assert store.get(HOST, Division(5)) == CallBudget()
    assert store.get("start.exactonline.be", DIVISION) == CallBudget()


def test_a_budget_of_which_little_is_known_is_read_back_with_what_is_not_known(
    items: type[SyncItem],
) -> None:
    known = CallBudget(minute_remaining=0, minute_resets_at=NOW)
    store = BudgetStore(items)
    store.save_limits(HOST, DIVISION, known)
    assert store.get(HOST, DIVISION) == known


def test_who_tells_of_limits_leaves_the_errors_that_others_counted(
    items: type[SyncItem],
) -> None:
    store = BudgetStore(items)
    store.save_errors(HOST, DIVISION, CallBudget(errors={"sync/CRM/Accounts": (NOW,)}))
    store.save_limits(HOST, DIVISION, CallBudget(day_remaining=7))
    known = store.get(HOST, DIVISION)
    assert known.day_remaining == 7
    assert known.errors == {"sync/CRM/Accounts": (NOW,)}


def test_of_two_functions_that_count_an_error_at_once_the_second_is_told_to_read_again(
    items: type[SyncItem],
) -> None:
    store = BudgetStore(items)
    mine = store.get(HOST, DIVISION, newest=True)
    theirs = store.get(HOST, DIVISION, newest=True)

    assert store.save_errors(HOST, DIVISION, theirs.count_error("vat/VATCodes", NOW))
    assert not store.save_errors(HOST, DIVISION, mine.count_error("sync/CRM/Accounts", NOW))

    again = store.get(HOST, DIVISION, newest=True)
    assert store.save_errors(HOST, DIVISION, again.count_error("sync/CRM/Accounts", NOW))
    assert set(store.get(HOST, DIVISION).errors) == {"vat/VATCodes", "sync/CRM/Accounts"}


def test_a_moment_of_another_zone_stays_the_same_moment(items: type[SyncItem]) -> None:
    dutch = NOW.astimezone(timezone(timedelta(hours=1)))
    store = BudgetStore(items)
    store.save_limits(HOST, DIVISION, CallBudget(day_resets_at=dutch))
    assert store.get(HOST, DIVISION).day_resets_at == NOW


def test_a_looked_up_id_is_remembered_for_a_day_and_no_longer(
    items: type[SyncItem], clock: Clock
) -> None:
    store = LookupCacheStore(items, clock.now)
    store.put(ACME, "exact", "gl_account", "8000", {"ID": "gl-1", "Type": 110})
    clock.advance(TRUSTED_FOR.total_seconds() - 1)
    assert store.get(ACME, "exact", "gl_account", "8000") == {"ID": "gl-1", "Type": 110}
    clock.advance(1)
    assert store.get(ACME, "exact", "gl_account", "8000") is None


def test_a_looked_up_id_belongs_to_its_connection_system_kind_and_code(
    items: type[SyncItem], clock: Clock
) -> None:
    store = LookupCacheStore(items, clock.now)
    store.put(ACME, "exact", "gl_account", "8000", {"ID": "gl-1"})
    assert store.get(ConnectionId("other"), "exact", "gl_account", "8000") is None
    assert store.get(ACME, "milestones", "gl_account", "8000") is None
    assert store.get(ACME, "exact", "project", "8000") is None
    assert store.get(ACME, "exact", "gl_account", "800") is None


def test_the_table_itself_removes_a_looked_up_id_after_a_day(
    items: type[SyncItem], clock: Clock
) -> None:
    LookupCacheStore(items, clock.now).put(ACME, "exact", "project", "P1", {"ID": "p"})
    item = items.get(connection_key(ACME), "REFERENCE#exact#project#P1")
    assert (item.expires_at, item.schema) == (epoch(clock.now() + TRUSTED_FOR), 1)


def test_a_looked_up_id_can_be_forgotten_also_when_it_was_never_there(
    items: type[SyncItem], clock: Clock
) -> None:
    store = LookupCacheStore(items, clock.now)
    store.put(ACME, "exact", "gl_account", "8000", {"ID": "gl-1"})
    for code in ("8000", "8001"):
        store.forget(ACME, "exact", "gl_account", code)
    assert store.get(ACME, "exact", "gl_account", "8000") is None


def test_a_pause_changes_nothing_else(items: type[SyncItem]) -> None:
    store = ConnectionStore(items)
    store.save(replace(CHOSEN, paused=False))

    assert store.set_paused(ACME, paused=True)

    assert store.get(ACME) == CHOSEN
    assert list(store.listed()) == [ConnectionSummary(ACME, paused=True, entities=CHOSEN.entities)]


def test_a_pause_does_not_bring_back_a_person_who_was_taken_off_meanwhile(
    items: type[SyncItem],
) -> None:
    store = ConnectionStore(items)
    store.save(replace(CHOSEN, people=(Person("marit@veldhuis.example"),)))

    class Overtaken(ConnectionStore):
        """Another writer comes between the read and the write."""

        @override
        def _as_read(self, mark: str | None) -> Condition:
            store.save(CHOSEN)
            return super()._as_read(mark)

    assert not Overtaken(items).set_paused(ACME, paused=False)
    assert store.get(ACME) == CHOSEN


def test_a_connection_that_is_not_started_is_paused_for_every_release(
    items: type[SyncItem],
) -> None:
    store = ConnectionStore(items)
    store.save(replace(CHOSEN, paused=False))

    assert store.set_started(ACME, started=False)

    assert store.get(ACME) == replace(CHOSEN, started=False)
    assert [each.paused for each in store.listed()] == [True]
    assert not store.set_paused(ACME, paused=False)
    assert store.set_started(ACME, started=True)
    assert store.get(ACME) == replace(CHOSEN, paused=False)
    assert [each.paused for each in store.listed()] == [False]


def test_what_an_earlier_release_let_go_on_still_waits_for_its_approval(
    items: type[SyncItem],
) -> None:
    store = ConnectionStore(items)
    store.save(replace(CHOSEN, started=False))
    item = items.get(f"CONNECTION#{ACME}", "CONFIG")
    item.update(actions=[items.data.set({**item.data, "paused": False})])

    found = store.get(ACME)

    assert found is not None
    assert (found.started, found.paused) == (False, True)


def test_what_does_not_exist_cannot_be_paused(items: type[SyncItem]) -> None:
    assert not ConnectionStore(items).set_paused(ACME, paused=True)
    assert list(ConnectionStore(items).listed()) == []


def test_of_two_presses_within_a_minute_one_is_the_first(items: type[SyncItem]) -> None:
    clock = Clock(frozen_at=NOW)
    presses = PressStore(items, clock.now)
    minute = timedelta(minutes=1)

    assert presses.is_first(ACME, "accounts/catch-up", minute)
    assert not presses.is_first(ACME, "accounts/catch-up", minute)
    assert presses.is_first(ACME, "accounts/full", minute)
    assert presses.is_first(ConnectionId("other"), "accounts/catch-up", minute)
    clock.advance(61)
    assert presses.is_first(ACME, "accounts/catch-up", minute)


def test_under_a_key_that_is_too_long_there_is_nothing(items: type[SyncItem]) -> None:
    longest = "€" * 341 + "x"

    assert find(items, "CONN#acme", longest) is None
    assert find(items, "CONN#acme", f"{longest}x") is None
