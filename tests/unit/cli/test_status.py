"""What an operator sees of connections, from what is kept of them."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from koppeling.cli.exits import Exit
from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ConnectionId, ExactId, SyncTimestamp
from koppeling.core.outage import Outage
from koppeling.core.problems import Problem
from koppeling.core.rate_limit import CallBudget
from koppeling.pull.cursor import FeedCursor
from koppeling.pull.record import ParkedChange
from koppeling.push.outbox import OutboxItem, State
from tests.unit.cli.conftest import Office

ID = ConnectionId("veldhuis-advies-01")
LEASE = timedelta(seconds=180)


def an_invoice(office: Office, number: str, state: State = State.INTENT) -> OutboxItem:
    item = OutboxItem(
        connection=ID,
        number=number,
        state=state,
        document_hash="hash",
        kind="invoice",
        currency="EUR",
        amount_excl=Decimal("100.00"),
        vat_amount=Decimal("21.00"),
        amount_incl=Decimal("121.00"),
        history=((state, office.clock.now()),),
    )
    office.stack.stores.outbox.begin(item)
    return item


def answer_of(office: Office, *words: str) -> object:
    return json.loads(office.run(*words, "--json").stdout)


def a_pull(office: Office, entity: str, *, trouble: str | None = None, resume: str = "") -> None:
    """Let a pull of an entity have been at work and given its lease back."""
    state = office.stack.stores.pulls.acquire(ID, entity, office.clock.now(), LEASE)
    assert state is not None
    cursor = FeedCursor(SyncTimestamp(12), resume=resume or None)
    done = replace(
        state.with_feed(entity, cursor), last_error=trouble, division_checked_on=date(2026, 11, 24)
    )
    office.stack.stores.pulls.release(ID, entity, done)


def test_a_connection_is_shown_with_everything_that_is_kept_of_it(office: Office) -> None:
    office.connect(
        entities={"employees": EntitySetting(enabled=False), "items": EntitySetting(True, 60)}  # noqa: FBT003 - on
    )
    office.log_in("exact")
    office.log_in("milestones")
    a_pull(office, "accounts")
    a_pull(office, "items", resume="https://next")
    a_pull(office, "vat_codes", trouble="exact-no-rights")
    now = office.clock.now()
    parked = ParkedChange(ExactId("a"), {}, is_complete=True, parked_at=now, not_before=now)
    office.stack.stores.retries.park(ID, "accounts", [parked])
    an_invoice(office, "1")

    found = answer_of(office, "status", ID)

    assert isinstance(found, dict)
    states = {one["name"]: one["state"] for one in found["entities"]}
    assert states == {
        "vat_codes": "stopped",
        "payment_conditions": "never",
        "cost_centers": "never",
        "accounts": "caught-up",
        "items": "reading",
        "employees": "off",
        "projects": "never",
    }
    entities = {one["name"]: one for one in found["entities"]}
    assert entities["vat_codes"]["trouble"] == "exact-no-rights"
    assert entities["items"]["interval_minutes"] == 60
    assert entities["projects"]["interval_minutes"] == 240
    assert entities["accounts"]["waiting"] == 1
    assert entities["accounts"]["looked_on"] == "2026-11-24"
    assert found["invoices"] == {"INTENT": 1}
    assert [login["works"] for login in found["logins"]] == [True, True]
    assert found["needs_attention"] is False
    assert "access-1" not in json.dumps(found)


def test_a_run_that_is_at_work_is_shown(office: Office) -> None:
    office.connect()
    office.stack.stores.pulls.acquire(ID, "accounts", office.clock.now(), LEASE)

    found = answer_of(office, "status", ID)

    assert isinstance(found, dict)
    assert [one["name"] for one in found["entities"] if one["is_at_work"]] == ["accounts"]


@pytest.mark.parametrize(("hours", "left"), [(3, 4000), (-1, 5000)], ids=["today", "yesterday"])
def test_the_calls_of_yesterday_are_not_told_as_those_of_today(
    office: Office, hours: int, left: int
) -> None:
    connection = office.connect()
    reset = office.clock.now() + timedelta(hours=hours)
    budget = CallBudget(day_limit=5000, day_remaining=4000, day_resets_at=reset)
    stores = office.stack.stores
    stores.budgets.save_limits(connection.exact_host, connection.division, budget)

    found = answer_of(office, "status", ID)

    assert isinstance(found, dict)
    assert (found["calls_left"], found["calls_a_day"]) == (left, 5000)


def test_a_login_that_is_needed_asks_for_attention(office: Office) -> None:
    office.connect()
    office.log_in("exact")

    result = office.run("status")

    assert result.exit_code == Exit.ATTENTION
    assert "a login is needed" in result.output


def test_only_an_error_asks_for_attention_a_warning_does_not(office: Office) -> None:
    office.connect()
    office.log_in("exact")
    office.log_in("milestones")
    problems = office.stack.stores.problems
    problems.open(Problem(ID, "accounts/connection", "exact-unavailable", {}))
    assert office.run("status", ID).exit_code == Exit.OK

    problems.open(Problem(ID, "items/connection", "exact-no-rights", {}))

    assert office.run("status", ID).exit_code == Exit.ATTENTION


def problem_of(office: Office) -> dict[str, Any]:
    """Return the only problem, as a program reads it."""
    (problem,) = json.loads(office.run("problems", ID, "--json").stdout)
    assert isinstance(problem, dict)
    return problem


def test_a_warning_that_stays_open_for_long_is_an_error_and_asks_for_attention(
    office: Office,
) -> None:
    office.connect()
    office.log_in("exact")
    office.log_in("milestones")
    office.stack.stores.problems.open(Problem(ID, "invoice/1", "entry-uncertain", {}))
    office.clock.advance(timedelta(minutes=59).total_seconds())
    assert office.run("status", ID).exit_code == Exit.OK
    young = problem_of(office)

    office.clock.advance(timedelta(minutes=1).total_seconds())

    assert office.run("status", ID).exit_code == Exit.ATTENTION
    old = problem_of(office)
    assert (young["level"], old["level"]) == ("warning", "error")
    assert young["since"] == old["since"]


def test_problems_are_read_in_the_language_that_is_asked_for(office: Office) -> None:
    office.connect()
    values = {"code": "1068", "entity": "accounts"}
    problems = office.stack.stores.problems
    problems.open(Problem(ID, "accounts/a", "duplicate-code", values))
    problems.open(Problem(ID, "accounts/b", "code-of-a-later-release", {}))

    dutch = answer_of(office, "problems", ID)
    english = answer_of(office, "--lang", "en", "problems")

    assert isinstance(dutch, list)
    assert isinstance(english, list)
    assert "meer dan één keer" in dutch[0]["text"]
    assert "more than once" in english[0]["text"]
    assert dutch[1]["code"] == "code-of-a-later-release"
    assert "accounts/a" in office.run("problems").output


def test_problems_fail_a_script_only_when_it_asks_for_that(office: Office) -> None:
    office.connect()
    assert office.run("problems", "--fail").exit_code == Exit.OK
    assert office.run("problems").output == "no problems\n"
    office.stack.stores.problems.open(Problem(ID, "accounts/a", "duplicate-code", {}))

    assert office.run("problems").exit_code == Exit.OK
    assert office.run("problems", "--fail").exit_code == Exit.ATTENTION


def test_invoices_are_listed_by_their_number_and_one_of_them_with_its_history(
    office: Office,
) -> None:
    office.connect()
    an_invoice(office, "20260002", State.REJECTED)
    an_invoice(office, "20260001")

    found = answer_of(office, "invoices", ID)
    one = answer_of(office, "invoices", ID, "20260002")

    assert isinstance(found, list)
    assert isinstance(one, dict)
    assert [each["number"] for each in found] == ["20260001", "20260002"]
    assert one["amount"] == "121.00"
    assert one["history"] == [{"state": "REJECTED", "at": office.clock.now().isoformat()}]
    assert "20260001" in office.run("invoices", ID).output
    assert "REJECTED" in office.run("invoices", ID, "20260002").output


def test_an_invoice_that_is_not_there_is_told(office: Office) -> None:
    office.connect()

    assert office.run("invoices", ID, "7").exit_code == Exit.NOT_FOUND


def test_everything_is_shown_to_a_person_too(office: Office) -> None:
    office.connect()
    a_pull(office, "accounts")

    one, every = office.run("status", ID), office.run("status")

    for word in ("running", "NEVER", "caught-up", "15 min", "problems: none", "unknown"):
        assert word in one.output
    assert "6 never" in every.output


def test_no_end_is_shown_of_a_login_whose_life_nobody_publishes(office: Office) -> None:  # M11
    office.connect()
    office.log_in("exact")
    office.log_in("milestones")

    one = answer_of(office, "status", ID)

    assert isinstance(one, dict)
    assert [login["ends_at"] is not None for login in one["logins"]] == [True, False]


def test_an_outage_of_exact_is_said_with_its_beginning(office: Office) -> None:
    connection = office.connect()
    since = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    office.stack.stores.outages.save(connection.exact_host, Outage(since=since, probe_from=since))

    for words in (("status",), ("status", ID)):
        shown = office.run(*words).stdout
        assert "Exact Online (start.exactonline.nl) has a failure since 2026-11-24 09:05" in shown
    shown_as_json: Any = answer_of(office, "status")
    assert shown_as_json[0]["exact_fails_since"] == since.isoformat()
