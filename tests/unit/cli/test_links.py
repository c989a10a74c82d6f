"""Revoking the login links of a connection."""

import json

from tests.unit.cli.conftest import NOW, Office

ID = "veldhuis-advies-01"


def test_revoking_ends_the_links_of_one_connection_and_makes_none(office: Office) -> None:
    office.connect()
    answer = json.loads(office.run("connections", "link", "--json", ID, "--revoke").stdout)
    assert answer == {"connection": ID, "revoked": True}
    logins = office.stack.stores.logins
    connection = office.connect()
    assert logins.revoked_at(connection.id) == NOW
    assert logins.revoked_at(office.connect(id="another").id) is None


def test_revoking_at_one_provider_alone_is_refused(office: Office) -> None:
    office.connect()
    result = office.run("connections", "link", ID, "--revoke", "--provider", "exact")
    assert result.exit_code == 2
    assert "leave out --provider" in result.output
