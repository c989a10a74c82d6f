"""What belongs to no connection, as an operator sees and solves it."""

import json

from koppeling.cli.exits import Exit
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import OPERATOR
from koppeling.push.strays import stray_problem
from tests.unit.cli.conftest import Office

ID = ConnectionId("veldhuis-advies-01")
WRONG, EARLY = "veldhuis-advies-1/1.json", f"{ID}/1.json"


def arrive(office: Office, *keys: str) -> None:
    """Put files in the inbox that belonged to no connection when they came."""
    for key in keys:
        office.stack.inbox.put(key, b"{}")
        office.stack.stores.problems.open(stray_problem(key))


def test_it_is_listed_among_the_problems_without_an_id_and_with_none(office: Office) -> None:
    office.connect()
    arrive(office, WRONG)

    everything = json.loads(office.run("problems", "--json").stdout)
    own = json.loads(office.run("problems", ID, "--json").stdout)

    assert [(one["connection"], one["subject"]) for one in everything] == [
        (OPERATOR, f"inbox/{WRONG}")
    ]
    assert "veldhuis-advies-1/" in everything[0]["text"]
    assert own == []


def test_it_is_counted_in_the_status_of_everything_and_wants_attention(office: Office) -> None:
    arrive(office, WRONG, "loose.json")

    shown = office.run("status")
    (ours,) = json.loads(office.run("status", "--json").stdout)

    assert shown.exit_code == Exit.ATTENTION
    assert "no connection: 2 inbox-without-connection" in shown.stdout
    assert ours["problems"] == {"inbox-without-connection": 2}
    assert (ours["connection"], ours["needs_attention"]) == (OPERATOR, True)


def test_the_status_of_one_connection_has_nothing_of_it(office: Office) -> None:
    office.connect()
    arrive(office, WRONG)

    found = json.loads(office.run("status", ID, "--json").stdout)

    assert found["problems"] == {}


def test_when_nothing_belongs_to_nobody_the_status_does_not_mention_it(office: Office) -> None:
    assert json.loads(office.run("status", "--json").stdout) == []
    assert "no connection" not in office.run("status").stdout


def test_a_document_that_came_before_its_connection_is_offered_by_a_retry(office: Office) -> None:
    arrive(office, EARLY, WRONG)
    office.connect()

    office.run("retry", ID, "--yes")

    (message,) = office.messages()
    assert json.loads(message)["key"] == EARLY
    left = [one.subject for one in office.stack.stores.problems.opened(OPERATOR)]
    assert left == [f"inbox/{WRONG}"]


def test_a_document_that_is_gone_is_not_offered(office: Office) -> None:
    office.connect()
    office.stack.stores.problems.open(stray_problem(EARLY))

    office.run("retry", ID, "--yes")

    assert office.messages() == []
