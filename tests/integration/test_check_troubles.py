"""The readiness check of a connection that is not ready, or of systems that do not answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from koppeling.auth.oauth import MILESTONES
from koppeling.auth.token_keys import NO_TENANT
from koppeling.check.findings import Level
from koppeling.check.texts import render
from tests.environment import Environment, environment
from tests.integration.checking import agree, check, log_in_at_exact_as, not_ok
from tests.sandbox.common import company
from tests.sandbox.common.faults import Fault
from tests.sandbox.connecting import log_in
from tests.sandbox.exact_online.users import GROUP_USER, LIMITED_USER, OUTSIDER
from tests.sandbox.qics_milestones.users import BLIND_USER


@pytest.fixture
def home() -> Iterator[Environment]:
    with environment(accounts=10) as built:
        yield built


def test_without_consent_nothing_is_asked_of_either_system(home: Environment) -> None:
    home.change(exact_user="nieuw@veldhuis.example", milestones_user="nieuw@veldhuis.example")

    found = not_ok(home)

    assert list(found) == [
        "exact-login exact-reconnect-needed",
        "milestones-login milestones-reconnect-needed",
        "check check-skipped",
    ]
    words = [render(finding) for finding in found.values()]
    assert words[0].title == "Er moet worden ingelogd bij Exact Online."
    assert words[1].title == "Er moet worden ingelogd bij QicsMilestones."
    assert "nieuw@veldhuis.example" in words[0].text
    assert home.calls() == 0
    assert home.milestones.journal.calls() == []


def test_a_user_without_the_administration_is_reported_after_two_calls(home: Environment) -> None:
    log_in_at_exact_as(home, OUTSIDER)

    found = not_ok(home)

    assert found["administration exact-division-not-accessible"].level is Level.BLOCKING
    asked = [call.endpoint for call in home.exact.journal.calls()]
    assert asked == ["system/Divisions", "hrm/Divisions"]


def test_an_archived_administration_blocks(home: Environment) -> None:
    log_in_at_exact_as(home, GROUP_USER)
    home.change(division=company.ARCHIVED.division)

    (finding, *_) = not_ok(home).values()

    assert (finding.level, finding.code) == (Level.BLOCKING, "exact-division-blocked")
    assert finding.values["state"] == "gearchiveerd"


def test_an_administration_with_another_name_is_reported(home: Environment) -> None:
    home.exact.set_division(Description="Veldhuis Beheer B.V.")

    finding = not_ok(home)["administration check-administration-name"]

    assert finding.values["name"] == "Veldhuis Beheer B.V."


def test_rights_that_a_user_lacks_are_named_without_a_counted_error(home: Environment) -> None:
    log_in_at_exact_as(home, LIMITED_USER)

    found = [f for f in check(home).findings if f.code == "exact-no-rights"]

    assert [f.values["entity"] for f in found] == ["sales_entries", "documents"]
    assert found[1].values["right"] == "Documenten aanmaken en bijwerken"
    assert {call.status for call in home.exact.journal.calls()} == {200}


def test_an_exact_that_shows_no_rights_is_asked_once(home: Environment) -> None:
    home.exact.switches.turn(user_has_rights=False)

    finding = not_ok(home)["rights check-rights-not-asked"]

    assert finding.level is Level.WARNING
    assert home.calls("users/") == 1


def test_a_right_of_the_app_that_was_not_granted_is_found_when_its_list_is_read(
    home: Environment,
) -> None:
    home.exact.switches.turn(user_has_rights=False, missing_rights=("Financial cashflow",))

    finding = not_ok(home)["payment-conditions exact-no-rights"]

    assert finding.level is Level.BLOCKING
    assert finding.values["right"] == "Financiële stamgegevens bekijken"


def test_a_role_that_sees_nothing_is_reported_and_nothing_else_is_asked(home: Environment) -> None:
    code = home.milestones.authorise(BLIND_USER)
    app = home.milestones.app_credentials
    log_in(
        home.wiring.stores.tokens,
        MILESTONES,
        host=NO_TENANT,
        base_url=home.settings.milestones_base_url,
        app=dict(zip(("client_id", "client_secret", "redirect_uri"), app, strict=True)),
        code=code,
        now=home.clock.now(),
    )
    home.milestones.journal.clear()

    finding = not_ok(home)["milestones-login milestones-no-rights"]

    assert finding.level is Level.BLOCKING
    assert {call.endpoint for call in home.milestones.journal.calls()} == {"Company"}


def closed(home: Environment) -> None:
    home.exact.set_up.change("journals", "70", {"IsBlocked": True})


def bank(home: Environment) -> None:
    home.change(sales_journal="20")


def gone(home: Environment) -> None:
    home.change(sales_journal="99")


def other_account(home: Environment) -> None:
    home.change(debtor_gl_account="1310")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (closed, "journal-not-sales"),
        (bank, "journal-not-sales"),
        (gone, "journal-unknown"),
        (other_account, "debtor-account-mismatch"),
    ],
)
def test_a_journal_that_cannot_take_invoices_blocks(
    home: Environment, spoil: Callable[[Environment], Any], code: str
) -> None:
    spoil(home)

    assert not_ok(home)[f"sales-journal {code}"].level is Level.BLOCKING


def test_a_journal_for_credit_notes_is_read_in_the_same_call(home: Environment) -> None:
    home.change(credit_journal="71")

    items = [f.item for f in check(home).findings if f.level is Level.OK]

    assert items[4:6] == ["sales-journal", "credit-journal"]
    assert home.calls("financial/Journals") == 1


def test_a_missing_financial_year_is_reported(home: Environment) -> None:
    home.exact.set_up.remove_year(2026)

    assert not_ok(home)["period fiscal-year-unknown"].values == {"year": "2026"}


def test_the_reserve_of_the_day_is_left_for_invoices(home: Environment) -> None:
    home.exact.switches.turn(daily_limit=20)

    finding = not_ok(home)["rights check-not-finished"]

    assert finding.level is Level.WARNING
    assert home.calls() == 12


def test_the_limit_of_the_minute_ends_the_check_and_not_the_function(home: Environment) -> None:
    home.exact.switches.turn(minute_limit=22)

    report = check(home)

    assert "check-not-finished" in {finding.code for finding in report.findings}
    assert {call.status for call in home.exact.journal.calls()} == {200}
    assert report.findings[-1].code == "check-skipped"


@pytest.mark.parametrize("kind", ["503", "no-answer", "maintenance", "half-json"])
def test_an_outage_of_one_list_is_one_finding(home: Environment, kind: str) -> None:
    agree(home)
    home.exact.faults.arm(Fault(kind, endpoint="vat/VATCodes"))

    found = not_ok(home)

    assert list(found) == ["vat-codes check-no-answer"]


def test_exact_is_checked_while_milestones_is_down(home: Environment) -> None:
    home.milestones.faults.arm(Fault("503", times=99))

    report = check(home)

    items = {finding.item for finding in report.findings if finding.level is Level.OK}
    assert {"rights", "sales-journal", "period"} <= items
    assert report.findings[-1].values["items"].endswith("cost-centers")
