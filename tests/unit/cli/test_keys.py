"""Keys with which a program hands in invoices, as an operator makes, sees and revokes them."""

import json

from koppeling.cli.exits import Exit
from koppeling.intake.keys import digest_of
from tests.unit.cli.conftest import CONNECTION, Office


def create(office: Office) -> dict[str, str]:
    """Make a key; returns what the command answers."""
    found: dict[str, str] = json.loads(office.run("keys", "create", CONNECTION, "--json").stdout)
    return found


def listed(office: Office) -> list[dict[str, str | None]]:
    """Return the keys as the list shows them."""
    found: list[dict[str, str | None]] = json.loads(
        office.run("keys", "list", CONNECTION, "--json").stdout
    )
    return found


def test_a_key_is_shown_once_and_kept_as_a_hash_alone(office: Office) -> None:
    office.connect()

    made = create(office)

    (kept,) = office.stack.stores.intake_keys.of(CONNECTION)
    assert (kept.id, kept.digest) == (made["id"], digest_of(made["key"]))
    shown = office.run("keys", "list", CONNECTION)
    assert made["id"] in shown.stdout
    assert "never" in shown.stdout
    assert made["key"] not in shown.output


def test_a_connection_has_two_keys_and_the_third_says_what_to_do(office: Office) -> None:
    office.connect()
    made = [create(office)["id"] for _ in range(2)]

    refused = office.run("keys", "create", CONNECTION)

    assert refused.exit_code == Exit.USAGE
    assert "revoke one of them first" in refused.output
    assert all(each in refused.output for each in made)
    assert sorted(str(each["id"]) for each in listed(office)) == sorted(made)


def test_a_key_that_is_revoked_is_gone_and_the_other_one_stays(office: Office) -> None:
    office.connect()
    first, second = (create(office)["id"] for _ in range(2))

    assert office.run("keys", "revoke", CONNECTION, first).exit_code == Exit.OK

    assert [each["id"] for each in listed(office)] == [second]


def test_a_key_that_is_not_there_is_not_revoked(office: Office) -> None:
    office.connect()

    refused = office.run("keys", "revoke", CONNECTION, "nothing")

    assert refused.exit_code == Exit.NOT_FOUND
    assert "koppeling keys list" in refused.output


def test_a_connection_that_is_not_there_gets_no_key(office: Office) -> None:
    assert office.run("keys", "create", CONNECTION).exit_code == Exit.NOT_FOUND
