"""The readiness check as a whole: its order, and what it does when a side does not answer."""

from datetime import UTC, datetime

import pytest

from koppeling.check.findings import Level
from koppeling.check.texts import render
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Reject, Retry
from tests.unit.check.fakes import Bench

TOMORROW = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
ITEMS = [
    *("exact-login", "administration", "milestones-login", "rights", "sales-journal", "period"),
    *("customers", "vat-codes", "payment-conditions", "cost-centers"),
]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_connection_on_which_all_is_well_has_a_fine_finding_for_each_item(bench: Bench) -> None:
    report = bench.run()

    assert [finding.item for finding in report.findings] == ITEMS
    assert report.level is Level.OK
    assert report.checked_at == "2026-11-24T06:03:00+00:00"
    assert report.calls == len(bench.exact.asked)
    assert bench.closed == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_finding_can_be_read(bench: Bench, language: str) -> None:
    for finding in bench.run().findings:
        told = render(finding, language)
        assert "…" not in f"{told.item} {told.title} {told.text}"
        assert told.title.endswith(".")


def test_a_paused_connection_is_checked_as_well(bench: Bench) -> None:
    bench.change(paused=True)

    assert bench.run().level is Level.OK


def test_a_connection_that_does_not_exist_is_a_finding(bench: Bench) -> None:
    report = bench.run("acme")

    assert [(f.level, f.code) for f in report.findings] == [
        (Level.BLOCKING, "check-connection-unknown")
    ]
    assert (report.calls, bench.closed) == (0, 0)


def test_without_a_chain_at_exact_that_side_is_left_alone(bench: Bench) -> None:
    bench.exact.troubles["administration"] = Reauthorise("exact-reconnect-needed")

    report = bench.run()

    assert bench.exact.asked == ["administration"]
    assert bench.milestones.asked == ["companies"]
    first, second, last = report.findings
    assert (first.item, first.level, first.code) == (
        *("exact-login", Level.BLOCKING),
        "exact-reconnect-needed",
    )
    assert first.values["exact_user"] == bench.connection.exact_user
    assert second.level is Level.OK
    assert last.values["items"] == ",".join(ITEMS[3:])


def test_without_a_chain_at_milestones_exact_is_still_looked_at(bench: Bench) -> None:
    bench.milestones.troubles["companies"] = Reauthorise("milestones-reconnect-needed")

    report = bench.run()

    told = {finding.item: finding for finding in report.findings}
    assert told["milestones-login"].code == "milestones-reconnect-needed"
    assert told["period"].level is Level.OK
    assert told["check"].values["items"] == "customers,vat-codes,payment-conditions,cost-centers"


@pytest.mark.parametrize("code", ["exact-day-limit", "exact-minute-limit"])
def test_a_limit_of_exact_ends_that_side_and_is_no_crash(bench: Bench, code: str) -> None:
    bench.exact.troubles["accounts"] = Defer(code, TOMORROW)

    told = {finding.item: finding for finding in bench.run().findings}

    assert told["customers"].code == "check-not-finished"
    assert told["customers"].values == {"system": "exact", "until": TOMORROW.isoformat()}
    assert told["check"].values["items"] == "vat-codes,payment-conditions,cost-centers"
    assert bench.closed == 1


def test_an_endpoint_that_rests_is_one_item_that_waits(bench: Bench) -> None:
    bench.exact.troubles["journals"] = Defer("exact-error-budget", TOMORROW)

    assert bench.codes() == {"sales-journal": "check-not-finished"}


def test_somebody_who_is_refreshing_the_token_is_waited_for_another_time(bench: Bench) -> None:
    bench.exact.troubles["administration"] = Defer("token-busy", TOMORROW)

    assert bench.codes()["exact-login"] == "check-not-finished"


def test_one_outage_is_one_item_and_the_rest_goes_on(bench: Bench) -> None:
    bench.exact.troubles["period"] = Retry("exact-unavailable")

    (finding,) = [each for each in bench.run().findings if each.code]

    assert (finding.item, finding.code, finding.level) == (
        *("period", "check-no-answer"),
        Level.WARNING,
    )
    assert finding.values == {"system": "exact"}


def test_after_a_second_outage_that_side_is_left_alone(bench: Bench) -> None:
    bench.exact.troubles["administration"] = Retry("exact-unavailable")
    bench.exact.troubles["has_right"] = Retry("exact-unavailable")

    assert bench.codes()["check"] == "check-skipped"
    assert bench.exact.asked == ["administration", "has_right"]


def test_an_outage_of_milestones_is_not_one_of_exact(bench: Bench) -> None:
    for question in ("companies", "customers"):
        bench.milestones.troubles[question] = Retry("milestones-unavailable")

    report = bench.run()

    told = {finding.item: finding for finding in report.findings}
    assert told["customers"].values == {"system": "milestones"}
    assert told["check"].values["items"] == "vat-codes,payment-conditions,cost-centers"


@pytest.mark.parametrize(
    "trouble",
    [Reject("milestones-rejected", message="x"), Fatal("no-code-of-ours")],
    ids=["reject", "unknown"],
)
def test_whatever_else_goes_wrong_is_an_item_without_an_answer(
    bench: Bench, trouble: Consequence
) -> None:
    bench.milestones.troubles["vat_codes"] = trouble

    assert bench.codes() == {"vat-codes": "check-no-answer"}


def test_a_mistake_of_ours_is_told_as_one(bench: Bench) -> None:
    bench.exact.troubles["payment_conditions"] = Fatal("exact-request-refused")

    assert bench.codes() == {"payment-conditions": "exact-request-refused"}


def test_the_budget_is_shared_also_when_the_check_breaks_off(bench: Bench) -> None:
    bench.milestones.people = [None]  # type: ignore[list-item]

    with pytest.raises(AttributeError):
        bench.run()

    assert bench.closed == 1


def test_a_first_question_that_is_refused_ends_that_side(bench: Bench) -> None:
    bench.milestones.troubles["companies"] = Fatal("milestones-no-rights", entity="Company")

    told = {finding.item: finding for finding in bench.run().findings}

    assert told["milestones-login"].level is Level.BLOCKING
    assert "bedrijven niets te zien" in render(told["milestones-login"]).text
    assert bench.milestones.asked == ["companies"]
