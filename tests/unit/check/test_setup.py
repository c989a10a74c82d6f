"""The first half of a check: logins, administration, rights, journals, period."""

from typing import Any

import pytest

from koppeling.check.findings import Level
from koppeling.check.inspection import Journal
from koppeling.core.administration import Administration, Company
from koppeling.core.connection import EntitySetting
from koppeling.core.errors import Fatal
from koppeling.core.ids import ExactId
from tests.unit.check.fakes import RECEIVABLE, CheckFixture

ENTRIES, DOCUMENTS = "salesentry/SalesEntries", "documents/Documents"


@pytest.fixture
def fixture() -> CheckFixture:
    return CheckFixture()


def journal(code: str = "70", kind: int = 20, **changes: Any) -> Journal:  # noqa: ANN401 - vary
    usual: dict[str, Any] = {"blocked": False, "gl_account": RECEIVABLE, "gl_account_code": "1300"}
    return Journal(code, kind, **usual | changes)


def test_an_administration_that_this_user_does_not_see_ends_the_questions_to_exact(
    fixture: CheckFixture,
) -> None:
    fixture.exact.company = None

    login, administration, *_ = fixture.run().findings

    assert (login.item, login.level) == ("exact-login", Level.OK)
    assert (administration.level, administration.code) == (
        Level.BLOCKING,
        "exact-division-not-accessible",
    )
    assert administration.values["division"] == str(fixture.connection.division)
    assert fixture.exact.asked == ["administration"]


@pytest.mark.parametrize(
    ("status", "blocking", "state"),
    [(2, 0, "gearchiveerd"), (0, 0, "inactief"), (1, 1, "geblokkeerd (back-up of conversie)")],
)
def test_a_closed_administration_ends_the_questions_to_exact(
    fixture: CheckFixture, status: int, blocking: int, state: str
) -> None:
    fixture.exact.company = Administration(987654, "Veldhuis Oud", status, blocking)

    (finding,) = fixture.found("administration")

    assert (finding.level, finding.code) == (Level.BLOCKING, "exact-division-blocked")
    assert finding.values == {"division": "Veldhuis Oud", "state": state}
    assert fixture.exact.asked == ["administration"]


def test_another_name_than_was_agreed_blocks_and_the_rest_is_checked(fixture: CheckFixture) -> None:
    fixture.change(administration_name="Veldhuis Holding B.V.")

    (finding,) = fixture.found("administration")

    assert (finding.level, finding.code) == (Level.BLOCKING, "check-administration-name")
    assert finding.values["configured"] == "Veldhuis Holding B.V."
    assert "period" in fixture.exact.asked


def test_case_and_spaces_make_no_other_name(fixture: CheckFixture) -> None:
    fixture.change(administration_name=" veldhuis Advies b.v.  ")

    assert fixture.found("administration")[0].level is Level.OK


def test_a_tenant_that_shows_no_company_shows_nothing_to_this_role(fixture: CheckFixture) -> None:
    fixture.milestones.firms = []

    (finding,) = fixture.found("milestones-login")

    assert (finding.level, finding.code) == (Level.BLOCKING, "milestones-no-rights")
    assert fixture.milestones.asked == ["companies"]


def test_a_company_with_another_id_is_reported_with_those_that_exist(fixture: CheckFixture) -> None:
    fixture.milestones.firms = [Company("7", "Veldhuis Holding B.V.")]

    (finding,) = fixture.found("company")

    assert (finding.level, finding.code) == (Level.BLOCKING, "check-company-unknown")
    assert finding.table is not None
    assert finding.table.rows == (("7", "Veldhuis Holding B.V."),)
    assert fixture.milestones.asked == ["companies"]


def test_a_right_that_is_missing_is_named_once_for_a_part_and_the_part_is_left_alone(
    fixture: CheckFixture,
) -> None:
    fixture.exact.rights = dict.fromkeys([("crm/Accounts", "GET"), ("crm/Contacts", "GET")], False)

    (finding,) = fixture.found("rights")

    assert (finding.level, finding.code) == (Level.BLOCKING, "exact-no-rights")
    assert finding.values["entity"] == "accounts"
    assert finding.values["right"] == "Relaties bekijken"
    assert "accounts" not in fixture.exact.asked
    assert fixture.found("check")[0].values["items"] == "customers"


def test_the_rights_to_write_are_asked_for_entries_and_for_pdfs(fixture: CheckFixture) -> None:
    fixture.exact.rights = dict.fromkeys([(ENTRIES, "POST"), (DOCUMENTS, "POST")], False)

    assert [each.values["entity"] for each in fixture.found("rights")] == [
        "sales_entries",
        "documents",
    ]


def test_no_right_is_asked_for_what_the_connection_does_not_do(fixture: CheckFixture) -> None:
    asked = fixture.run().calls
    off = EntitySetting(enabled=False)
    fixture.exact.asked.clear()
    fixture.exact.rights = dict.fromkeys([(DOCUMENTS, "POST"), ("payroll/Employees", "GET")], False)
    fixture.change(with_pdfs=False, entities={"employees": off, "items": off})

    (finding,) = fixture.found("rights")

    assert finding.level is Level.OK
    assert asked - len(fixture.exact.asked) == 5


@pytest.mark.parametrize(
    "code", ["exact-no-rights", "exact-division-not-accessible", "exact-request-refused"]
)
def test_rights_that_cannot_be_asked_are_never_called_fine_nor_asked_again(
    fixture: CheckFixture, code: str
) -> None:
    fixture.exact.troubles["has_right"] = Fatal(code)

    (finding,) = fixture.found("rights")

    assert (finding.level, finding.code) == (Level.WARNING, "check-rights-not-asked")
    assert fixture.exact.asked.count("has_right") == 1


def test_an_answer_about_rights_that_says_neither_is_no_yes(fixture: CheckFixture) -> None:
    fixture.exact.rights = {(ENTRIES, "POST"): None}

    (finding,) = fixture.found("rights")

    assert (finding.level, finding.code) == (Level.WARNING, "check-rights-not-asked")


def test_an_entity_that_may_not_be_read_is_reported_with_its_right(fixture: CheckFixture) -> None:
    fixture.exact.troubles["journals"] = Fatal("exact-no-rights", entity="financial/Journals")

    (finding,) = fixture.found("sales-journal")

    assert (finding.level, finding.code) == (Level.BLOCKING, "exact-no-rights")
    assert finding.values["entity"] == "journals"
    assert finding.values["right"] == "Financiële stamgegevens bekijken"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ({}, "journal-unknown"),
        ({"70": journal(kind=12)}, "journal-not-sales"),
        ({"70": journal(kind=21)}, "journal-not-sales"),
        ({"70": journal(blocked=True)}, "journal-not-sales"),
        ({"70": journal(gl_account_code="1310")}, "debtor-account-mismatch"),
        ({"70": journal(gl_account_code=None)}, "debtor-account-mismatch"),
    ],
)
def test_a_journal_that_cannot_take_invoices_blocks(
    fixture: CheckFixture, found: dict[str, Journal], code: str
) -> None:
    fixture.exact.books = found

    (finding,) = fixture.found("sales-journal")

    assert (finding.level, finding.code) == (Level.BLOCKING, code)
    assert finding.values["journal"] == "70"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (journal("71", 21), None),
        (journal("71", 20), None),
        (journal("71", 90), "journal-not-sales"),
        (None, "journal-unknown"),
    ],
)
def test_a_journal_for_credit_notes_is_checked_when_there_is_one(
    fixture: CheckFixture, found: Journal | None, code: str | None
) -> None:
    fixture.change(credit_journal="71")
    if found:
        fixture.exact.books["71"] = found

    (finding,) = fixture.found("credit-journal")

    assert finding.code == code
    assert fixture.exact.asked.count("journals") == 1


def test_the_account_of_the_journal_is_what_relations_are_held_against(
    fixture: CheckFixture,
) -> None:
    fixture.exact.books = {"70": journal(gl_account=ExactId("1310-id"))}
    fixture.exact.relations = [
        type(each)(each.number, each.name, each.status, RECEIVABLE)
        for each in fixture.exact.relations
    ]

    (finding,) = fixture.found("receivable-accounts")

    assert (finding.level, finding.code) == (Level.WARNING, "debtor-account-mismatch")


def test_a_day_without_a_period_is_a_year_that_was_not_made(fixture: CheckFixture) -> None:
    fixture.exact.now = None

    (finding,) = fixture.found("period")

    assert (finding.level, finding.code) == (Level.WARNING, "fiscal-year-unknown")
    assert finding.values == {"year": "2026"}
