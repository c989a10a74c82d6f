"""A new connection waits for an approval, and then begins."""

import json
from pathlib import Path

import pytest

from koppeling.cli.exits import Exit
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_connections import ID, a_file, kept
from tests.unit.pull.builders import a_connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_a_new_connection_rests_until_it_is_started(office: Office, folder: Path) -> None:
    office.loads()
    office.run("connections", "apply", "--yes", a_file(folder, a_connection()))

    assert [each.paused for each in office.stack.stores.connections.listed()] == [True]
    for word in ("resume", "pause"):
        refused = office.run(word, ID)
        assert (refused.exit_code, f"koppeling start {ID}" in refused.output) == (Exit.USAGE, True)
    assert kept(office) == a_connection(started=False)
    assert office.run("start", ID, answer="n\n").exit_code == Exit.ATTENTION
    assert kept(office) == a_connection(started=False)

    assert f"{ID} is started" in office.run("start", "--yes", ID).output

    assert kept(office) == a_connection()
    assert json.loads(office.run("start", "--json", ID).stdout)["changed"] is False


def test_a_connection_that_was_started_stays_so_when_its_file_is_applied_again(
    office: Office, folder: Path
) -> None:
    office.connect()

    office.run("connections", "apply", "--yes", a_file(folder, a_connection(with_pdfs=False)))

    assert kept(office) == a_connection(with_pdfs=False)


def test_a_connection_that_was_removed_is_approved_anew(office: Office, folder: Path) -> None:
    office.connect()
    office.run("connections", "remove", ID, answer="y\n")

    office.run("connections", "apply", "--yes", a_file(folder, a_connection()))

    assert kept(office) == a_connection(started=False)


def test_a_pull_that_stops_at_the_start_is_told(office: Office) -> None:
    office.loads("milestones-unavailable")
    office.connect(started=False)

    result = office.run("start", "--yes", ID)

    assert result.exit_code == Exit.ATTENTION
    assert "milestones-unavailable" in result.output
    assert kept(office) == a_connection()
