"""Numbers that QicsMilestones gave out and nobody handed in are told, over the hours of a day."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from koppeling.core import catalogue
from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.pull.entities.registry import ENTITIES
from koppeling.watch.messages import ConnectionRound
from tests.environment import Environment, environment
from tests.integration.counting import (
    NINE,
    an_hour_passes,
    counted,
    missing,
    processed,
    tick,
    told,
)
from tests.sandbox.common.faults import Fault
from tests.sandbox.qics_milestones.invoicing import restart_counter


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment that has looked at the counter once: the next number is 20260412."""
    with counted() as built:
        yield built


def test_what_is_not_handed_in_within_the_hour_is_named_and_closes_as_it_arrives(
    home: Environment,
) -> None:
    first, lost, third, lost_too = (processed(home) for _ in range(4))
    home.offer(first)
    home.offer(third)

    an_hour_passes(home)
    told_at_once = missing(home)
    an_hour_passes(home)
    told_then = missing(home)
    home.offer(lost)
    an_hour_passes(home)
    told_later = missing(home)
    home.offer(lost_too)
    an_hour_passes(home)

    assert told_at_once == ""
    assert told_then == "20260413, 20260415"
    assert told_later == "20260415"
    assert missing(home) == ""


def test_the_sentence_names_the_numbers_and_says_what_to_do(home: Environment) -> None:
    for _ in range(4):
        processed(home)

    an_hour_passes(home, hours=2)

    (problem,) = told(home)
    assert _text(problem) == (
        "4 facturen zijn niet aangeboden: 20260412–20260415. "  # noqa: RUF001 - as people read it
        "De teller van QicsMilestones is al verder. Na een uur is hier bij de koppeling nog niets "
        "van aangekomen, dus is er ook niets geboekt. Zoek in QicsMilestones op wat er ontbreekt "
        "en bied het opnieuw aan. Is een nummer geen factuur, klik dan op *Geen factuur* en zeg "
        "waarom. Zodra alles er is, verdwijnt deze melding."
    )


def test_an_hour_without_invoices_costs_one_call_and_writes_nothing(home: Environment) -> None:
    before = home.wiring.stores.numbers.read(home.connection.id)
    home.milestones.journal.clear()

    for minutes in (15, 15, 15, 15):
        home.clock.advance(minutes * 60)
        for entity in ENTITIES:
            tick(home, entity)

    api = [call.endpoint for call in home.milestones.journal.calls() if call.endpoint != "token"]
    assert api == ["Company(key)"]
    assert home.wiring.stores.numbers.read(home.connection.id) == before


def test_a_refused_document_was_handed_in(home: Environment) -> None:
    files = processed(home)
    home.put(files.json_key, b"{}")
    home.deliver(files.json_key)

    an_hour_passes(home, hours=2)

    assert [each.code for each in told(home)] == ["invoice-not-valid"]


def test_what_was_written_off_in_full_was_handed_in(home: Environment) -> None:
    home.offer(processed(home, written_off=True))

    an_hour_passes(home, hours=2)

    assert missing(home) == ""


def test_in_january_the_counter_restarts_with_another_prefix(home: Environment) -> None:
    home.offer(processed(home))
    unseen = processed(home)
    home.offer(processed(home))
    restart_counter(home.milestones.world, "2027")
    lost, offered = processed(home), processed(home)
    home.offer(offered)

    an_hour_passes(home, hours=2)

    numbers = [each.document["invoice_number"] for each in (unseen, lost)]
    assert missing(home) == ", ".join(numbers) == "20260413, 20270001"


def test_without_the_right_to_see_the_counter_gaps_are_still_found(home: Environment) -> None:
    home.milestones.switches.hides_counter = True
    first, _lost, third, _last = (processed(home) for _ in range(4))
    home.offer(first)
    home.offer(third)

    an_hour_passes(home, hours=2)

    (problem,) = told(home)
    assert missing(home) == "20260413"
    assert "De teller mogen we niet lezen" in _text(problem)


def test_without_that_right_from_the_first_day_gaps_of_the_month_are_found() -> None:
    with environment(accounts=3) as home:
        home.pull_all()
        home.milestones.switches.hides_counter = True
        home.clock.advance((NINE - home.clock.now()).total_seconds())
        first, _lost, third = (processed(home) for _ in range(3))
        home.offer(first)
        home.offer(third)

        an_hour_passes(home, hours=2)

        assert missing(home) == "20260413"


def test_an_outage_of_qicsmilestones_stops_no_pull_and_tells_nothing_wrong(
    home: Environment,
) -> None:
    processed(home)
    home.milestones.faults.arm(Fault("503", endpoint="Company"))

    an_hour_passes(home)

    assert [each.code for each in told(home)] == []
    an_hour_passes(home, hours=2)
    assert missing(home) == "20260412"


def test_with_the_usual_entity_off_another_one_carries_the_look(home: Environment) -> None:
    off = {"vat_codes": EntitySetting(enabled=False)}
    home.change(entities=off)
    processed(home)

    for _ in range(2):
        home.clock.advance(3600)
        tick(home, "payment_conditions")

    assert missing(home) == "20260412"


def test_with_all_entities_off_the_watch_looks_once_a_day(home: Environment) -> None:
    home.change(entities={name: EntitySetting(enabled=False) for name in ENTITIES})
    processed(home)
    watched(home)
    home.clock.advance(24 * 3600)

    watched(home)

    assert missing(home) == "20260412"


def test_a_paused_connection_is_not_looked_at(home: Environment) -> None:
    home.change(paused=True)
    processed(home)

    an_hour_passes(home, hours=2)
    watched(home)

    assert missing(home) == ""


def test_a_new_connection_begins_at_the_first_number_since_its_start_date() -> None:
    with environment(accounts=3) as home:
        home.pull_all()
        before_start = home.milestones.process_invoice(invoice_date=date(2026, 1, 2))
        home.milestones.process_invoice(invoice_date=date(2026, 1, 2))
        home.change(start_date=date(2026, 11, 1))
        first, lost = processed(home), processed(home)
        for files in (before_start, first):
            home.offer(files)
        home.clock.advance((NINE - home.clock.now()).total_seconds())

        tick(home)
        an_hour_passes(home)

        assert missing(home) == lost.document["invoice_number"] == "20260415"


def test_a_length_of_the_whole_number_is_seen_by_what_was_handed_in() -> None:
    with environment(accounts=3) as home:
        home.pull_all()
        first, _, third = (processed(home) for _ in range(3))
        home.offer(first)
        home.offer(third)
        home.milestones.world.change("Company", "1", {"InvoiceNumberLength": 8})
        home.clock.advance((NINE - home.clock.now()).total_seconds())

        tick(home)
        an_hour_passes(home)

        assert missing(home) == "20260413"


def test_a_length_that_no_number_can_have_counts_as_a_counter_that_is_not_read(
    home: Environment,
) -> None:
    first, _lost, third = (processed(home) for _ in range(3))
    company = home.connection.company_id
    home.milestones.world.change("Company", company, {"InvoiceNumberLength": 1000})
    home.offer(first)
    home.offer(third)

    an_hour_passes(home, hours=2)

    (problem,) = told(home)
    assert missing(home) == "20260413"
    assert "De teller mogen we niet lezen" in _text(problem)


def test_what_was_handed_in_for_another_connection_of_the_company_is_not_missing(
    home: Environment,
) -> None:
    company, other = home.connection, ConnectionId("veldhuis-advies-02")
    theirs, _lost = processed(home), processed(home)
    home.connect(replace(company, id=other))
    home.put(
        f"{other}/theirs.json", json.dumps({**theirs.document, "connection_id": other}).encode()
    )
    home.deliver(f"{other}/theirs.json")
    home.connect(replace(company, id=ConnectionId("holding-02"), company_id="2"))
    home.connect(company)

    an_hour_passes(home, hours=2)

    assert missing(home) == "20260413"


def test_connections_are_apart(home: Environment) -> None:
    other = ConnectionId("holding-02")
    processed(home)

    an_hour_passes(home, hours=2)

    assert home.wiring.stores.numbers.read(other).gaps == ()
    assert list(home.wiring.stores.problems.opened(other)) == []


def watched(home: Environment) -> None:
    """Let the watch look after the connection, as it does once a day."""
    for _ in home.wiring.watch_message(
        json.dumps(ConnectionRound(home.connection.id).as_message())
    ):
        pass


def _text(problem: Problem) -> str:
    return catalogue.text(problem.code, "nl", problem.values)
