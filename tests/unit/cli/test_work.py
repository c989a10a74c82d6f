"""Commands that let functions work: what they ask, and what a person reads of the answers."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from koppeling.check.findings import Finding, Level, Report
from koppeling.cli.exits import Exit
from koppeling.core.csv_table import Table
from koppeling.core.ids import ConnectionId
from koppeling.pull.entities.registry import ENTITIES
from tests.unit.cli.conftest import CONNECT_URL, Office

ID = "veldhuis-advies-01"
IN_ORDER = [
    "PullVatCodesFunction",
    "PullPaymentConditionsFunction",
    "PullCostCentersFunction",
    "PullAccountsFunction",
    "PullItemsFunction",
    "PullEmployeesFunction",
    "PullProjectsFunction",
]


def a_summary(outcome: str = "done", **counts: int) -> dict[str, Any]:
    return {"story": "pull", "outcome": outcome, "detail": "", "counts": counts}


def answering(office: Office, *answers: Any) -> None:  # noqa: ANN401 - what functions return
    office.connect()
    office.functions.answers = {name: list(answers) for name in IN_ORDER}


def test_a_pull_goes_through_all_entities_in_the_order_of_a_first_load(office: Office) -> None:
    answering(office, a_summary(created=3))

    result = office.run("pull", ID, "--json")

    assert result.exit_code == Exit.OK
    assert [name for name, _ in office.functions.asked] == IN_ORDER
    assert all(event == {"connection": ID} for _, event in office.functions.asked)
    assert [one["entity"] for one in json.loads(result.stdout)] == list(ENTITIES)


def test_some_entities_are_pulled_in_the_same_order_however_they_are_typed(office: Office) -> None:
    answering(office, a_summary())

    office.run("pull", ID, "projects", "cost-centers", "--full")

    assert office.functions.asked == [
        ("PullCostCentersFunction", {"connection": ID, "full": True}),
        ("PullProjectsFunction", {"connection": ID, "full": True}),
    ]


def test_an_entity_that_is_none_is_told_with_those_there_are(office: Office) -> None:
    answering(office, a_summary())

    result = office.run("pull", ID, "customers")

    assert result.exit_code == Exit.USAGE
    assert "accounts" in result.output
    assert office.functions.asked == []


def test_a_preview_shows_the_old_beside_the_new(office: Office) -> None:
    change = {
        "result": "changed",
        "code": "1068",
        "fields": {"CustomerName": ["Oud", "Nieuw [red]"]},
        "problem": "",
    }
    answering(office, {"summary": a_summary(changed=1), "changes": [change]})

    result = office.run("pull", ID, "accounts", "--dry-run", "--wait")

    assert office.functions.asked == [("PullAccountsFunction", {"connection": ID, "dry_run": True})]
    for word in ("1068", "CustomerName", "Oud", "Nieuw [red]"):
        assert word in result.output


def test_a_preview_that_had_no_room_for_all_says_so(office: Office) -> None:
    change = {"result": "created", "code": "1068", "fields": {"Name": [None, "A"]}, "problem": ""}
    answering(office, {"summary": a_summary(), "changes": [change], "left_out": 498})

    result = office.run("pull", ID, "accounts", "--dry-run")

    assert "accounts: 498 more are not shown here" in result.output


@pytest.mark.parametrize("outcome", ["paused", "switched-off"])
def test_a_pull_of_what_is_off_says_so_and_is_no_failure(office: Office, outcome: str) -> None:
    answering(office, a_summary(outcome))

    result = office.run("pull", ID, "accounts")

    assert outcome in result.output
    assert result.exit_code == Exit.OK


def test_a_pull_that_stopped_ends_with_attention(office: Office) -> None:
    answering(office, a_summary("exact-reconnect-needed"))

    assert office.run("pull", ID, "accounts").exit_code == Exit.ATTENTION


def test_waiting_goes_on_until_everything_is_read_and_asks_for_all_of_it_once(
    office: Office,
) -> None:
    answering(office, a_summary("pull-continues"), a_summary("busy"), a_summary("done"))
    before = office.clock.now()

    result = office.run("pull", ID, "accounts", "--full", "--wait")

    assert result.exit_code == Exit.OK
    assert [event for _, event in office.functions.asked] == [
        {"connection": ID, "full": True},
        {"connection": ID},
        {"connection": ID},
    ]
    assert office.clock.now() - before >= timedelta(seconds=10)


def test_waiting_outlasts_the_limit_of_a_minute_since_the_queue_goes_on_after_it(
    office: Office,
) -> None:
    answering(office, a_summary("exact-minute-limit"), a_summary("done"))

    result = office.run("pull", ID, "accounts", "--wait")

    assert result.exit_code == Exit.OK
    assert "done" in result.output


@pytest.mark.parametrize("outcome", ["exact-minute-limit", "pull-continues"])
def test_a_preview_that_broke_off_wants_attention_since_nothing_goes_on_with_it(
    office: Office, outcome: str
) -> None:
    answering(office, {"summary": a_summary(outcome), "changes": [], "left_out": 0})

    assert office.run("pull", ID, "accounts", "--dry-run").exit_code == Exit.ATTENTION


def test_waiting_has_an_end(office: Office) -> None:
    answering(office, a_summary("busy"))

    result = office.run("pull", ID, "accounts", "--wait")

    assert result.exit_code == Exit.OK  # it goes on by itself
    assert len(office.functions.asked) == 1 + 3600 // 5


def test_a_tick_is_the_schedules_own_with_this_moment(office: Office) -> None:
    office.functions.answers = {"PullVatCodesFunction": [a_summary("queued", queued=2)]}

    result = office.run("tick", "vat_codes")

    assert result.output == "vat_codes: 2 connections queued\n"
    assert office.functions.asked == [
        (
            "PullVatCodesFunction",
            {"tick": "PullVatCodesSchedule", "scheduled_at": "2026-11-24T06:03:00Z"},
        )
    ]


def a_report(*findings: Finding) -> dict[str, Any]:
    report = Report(ConnectionId(ID), "2026-11-24T07:03:00+01:00", 14, findings)
    answer: dict[str, Any] = json.loads(json.dumps(asdict(report)))
    return answer


UNKNOWN_JOURNAL = Finding(Level.BLOCKING, "sales-journal", "journal-unknown", {"journal": "70"})
MISSING = Finding(
    Level.WARNING,
    "customers",
    "customer-only-in-milestones",
    {"count": "1"},
    Table(("number", "name"), (("1068", "=Bakkerij"),)),
)


def test_a_check_is_asked_of_the_watch_and_read_in_dutch_or_english(office: Office) -> None:
    office.connect()
    office.functions.answers = {"WatchFunction": [a_report(UNKNOWN_JOURNAL)]}

    dutch = office.run("check", ID)
    english = office.run("--lang", "en", "check", ID)

    assert office.functions.asked[0] == ("WatchFunction", {"check": ID})
    assert dutch.exit_code == english.exit_code == Exit.ATTENTION
    assert "70" in dutch.output
    assert dutch.output != english.output
    assert "14 calls" in dutch.output


def test_a_finding_of_a_later_release_is_shown_by_its_names(office: Office) -> None:  # R40
    office.connect()
    later = Finding(Level.WARNING, "moons", "moon-missing", {"moon": "Io"})
    office.functions.answers = {"WatchFunction": [a_report(later)]}

    result = office.run("check", ID)

    assert result.exit_code == Exit.OK
    assert "moons: moon-missing" in result.output


def test_a_check_without_a_blocking_finding_is_fine(office: Office) -> None:
    office.connect()
    office.functions.answers = {"WatchFunction": [a_report(MISSING)]}

    result = office.run("check", ID, "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == Exit.OK
    assert answer["level"] == "warning"
    assert answer["findings"][0]["table"]["rows"] == [["1068", "=Bakkerij"]]
    assert answer["findings"][0]["title"]


def test_tables_are_saved_for_the_customer_and_hold_no_formula(
    office: Office, tmp_path: Path
) -> None:  # S11
    office.connect()
    office.functions.answers = {"WatchFunction": [a_report(MISSING, UNKNOWN_JOURNAL)]}

    office.run("check", ID, "--csv", str(tmp_path / "new"))

    (file,) = (tmp_path / "new").iterdir()
    assert file.name == f"{ID}-customers-customer-only-in-milestones.csv"
    assert b"1068;'=Bakkerij\r\n" in file.read_bytes()


def test_an_answer_that_is_no_report_is_told(office: Office) -> None:
    office.connect()
    office.functions.answers = {"WatchFunction": [{"story": "watch"}]}

    result = office.run("check", ID)

    assert result.exit_code == Exit.ATTENTION
    assert "no report" in result.output


def test_the_login_link_is_for_what_does_not_work_yet(office: Office) -> None:
    office.connect()
    office.log_in("exact")

    answer = json.loads(office.run("connections", "link", "--json", ID).stdout)

    assert answer["providers"] == ["milestones"]
    assert answer["link"].startswith(f"{CONNECT_URL}/connect/{ID}?ticket=")


@pytest.mark.parametrize(
    ("words", "providers"),
    [((), ["exact", "milestones"]), (("--provider", "exact"), ["exact"])],
)
def test_a_login_anew_is_for_both_or_for_the_one_that_is_named(
    office: Office, words: tuple[str, ...], providers: list[str]
) -> None:
    office.connect()
    office.log_in("exact")
    office.log_in("milestones")

    answer = json.loads(office.run("connections", "link", "--json", ID, *words).stdout)

    assert answer["providers"] == providers


def test_a_chain_that_was_not_used_for_a_month_needs_a_login(office: Office) -> None:  # X17
    office.connect()
    office.log_in("exact")
    office.clock.advance(timedelta(days=20).total_seconds())
    office.log_in("milestones")
    office.clock.advance(timedelta(days=11).total_seconds())

    answer = json.loads(office.run("connections", "link", "--json", ID).stdout)

    assert answer["providers"] == ["exact"]
