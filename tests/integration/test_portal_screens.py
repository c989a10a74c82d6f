"""The screens on the real stores: how few reads a page takes, and what the buttons bring about."""

import json
from collections.abc import Iterator

import pytest

from koppeling.bootstrap.portal import actions, screens, waiting
from koppeling.core.clock import Deadline
from koppeling.core.people import Person, Role
from koppeling.core.problems import Problem
from koppeling.portal.page import GoTo, PageRequest, PortalPage
from koppeling.pull.events import pull_message
from tests.aws_calls import aws_calls
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.sandbox.invoices import build_invoice

MARIT = Person("marit@veldhuis.example", Role.DECIDE)
# One query is up to a megabyte: 500 problems are a page of it
PROBLEMS = 500


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=3) as built:
        built.change(people=(MARIT,))
        yield built


def show(h: Environment, path: str, **query: str) -> PortalPage:
    page = screens(h.wiring)[path](PageRequest(h.connection, MARIT, h.clock.now(), query))
    assert isinstance(page, PortalPage)
    return page


def press(h: Environment, name: str, **form: str) -> GoTo:
    request = PageRequest(h.connection, MARIT, h.clock.now(), form=form)
    answer = actions(h.wiring)[name](request)
    assert isinstance(answer, GoTo)
    return answer


def many_problems(h: Environment) -> None:
    for number in range(PROBLEMS):
        values = {"debtor": f"{number} Relatie met een naam", "value": "geen adres"}
        subject = f"accounts/{number:036}/notice"
        problem = Problem(h.connection.id, subject, "email-invalid", values)
        h.wiring.stores.problems.open(problem)


@pytest.mark.parametrize(
    ("path", "query", "reads"),
    [
        # The problems, of which a page of the table holds all
        ("todo", {}, {"Query": 1}),
        ("todo", {"group": "email-invalid", "page": "20"}, {"Query": 1}),
        # The problems, the rounds, the ticks, where the pulls stand, the month; and the calls
        ("", {}, {"Query": 5, "GetItem": 1}),
        # The problems, the rounds in the log, the ticks, where the pulls stand; and the calls
        ("data", {}, {"Query": 4, "GetItem": 1}),
        ("data", {"entity": "accounts"}, {"Query": 4, "GetItem": 1}),
        ("log", {"kind": "round"}, {"Query": 1}),
        # One for each kind, which are merged
        ("log", {}, {"Query": 6}),
        ("first-load", {}, {"Query": 4}),
        # The problems, what this person chose, and of all people whether mail reaches them
        ("connection", {}, {"Query": 1, "GetItem": 1, "BatchGetItem": 1}),
    ],
)
def test_a_page_takes_few_reads_however_much_waits(
    h: Environment, path: str, query: dict[str, str], reads: dict[str, int]
) -> None:
    many_problems(h)
    h.pull()

    with aws_calls() as calls:
        show(h, path, **query)

    assert calls.of("dynamodb") == reads


def test_the_number_in_the_menu_is_one_read(h: Environment) -> None:
    many_problems(h)

    with aws_calls() as calls:
        assert waiting(h.wiring)(h.connection.id) == PROBLEMS

    assert calls.of("dynamodb") == {"Query": 1}


def test_a_pull_that_is_asked_for_fetches_what_changed(h: Environment) -> None:
    h.pull()
    h.exact.change_account("1068", City="Zwolle")

    answer = press(h, "pull", entity="accounts", back="data")

    (body,) = h.taken(h.settings.pull_queue_urls["accounts"])
    summary = h.pulls().handle_message(
        pull_message(json.dumps(body)), Deadline(lambda: MILLISECONDS_LEFT)
    )
    assert (answer.notice, summary.outcome, summary.counts["changed"]) == ("pull-asked", "done", 1)


def test_two_clicks_ask_for_one_comparison_and_a_later_one_for_another(h: Environment) -> None:
    h.pull()
    h.offer(build_invoice("20260412", debtor_code="9999"))

    def asked() -> int:
        for _ in range(2):
            press(h, "compare-month", month="2026-10")
            press(h, "compare-entry", number="20260412", entry="26700012")
        return len(h.taken(h.settings.round_queue_url))

    assert asked() == 2
    h.clock.advance(10)
    assert asked() == 2


def test_a_pause_holds_for_everything_that_follows(h: Environment) -> None:
    press(h, "pause")

    assert h.pull().outcome == "paused"
    (listed,) = h.wiring.stores.connections.listed()
    assert listed.paused

    h.connection = h.wiring.stores.connections.get(h.connection.id) or h.connection
    press(h, "resume")
    assert h.pull().outcome == "done"


def test_an_invoice_that_was_refused_is_offered_again_from_its_group(h: Environment) -> None:
    files = build_invoice("20260412", debtor_code="9999")
    h.offer(files)
    (problem,) = h.problems()
    page = show(h, "todo")
    assert [group.code for group in page.values["waiting"]] == [problem.code]

    answer = press(h, "offer", group=problem.code)

    (body,) = h.taken(h.settings.sales_entry_queue_url)
    assert (answer.notice, body["key"], body["again"]) == ("offered-many", files.json_key, "yes")
