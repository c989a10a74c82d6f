"""A refused invoice is queued again by itself once its cause seems to be gone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from koppeling.auth.oauth import EXACT
from koppeling.auth.token_pair import TokenKey
from koppeling.push.evidence import is_whole
from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import InvoiceFiles, build_invoice

NUMBER = "20260602"


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment whose customers have been pulled."""
    with environment(accounts=10) as built:
        built.pull_all()
        yield built


def queued(home: Environment) -> list[dict[str, Any]]:
    """Take the messages of the sales-entry queue."""
    return home.taken(home.settings.sales_entry_queue_url)


def exact_key(home: Environment) -> TokenKey:
    return TokenKey(EXACT.name, home.connection.exact_user, home.connection.exact_host)


def deliver_all(home: Environment) -> int:
    bodies = queued(home)
    for body in bodies:
        home.wiring.invoice_worker.handle(json.dumps(body))
    return len(bodies)


def state(home: Environment) -> State | None:
    item = home.wiring.stores.outbox.get(home.connection.id, NUMBER)
    return None if item is None else item.state


def refused(home: Environment, debtor_code: str = "4242") -> InvoiceFiles:
    files = build_invoice(NUMBER, debtor_code=debtor_code)
    home.offer(files)
    assert state(home) is State.REJECTED
    return files


def about_the_invoice(home: Environment) -> list[str]:
    return [problem.code for problem in home.problems() if problem.subject.startswith("invoice/")]


def posts(home: Environment) -> int:
    api = home.exact.journal.calls(lambda call: call.method == "POST" and "token" not in call.path)
    return len(api)


def shown(home: Environment, files: InvoiceFiles) -> dict[str, Any]:
    (row,) = home.milestones.world.find("EntityState", EntityId=files.document["invoice_id"])
    return row


def test_an_invoice_whose_debtor_appears_is_booked_by_itself(home: Environment) -> None:
    files = refused(home)
    assert about_the_invoice(home) == ["debtor-not-found"]
    assert home.next_tick().counts.get("woken") is None
    home.exact.add_account(Code="4242", Name="Nieuwe debiteur")

    assert home.next_tick().counts["woken"] == 1
    assert deliver_all(home) == 1

    assert state(home) is State.DONE
    assert about_the_invoice(home) == []
    assert len(booked_entries(home.exact.world)) == 1
    assert shown(home, files)["IsError"] is False


def test_another_change_requeues_nothing_and_costs_no_call_for_the_invoice(
    home: Environment,
) -> None:
    refused(home)
    before = posts(home)

    home.exact.change_account("1071", City="Zwolle")
    home.next_tick()

    assert queued(home) == []
    assert posts(home) == before


def test_an_invoice_in_a_closed_period_is_tried_once_a_day(home: Environment) -> None:
    home.exact.set_up.close_period(2026, 10)
    files = build_invoice(NUMBER)
    home.offer(files)
    assert state(home) is State.REJECTED
    home.exact.set_up.close_period(2026, 10, closed=False)
    home.next_tick()
    assert queued(home) == []

    assert home.wiring.requeuer.requeue_connection(home.connection.id) == 1
    deliver_all(home)

    assert state(home) is State.DONE


def test_what_qics_milestones_shows_follows_the_invoice(home: Environment) -> None:
    files = refused(home)

    row = shown(home, files)
    assert (row["IsError"], row["DataSource"], row["EntityType"]) == (
        True,
        "Exact Online",
        "General",
    )
    assert row["Message"].startswith("Debiteur 4242 bestaat niet in Exact Online.")
    home.exact.add_account(Code="4242", Name="Nieuwe debiteur")
    home.next_tick()
    deliver_all(home)

    row = shown(home, files)
    (entry,) = booked_entries(home.exact.world)
    assert row["DataSourceKey"] == entry["entry_id"]
    booked = f"Geboekt in Exact Online als boekstuk {entry['entry_number']}."
    assert row["Message"] == f"{booked} De pdf staat bij de boeking."


@pytest.mark.parametrize("kind", ["503", "403", "answer-lost", "429"])
def test_a_write_back_that_fails_harms_no_booking_and_is_repeated_by_itself(
    home: Environment, kind: str
) -> None:
    home.milestones.faults.arm(Fault(kind, endpoint="EntityState", times=1))
    files = build_invoice(NUMBER)

    home.offer(files)

    assert state(home) is State.DONE
    calls = home.calls()
    home.clock.advance(900)
    assert deliver_all(home) == 1
    assert home.calls() == calls
    assert shown(home, files)["IsError"] is False
    assert queued(home) == []


def test_the_evidence_of_an_invoice_is_whole_and_holds_no_token(home: Environment) -> None:
    home.offer(build_invoice(NUMBER))

    story = list(home.wiring.evidence.of(home.connection.id, NUMBER))

    assert is_whole(story)
    assert [piece.step.value for piece in story] == ["entry", "document", "attachment"]
    text = "".join(piece.as_json() for piece in story)
    chain = home.wiring.stores.tokens.get(exact_key(home))
    assert chain is not None
    assert chain.access_token not in text
    assert chain.refresh_token not in text
