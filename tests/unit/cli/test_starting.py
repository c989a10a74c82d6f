"""A new connection waits for an approval, and then begins."""

import json
from pathlib import Path

import pytest

from koppeling.cli.exits import Exit
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogKind
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_connections import ID, a_file, kept
from tests.unit.pull.builders import a_connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_a_new_connection_rests_until_what_was_seen_is_approved(
    office: Office, folder: Path
) -> None:
    office.loads()
    office.looks("1068")
    office.run("connections", "apply", "--yes", a_file(folder, a_connection()))

    assert [each.paused for each in office.stack.stores.connections.listed()] == [True]
    for word in ("resume", "pause"):
        refused = office.run(word, ID)
        assert (refused.exit_code, f"koppeling start {ID}" in refused.output) == (Exit.USAGE, True)
    unseen = office.run("start", "--yes", ID)
    assert (unseen.exit_code, f"koppeling preview {ID}" in unseen.output) == (Exit.USAGE, True)
    assert office.run("preview", ID).exit_code == Exit.OK
    assert office.run("start", ID, answer="n\n").exit_code == Exit.ATTENTION
    assert kept(office) == a_connection(started=False)

    assert f"{ID} is started" in office.run("start", "--yes", ID).output

    assert kept(office) == a_connection()
    assert json.loads(office.run("start", "--json", ID).stdout)["changed"] is False
    page = office.stack.stores.log.page(ConnectionId(ID), kind=LogKind.SETTINGS)
    (line,) = [each for each in page.entries if each.what == "started"]
    assert (line.who, line.role, line.values["overwritten"]) == ("moto", "operator", "1")


def test_an_approval_no_longer_holds_when_more_would_be_overwritten(office: Office) -> None:
    office.loads()
    office.looks("1068")
    office.connect(started=False)
    office.run("preview", ID)
    office.looks("1068", "1071")

    result = office.run("start", "--yes", ID)

    assert result.exit_code == Exit.ATTENTION
    assert "accounts: 1 more would be overwritten than the preview showed" in result.output
    assert kept(office) == a_connection(started=False)
    assert f"{ID} is started" in office.run("start", "--yes", ID).output


def test_an_approval_still_holds_when_less_would_be_overwritten(office: Office) -> None:
    office.loads()
    office.looks("1068", "1071")
    office.connect(started=False)
    office.run("preview", ID)
    office.looks("1068")

    assert f"{ID} is started" in office.run("start", "--yes", ID).output


def test_a_preview_is_shown_in_words_and_saved_for_the_customer(
    office: Office, folder: Path
) -> None:
    office.looks("1068")
    office.connect(started=False)

    result = office.run("preview", "--csv", str(folder), ID)

    assert "Wordt overschreven" in result.output
    text = (folder / f"{ID}-overwritten.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["Onderdeel;Nummer;Naam;Veld;Nu;Wordt", "Relaties;1068;;Naam;a;b"]
    told = json.loads(office.run("preview", "--kept", "--json", ID).stdout)
    assert told["overwritten"] == [
        {"entity": "accounts", "code": "1068", "fields": {"Name": ["a", "b"]}}
    ]


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
    office.looks()
    office.connect(started=False)
    office.run("preview", ID)

    result = office.run("start", "--yes", ID)

    assert result.exit_code == Exit.ATTENTION
    assert "milestones-unavailable" in result.output
    assert kept(office) == a_connection()
