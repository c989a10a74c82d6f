"""Handing over and erasing what is kept of a connection (S13)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from koppeling.aws.kms import UnreadableError
from koppeling.cli.exits import Exit
from koppeling.core.administration import DivisionFacts
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, Division, ExactId
from koppeling.core.problems import Problem
from koppeling.pull.record import Record
from koppeling.watch.notifier import login_id
from tests.unit.cli.conftest import Office

ID, OTHER = ConnectionId("veldhuis-advies-01"), ConnectionId("veldhuis-advies-012")
SECRETS = ("access-1", "refresh-1")


def everything(office: Office) -> dict[str, list[dict[str, Any]]]:
    """Return every item of both tables, and every version of every object."""
    aws = office.stack.wiring.aws
    versions = office.aws["s3"].list_object_versions(Bucket="inbox")
    return {
        "sync": sorted((i.attribute_values for i in aws.sync_items.scan()), key=repr),
        "tokens": sorted((i.attribute_values for i in aws.token_items.scan()), key=repr),
        "inbox": [*versions.get("Versions", ()), *versions.get("DeleteMarkers", ())],
    }


def live(office: Office, connection: Connection) -> None:
    """Let a connection have done a bit of everything."""
    stores = office.stack.stores
    stores.records.save_many(connection.id, "accounts", [Record(ExactId("a"), code="1068")])
    stores.problems.open(Problem(connection.id, "accounts/a", "duplicate-code", {}))
    office.stack.stores.pulls.acquire(
        connection.id, "accounts", office.clock.now(), timedelta(seconds=180)
    )
    facts = DivisionFacts(1, 0, None, office.clock.now())
    stores.divisions.save(connection.exact_host, connection.division, facts)
    for body in (b"first", b"second"):
        office.aws["s3"].put_object(Bucket="inbox", Key=f"{connection.id}/1.json", Body=body)
    office.aws["s3"].delete_object(Bucket="inbox", Key=f"{connection.id}/1.json")
    office.aws["s3"].put_object(Bucket="inbox", Key=f"{connection.id}/2.json", Body=b"waiting")


def erase(office: Office, file: Path, *words: str) -> Any:  # noqa: ANN401 - a result of click
    return office.run("erase", ID, "--id", ID, "--certificate", str(file), *words)


def after_the_lease(office: Office) -> None:
    office.clock.advance(200)


def test_nothing_is_left_of_an_erased_connection_and_the_others_are_untouched(
    office: Office, tmp_path: Path
) -> None:
    other = office.connect(
        id=OTHER,
        division=Division(5),
        exact_user="ander@a.example",
        milestones_user="ander@a.example",
    )
    live(office, other)
    for provider in ("exact", "milestones"):
        office.log_in(provider, "ander@a.example")
    before = everything(office)
    mine = office.connect()
    live(office, mine)
    office.log_in("exact")
    office.log_in("milestones")
    for key in office.stack.token_keys(mine).values():
        office.stack.stores.notifications.claim(login_id(key), "exact-reconnect-needed", "once")
    after_the_lease(office)

    result = erase(office, tmp_path / "proof.json", "--json")

    assert result.exit_code == Exit.OK
    assert everything(office) == before
    assert office.stack.stores.records.find_by_code(ID, "accounts", "1068") is None
    proof = json.loads(result.stdout)
    assert proof == json.loads((tmp_path / "proof.json").read_text())
    assert proof["sync_items"] == {"CONFIG": 2, "PROBLEM": 1, "PULL": 1, "RECORD": 1}
    assert proof["token_chains"] == {"exact": 1, "milestones": 1}
    assert proof["inbox_versions"] == 4
    assert proof["division_items"] == 1
    assert any("7 years" in sentence for sentence in proof["kept"])


def test_a_login_and_an_administration_that_another_connection_uses_are_kept(
    office: Office, tmp_path: Path
) -> None:
    live(office, office.connect())
    office.connect(id=OTHER, company_id="2")
    office.log_in("exact")
    office.log_in("milestones")
    after_the_lease(office)

    erase(office, tmp_path / "proof.json")

    left = everything(office)
    assert len(left["tokens"]) == 2
    notes = [item for item in left["sync"] if item["pk"] == "CONNECTION-USERS"]
    assert [item["owner"] for item in notes] == [OTHER, OTHER]
    assert {(item["pk"], item["sk"]) for item in left["sync"] if item not in notes} == {
        ("CONNECTIONS", OTHER),
        (f"CONNECTION#{OTHER}", "CONFIG"),
        ("DIVISION#start.exactonline.nl#987654", "FACTS"),
    }


def test_a_connection_that_is_being_pulled_is_paused_and_not_erased_yet(
    office: Office, tmp_path: Path
) -> None:
    live(office, office.connect())

    result = erase(office, tmp_path / "proof.json")

    assert result.exit_code == Exit.ATTENTION
    assert "3 minutes" in result.output
    kept = office.stack.stores.connections.get(ID)
    assert kept is not None
    assert kept.paused
    assert office.stack.stores.records.ids(ID, "accounts") == ["a"]
    assert not (tmp_path / "proof.json").exists()


def test_another_id_than_its_own_erases_nothing(office: Office) -> None:
    office.connect()
    before = everything(office)

    result = office.run("erase", ID, answer="no\n")

    assert result.exit_code == Exit.ATTENTION
    assert everything(office) == before


def test_an_erasure_can_be_done_again_by_a_file_that_is_applied_anew(
    office: Office, tmp_path: Path
) -> None:
    office.connect()
    assert erase(office, tmp_path / "one.json").exit_code == Exit.OK
    again = erase(office, tmp_path / "two.json")
    assert again.exit_code == Exit.NOT_FOUND
    assert "apply its file once more" in again.output

    office.connect()

    assert erase(office, tmp_path / "two.json").exit_code == Exit.OK


def test_a_person_reads_what_was_removed_and_what_the_law_keeps(
    office: Office, tmp_path: Path
) -> None:
    office.connect()

    result = office.run(
        "erase", ID, "--certificate", str(tmp_path / "proof.json"), answer=f"{ID}\n"
    )

    assert "was erased on 2026-11-24 06:03 UTC" in result.output
    assert "Kept: Sales entries" in result.output


def test_everything_of_one_connection_is_handed_over_without_a_secret(
    office: Office, tmp_path: Path
) -> None:
    live(office, office.connect())
    live(office, office.connect(id=OTHER))
    office.log_in("exact")

    office.run("export", ID, "--to", str(tmp_path / "all.jsonl"))
    printed = office.run("export", ID).output

    assert (tmp_path / "all.jsonl").read_text() == printed
    lines = [json.loads(line) for line in printed.splitlines()]
    kinds = [line["kind"] for line in lines]
    assert {kind: kinds.count(kind) for kind in kinds} == {"item": 4, "login": 2, "inbox": 1}
    assert {line["sk"].partition("#")[0] for line in lines if line["kind"] == "item"} == {
        "CONFIG",
        "PROBLEM",
        "PULL",
        "RECORD",
    }
    assert [line["key"] for line in lines if line["kind"] == "inbox"] == [f"{ID}/2.json"]
    assert OTHER not in printed
    assert not any(secret in printed for secret in SECRETS)


@pytest.mark.parametrize("words", [("export", ID), ("status", ID), ("connections", "link", ID)])
def test_no_command_opens_a_token(office: Office, words: tuple[str, ...]) -> None:
    office.connect()
    key = office.log_in("exact")
    for item in office.stack.wiring.aws.token_items.scan():
        item.update(actions=[type(item).cipher.set("nobody-can-open-this")])
    with pytest.raises(UnreadableError):
        office.stack.stores.tokens.get(key)

    result = office.run(*words)

    assert result.exit_code in {Exit.OK, Exit.ATTENTION}
    assert "mistake of ours" not in result.output
