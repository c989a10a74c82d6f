"""The readiness check as a whole: its order, and what it does when a system does not answer."""

from datetime import UTC, datetime

import pytest

from koppeling.check.findings import Level
from koppeling.check.texts import render
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Reject, Retry
from tests.unit.check.fakes import CheckFixture

TOMORROW = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
ITEMS = [
    *("exact-login", "administration", "milestones-login", "rights", "sales-journal", "period"),
    *("customers", "vat-codes", "payment-conditions", "cost-centers"),
]


@pytest.fixture
def fixture() -> CheckFixture:
    return CheckFixture()


def test_a_connection_on_which_all_is_well_has_a_fine_finding_for_each_item(
    fixture: CheckFixture,
) -> None:
    report = fixture.run()

    assert [finding.item for finding in report.findings] == ITEMS
    assert report.level is Level.OK
    assert report.checked_at == "2026-11-24T06:03:00+00:00"
    assert report.calls == len(fixture.exact.asked)
    assert fixture.closed == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_finding_can_be_read(fixture: CheckFixture, language: str) -> None:
    for finding in fixture.run().findings:
        rendered = render(finding, language)
        assert "…" not in f"{rendered.item} {rendered.title} {rendered.text}"
        assert rendered.title.endswith(".")


def test_a_paused_connection_is_checked_as_well(fixture: CheckFixture) -> None:
    fixture.change(paused=True)

    assert fixture.run().level is Level.OK


def test_a_connection_that_does_not_exist_is_a_finding(fixture: CheckFixture) -> None:
    report = fixture.run("acme")

    assert [(f.level, f.code) for f in report.findings] == [
        (Level.BLOCKING, "check-connection-unknown")
    ]
    assert (report.calls, fixture.closed) == (0, 0)


def test_without_a_chain_at_exact_that_system_is_not_asked_again(fixture: CheckFixture) -> None:
    fixture.exact.troubles["administration"] = Reauthorise("exact-reconnect-needed")

    report = fixture.run()

    assert fixture.exact.asked == ["administration"]
    assert fixture.milestones.asked == ["companies"]
    first, second, last = report.findings
    assert (first.item, first.level, first.code) == (
        *("exact-login", Level.BLOCKING),
        "exact-reconnect-needed",
    )
    assert first.values["exact_user"] == fixture.connection.exact_user
    assert second.level is Level.OK
    assert last.values["items"] == ",".join(ITEMS[3:])


def test_without_a_chain_at_milestones_exact_is_still_checked(fixture: CheckFixture) -> None:
    fixture.milestones.troubles["companies"] = Reauthorise("milestones-reconnect-needed")

    report = fixture.run()

    found = {finding.item: finding for finding in report.findings}
    assert found["milestones-login"].code == "milestones-reconnect-needed"
    assert found["period"].level is Level.OK
    assert found["check"].values["items"] == "customers,vat-codes,payment-conditions,cost-centers"


@pytest.mark.parametrize("code", ["exact-day-limit", "exact-minute-limit"])
def test_a_limit_of_exact_ends_the_questions_to_exact_and_is_no_crash(
    fixture: CheckFixture, code: str
) -> None:
    fixture.exact.troubles["accounts"] = Defer(code, TOMORROW)

    found = {finding.item: finding for finding in fixture.run().findings}

    assert found["customers"].code == "check-not-finished"
    assert found["customers"].values == {"system": "exact", "until": TOMORROW.isoformat()}
    assert found["check"].values["items"] == "vat-codes,payment-conditions,cost-centers"
    assert fixture.closed == 1


def test_an_endpoint_that_rests_is_one_item_that_waits(fixture: CheckFixture) -> None:
    fixture.exact.troubles["journals"] = Defer("exact-error-budget", TOMORROW)

    assert fixture.codes() == {"sales-journal": "check-not-finished"}


def test_a_token_that_is_being_refreshed_makes_the_check_unfinished(fixture: CheckFixture) -> None:
    fixture.exact.troubles["administration"] = Defer("token-busy", TOMORROW)

    assert fixture.codes()["exact-login"] == "check-not-finished"


def test_one_outage_is_one_item_and_the_rest_goes_on(fixture: CheckFixture) -> None:
    fixture.exact.troubles["period"] = Retry("exact-unavailable")

    (finding,) = [each for each in fixture.run().findings if each.code]

    assert (finding.item, finding.code, finding.level) == (
        *("period", "check-no-answer"),
        Level.WARNING,
    )
    assert finding.values == {"system": "exact"}


def test_after_a_second_outage_that_system_is_not_asked_again(fixture: CheckFixture) -> None:
    fixture.exact.troubles["administration"] = Retry("exact-unavailable")
    fixture.exact.troubles["has_right"] = Retry("exact-unavailable")

    assert fixture.codes()["check"] == "check-skipped"
    assert fixture.exact.asked == ["administration", "has_right"]


def test_an_outage_of_milestones_is_not_one_of_exact(fixture: CheckFixture) -> None:
    for question in ("companies", "customers"):
        fixture.milestones.troubles[question] = Retry("milestones-unavailable")

    report = fixture.run()

    found = {finding.item: finding for finding in report.findings}
    assert found["customers"].values == {"system": "milestones"}
    assert found["check"].values["items"] == "vat-codes,payment-conditions,cost-centers"


@pytest.mark.parametrize(
    "trouble",
    [Reject("milestones-rejected", message="x"), Fatal("no-code-of-ours")],
    ids=["reject", "unknown"],
)
def test_whatever_else_goes_wrong_is_an_item_without_an_answer(
    fixture: CheckFixture, trouble: Consequence
) -> None:
    fixture.milestones.troubles["vat_codes"] = trouble

    assert fixture.codes() == {"vat-codes": "check-no-answer"}


def test_a_mistake_of_ours_is_reported_as_one(fixture: CheckFixture) -> None:
    fixture.exact.troubles["payment_conditions"] = Fatal("exact-request-refused")

    assert fixture.codes() == {"payment-conditions": "exact-request-refused"}


def test_the_budget_is_shared_also_when_the_check_breaks_off(fixture: CheckFixture) -> None:
    fixture.milestones.people = [None]  # type: ignore[list-item]

    with pytest.raises(AttributeError):
        fixture.run()

    assert fixture.closed == 1


def test_a_first_question_that_is_refused_ends_the_questions_to_that_system(
    fixture: CheckFixture,
) -> None:
    fixture.milestones.troubles["companies"] = Fatal("milestones-no-rights", entity="Company")

    found = {finding.item: finding for finding in fixture.run().findings}

    assert found["milestones-login"].level is Level.BLOCKING
    assert "zien we bedrijven niet" in render(found["milestones-login"]).text
    assert fixture.milestones.asked == ["companies"]
