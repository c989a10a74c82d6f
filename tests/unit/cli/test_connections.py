"""Configurations, from a file to what the link works by, and the way back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from koppeling.cli.configuration.fields import as_yaml
from koppeling.cli.configuration.reading import read
from koppeling.cli.exits import Exit
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.core.log import LogKind
from koppeling.core.people import Person, Role
from koppeling.pull.record import Record
from tests.unit.cli.conftest import Office
from tests.unit.pull.builders import a_connection

ID = "veldhuis-advies-01"
MAIL, OTHER_MAIL = "administratie@veldhuis.example", "directie@veldhuis.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def a_file(folder: Path, connection: Connection) -> str:
    file = folder / f"{connection.id}.yaml"
    file.write_text(as_yaml(connection))
    return str(file)


def kept(office: Office, name: str = ID) -> Connection | None:
    return office.stack.stores.connections.get(ConnectionId(name))


def test_a_new_connection_is_shown_entry_by_entry_and_written_when_it_is_confirmed(
    office: Office, folder: Path
) -> None:
    wanted = a_connection(sales_journal="071")

    result = office.run("connections", "apply", a_file(folder, wanted), answer="y\n")

    assert result.exit_code == Exit.OK
    assert "invoices.sales_journal" in result.output
    assert "071" in result.output
    assert kept(office) == replace(wanted, started=False)


def test_nothing_is_written_without_a_yes(office: Office, folder: Path) -> None:
    result = office.run("connections", "apply", a_file(folder, a_connection()), answer="n\n")

    assert result.exit_code == Exit.ATTENTION
    assert kept(office) is None


def test_the_same_file_again_changes_nothing(office: Office, folder: Path) -> None:
    file = a_file(folder, a_connection(warning_mails=(MAIL,)))
    office.run("connections", "apply", "--yes", file)

    result = office.run("connections", "apply", file)

    assert result.exit_code == Exit.OK
    assert result.output == f"{ID}: no change\n"


def test_a_change_is_shown_old_beside_new(office: Office, folder: Path) -> None:
    office.connect()

    result = office.run(
        "connections", "apply", "--yes", "--json", a_file(folder, a_connection(with_pdfs=False))
    )

    answer = json.loads(result.stdout)
    assert answer["changes"] == [{"field": "invoices.pdfs", "old": True, "new": False}]
    assert answer["new"] is False
    assert answer["changed"] is True


def test_a_pause_outlives_a_change_of_the_configuration(office: Office, folder: Path) -> None:
    office.connect(paused=True)

    office.run("connections", "apply", "--yes", a_file(folder, a_connection(with_pdfs=False)))

    assert kept(office) == a_connection(with_pdfs=False, paused=True)


@pytest.mark.parametrize(
    "changes",
    [{"division": Division(1)}, {"exact_host": "start.exactonline.be"}, {"company_id": "9"}],
)
def test_another_administration_or_company_is_refused_once_records_were_carried_over(
    office: Office, folder: Path, changes: dict[str, object]
) -> None:
    connection = office.connect()
    records = office.stack.stores.records
    records.save_many(connection.id, "accounts", [Record(ExactId("a"))])

    result = office.run("connections", "apply", "--yes", a_file(folder, a_connection(**changes)))

    assert result.exit_code == Exit.USAGE
    assert f"koppeling erase {ID}" in result.output
    assert kept(office) == connection


def test_a_number_that_was_mistyped_can_be_mended_before_anything_was_carried_over(
    office: Office, folder: Path
) -> None:
    office.connect(division=Division(1))

    result = office.run("connections", "apply", "--yes", a_file(folder, a_connection()))

    assert result.exit_code == Exit.OK
    assert kept(office) == a_connection()


def test_a_second_connection_with_the_same_administration_and_company_is_told(
    office: Office, folder: Path
) -> None:
    office.connect()
    second = a_connection(id=ConnectionId("veldhuis-advies-02"))

    result = office.run("connections", "apply", "--yes", a_file(folder, second))

    assert result.exit_code == Exit.OK
    assert f"{ID} links the same administration 987654" in result.stderr
    assert f"{ID} links the same company 1" in result.stderr


def test_another_oauth_user_needs_a_login_and_is_told(office: Office, folder: Path) -> None:
    office.connect()

    result = office.run(
        "connections", "apply", "--yes", a_file(folder, a_connection(exact_user="ander@a.example"))
    )

    assert f"koppeling connections link {ID}" in result.stderr


def test_a_mistake_names_the_line_and_writes_nothing(office: Office, folder: Path) -> None:
    file = folder / "wrong.yaml"
    file.write_text(as_yaml(a_connection()).replace("'70'", "[70]"))

    result = office.run("connections", "apply", "--yes", str(file))

    assert result.exit_code == Exit.USAGE
    line = 1 + next(i for i, t in enumerate(file.read_text().splitlines()) if "sales_journal" in t)
    assert f"wrong.yaml:{line}: invoices.sales_journal" in result.output
    assert kept(office) is None


def test_all_connections_are_listed_by_their_id(office: Office) -> None:
    office.connect(id=ConnectionId("zorg-01"), paused=True)
    office.connect()

    answer = json.loads(office.run("connections", "list", "--json").stdout)

    assert [(one["connection"], one["paused"]) for one in answer] == [
        (ID, False),
        ("zorg-01", True),
    ]
    assert "zorg-01" in office.run("connections", "list").output


def test_what_is_shown_can_be_applied_again(office: Office) -> None:
    connection = office.connect(credit_journal="071", existing_as_pdfs=True)

    result = office.run("connections", "show", ID)

    assert read("shown", result.output) == connection
    assert json.loads(office.run("connections", "show", "--json", ID).stdout)["id"] == ID


def test_a_removed_connection_is_not_pulled_any_more_and_keeps_its_records(office: Office) -> None:
    connection = office.connect()
    records = office.stack.stores.records
    records.save_many(connection.id, "accounts", [Record(ExactId("a"))])

    result = office.run("connections", "remove", ID, answer="y\n")

    assert result.exit_code == Exit.OK
    assert kept(office) is None
    assert list(office.stack.stores.connections.listed()) == []
    assert records.ids(connection.id, "accounts") == ["a"]


def test_a_pause_and_its_end_are_written_and_change_nothing_else(office: Office) -> None:
    connection = office.connect()

    assert office.run("pause", ID).output == f"{ID} is paused\n"
    assert kept(office) == a_connection(paused=True)
    assert json.loads(office.run("pause", "--json", ID).stdout)["changed"] is False
    assert office.run("resume", ID).output == f"{ID} goes on\n"
    assert kept(office) == connection


@pytest.mark.parametrize(
    "words",
    [
        *(("connections", "show"), ("connections", "remove"), ("connections", "link")),
        *(("start",), ("pause",), ("resume",), ("check",), ("pull",), ("status",), ("problems",)),
        *(("retry",), ("invoices",), ("history",), ("export",), ("erase",)),
    ],
)
def test_a_connection_that_is_not_there_is_told_with_what_to_do(
    office: Office, words: tuple[str, ...]
) -> None:
    result = office.run(*words, "nobody")

    assert result.exit_code == Exit.NOT_FOUND
    assert "koppeling connections list" in result.output


def logged(office: Office) -> list[tuple[str, dict[str, str]]]:
    """Return what the log tells of settings, the oldest first, each with its values."""
    page = office.stack.stores.log.page(ConnectionId(ID), kind=LogKind.SETTINGS)
    return sorted(((entry.what, dict(entry.values)) for entry in page.entries), key=repr)


def test_what_was_changed_is_in_the_log_old_beside_new(office: Office, folder: Path) -> None:
    office.connect()
    people = (Person(MAIL, Role.DECIDE),)
    changed = a_connection(sales_journal="71", people=people)

    office.run("connections", "apply", "--yes", a_file(folder, changed))

    journal = {"field": "invoices.sales_journal", "old": "70", "new": "71"}
    people_changed = {"field": "people", "old": "-", "new": f"{MAIL} (decide, nl)"}
    assert logged(office) == [
        ("changed", journal | {"name": "sales_journal"}),
        ("changed", people_changed | {"name": "people"}),
    ]
    page = office.stack.stores.log.page(ConnectionId(ID), kind=LogKind.SETTINGS)
    assert {(each.who, each.role) for each in page.entries} == {("moto", "operator")}


def test_a_new_connection_and_its_pause_are_in_the_log(office: Office, folder: Path) -> None:
    office.run("connections", "apply", "--yes", a_file(folder, a_connection()))
    office.loads()
    office.looks()
    for command in (("preview",), ("start", "--yes"), ("pause",), ("pause",), ("resume",)):
        office.run(*command, ID)

    assert [what for what, _ in logged(office)] == ["paused", "resumed", "set-up", "started"]


def test_applying_says_who_gets_what(office: Office, folder: Path) -> None:
    people = (Person(MAIL, Role.DECIDE), Person(OTHER_MAIL, language="en"))

    result = office.run(
        "connections", "apply", "--yes", a_file(folder, a_connection(people=people))
    )

    assert f"{MAIL}: may sign in and decide, and gets the mails, in Dutch" in result.output
    assert f"{OTHER_MAIL}: may sign in and look, and gets the mails, in English" in result.output


def test_one_address_for_two_people_is_refused_in_whatever_spelling(
    office: Office, folder: Path
) -> None:
    people = (Person(MAIL), Person(MAIL.upper(), Role.DECIDE))

    result = office.run(
        "connections", "apply", "--yes", a_file(folder, a_connection(people=people))
    )

    assert result.exit_code == Exit.USAGE
    assert "is also the address of people[1]; each person has one of its own" in result.output
    assert kept(office) is None
