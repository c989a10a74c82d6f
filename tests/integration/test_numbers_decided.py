"""Missing numbers on page, command line and morning mail, and the decision that one is none."""

import json
from collections.abc import Iterator

import pytest

from koppeling.bootstrap.portal import actions, screens
from koppeling.core.log import LogKind
from koppeling.portal.page import GoTo, PageRequest, PortalPage
from koppeling.push.missing_numbers import SUBJECT
from tests.environment import MARIT, Environment
from tests.integration.counting import an_hour_passes, counted, missing, processed
from tests.integration.operating import ID, Operator, operator_of


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment in which two invoices of four were never handed in, for two hours."""
    with counted() as built:
        files = [processed(built) for _ in range(4)]
        for each in (files[0], files[2]):
            built.offer(each)
        an_hour_passes(built, hours=2)
        yield built


@pytest.fixture
def operator(home: Environment) -> Operator:
    return operator_of(home)


def todo(home: Environment) -> PortalPage:
    page = screens(home.wiring)["todo"](PageRequest(home.connection, MARIT, home.clock.now()))
    assert isinstance(page, PortalPage)
    return page


def month(home: Environment, period: str = "2026-11") -> PortalPage:
    query = {"month": period}
    page = screens(home.wiring)["month"](
        PageRequest(home.connection, MARIT, home.clock.now(), query)
    )
    assert isinstance(page, PortalPage)
    return page


def press(home: Environment, **form: str) -> GoTo:
    request = PageRequest(home.connection, MARIT, home.clock.now(), form=form)
    answer = actions(home.wiring)["not-an-invoice"](request)
    assert isinstance(answer, GoTo)
    return answer


def next_morning(home: Environment) -> str:
    """Let the watch look, and return the text of the mail of half past seven."""
    home.clock.advance(19.5 * 3600)
    home.wiring.mails.morning.look(home.connection)
    home.wiring.mails.morning.fan_out()
    for body in home.taken(home.settings.round_queue_url):
        for _ in home.wiring.watch_message(json.dumps(body)):
            pass
    (mail,) = home.mails()
    return mail.text


def test_two_that_were_never_handed_in_stand_on_page_command_line_and_morning_mail(
    home: Environment, operator: Operator
) -> None:
    sentence = "2 facturen zijn niet aangeboden: 20260413, 20260415"

    causes = [group.cause for group in todo(home).values["waiting"]]
    typed = operator.types("problems", ID)
    numbers = operator.types("numbers", ID)
    mail = next_morning(home)

    assert f"{sentence}." in causes
    assert sentence in typed.output
    assert ("20260413" in numbers.output, "20260415" in numbers.output) == (True, True)
    assert numbers.exit_code == 1
    assert sentence in mail


def test_a_person_says_on_the_page_that_a_number_is_no_invoice(home: Environment) -> None:
    gone = press(home, numbers="20260413", reason="Proeffactuur, verwijderd")

    assert (gone.path, gone.notice) == ("todo", "not-an-invoice")
    assert missing(home) == "20260415"
    (line,) = home.wiring.stores.log.page(home.connection.id, kind=LogKind.DECISION).entries
    assert (line.what, line.who, line.subject) == ("not-an-invoice", MARIT.mail, SUBJECT)
    assert (line.reason, line.values) == ("Proeffactuur, verwijderd", {"numbers": "20260413"})


def test_once_every_missing_number_is_no_invoice_nothing_waits_any_more(home: Environment) -> None:
    press(home, numbers="20260413, 20260415", reason="Proef")
    at_once = missing(home)

    an_hour_passes(home, hours=2)

    assert (at_once, missing(home)) == ("", "")


def test_a_counter_that_jumped_by_ten_million_is_told_and_excused_as_any_other(
    home: Environment,
) -> None:
    company = home.connection.company_id
    home.milestones.world.change("Company", company, {"InvoiceNumberCounter": "10000417"})
    an_hour_passes(home, hours=2)
    told = missing(home)

    press(home, numbers="20260416-202610000416", reason="De teller is verkeerd gezet")

    assert told == "20260413, 20260415\N{EN DASH}202610000416"
    assert missing(home) == "20260413, 20260415"


def test_what_is_not_missing_cannot_be_said_to_be_none(home: Environment) -> None:
    assert press(home, numbers="20260412", reason="Proef").notice == "not-missing"
    assert press(home, numbers="20260413-20260415", reason="Proef").notice == "not-missing"
    assert press(home, numbers="20260413", reason=" ").notice == "number-reason-needed"
    assert missing(home) == "20260413, 20260415"


def test_a_month_begins_with_what_became_of_its_invoices_and_is_not_right_while_one_is_missing(
    home: Environment, operator: Operator
) -> None:
    values = month(home).values
    reconciled = operator.types("reconcile", ID, "--period", "2026-11")
    other = month(home, "2026-10").values

    assert values["words"].counts == (
        "Verwerkt 4 · aangeboden 2 · geboekt 2 · met pdf 2 · wachten 0 · ontbreken 2"
    )
    assert values["words"].sentence == (
        "November 2026 klopt nog niet: 2 facturen zijn nooit aangeboden."
    )
    assert values["words"].numbers.startswith("Nooit aangeboden: 20260413, 20260415.")
    first, *_ = reconciled.output.splitlines()
    assert first == "processed 4 / offered 2 / booked 2 / with pdf 2 / waiting 0 / missing 2"
    assert reconciled.exit_code == 1
    assert (other["words"].counts, other["words"].numbers) == ("", "")
    assert other["words"].sentence == "In oktober 2026 zijn er geen facturen."


def test_a_month_is_right_once_its_missing_numbers_are_no_invoice(
    home: Environment, operator: Operator
) -> None:
    press(home, numbers="20260413, 20260415", reason="Proef")

    reconciled = operator.types("reconcile", ID, "--period", "2026-11")

    assert month(home).values["words"].counts.endswith("ontbreken 0")
    assert reconciled.exit_code == 0


def test_a_month_says_what_cannot_be_seen_without_the_counter(home: Environment) -> None:
    home.milestones.switches.hides_counter = True
    an_hour_passes(home)

    assert "De teller van QicsMilestones mogen we niet lezen" in month(home).values["words"].numbers


def test_an_operator_says_it_at_the_command_line(home: Environment, operator: Operator) -> None:
    without_reason = operator.types("numbers", ID, "--not-an-invoice", "20260413")
    other = operator.types("numbers", ID, "--not-an-invoice", "1", "--reason", "Proef")
    words = ("--not-an-invoice", "20260413", "--reason", "Proef", "--by", "helpdesk")
    found = operator.reads("numbers", ID, *words)

    assert (without_reason.exit_code, other.exit_code) == (1, 1)
    assert "20260413" not in str(found["missing"])
    assert [each["first"] for each in found["missing"]] == ["20260415"]
    (excused,) = found["not_an_invoice"]
    assert (excused["first"], excused["by"], excused["reason"]) == ("20260413", "helpdesk", "Proef")
    assert missing(home) == "20260415"
