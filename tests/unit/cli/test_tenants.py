"""Users of two tenants of QicsMilestones may have one name, and no login then serves both."""

from pathlib import Path

from koppeling.core.ids import ConnectionId
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_connections import ID, a_file, kept
from tests.unit.pull.builders import a_connection

OTHER = "bakker-01"


def apply(office: Office, folder: Path, name: str, **changes: str) -> str:
    """Apply the file of a connection, and return what is told about it."""
    changed = a_connection(id=ConnectionId(name), **changes)
    return office.run("connections", "apply", "--yes", a_file(folder, changed)).stderr


def chain(office: Office, name: str) -> object:
    """Return whose chain a connection uses at QicsMilestones."""
    connection = kept(office, name)
    assert connection is not None
    return office.stack.token_keys(connection)["milestones"]


def test_a_second_connection_with_a_user_of_the_same_name_has_a_login_of_its_own(
    office: Office, tmp_path: Path
) -> None:
    apply(office, tmp_path, ID)
    told = apply(office, tmp_path, OTHER)

    assert chain(office, ID) != chain(office, OTHER)
    assert "name the same milestones.tenant in both files" in told


def test_the_first_login_of_one_tenant_is_none_of_the_other(office: Office, tmp_path: Path) -> None:
    apply(office, tmp_path, ID)
    office.log_in("milestones")
    apply(office, tmp_path, OTHER)

    logins = office.run("status", OTHER, "--json").stdout

    assert '"state": "NEVER"' in logins
    assert '"state": "ACTIVE"' not in logins


def test_connections_that_name_one_tenant_share_a_login(office: Office, tmp_path: Path) -> None:
    apply(office, tmp_path, ID, milestones_tenant="veldhuis")
    told = apply(office, tmp_path, OTHER, milestones_tenant="veldhuis")

    assert chain(office, ID) == chain(office, OTHER)
    assert f"{ID} has the same user in the same tenant" in told


def test_connections_of_two_named_tenants_share_none(office: Office, tmp_path: Path) -> None:
    apply(office, tmp_path, ID, milestones_tenant="veldhuis")
    apply(office, tmp_path, OTHER, milestones_tenant="bakker")

    assert chain(office, ID) != chain(office, OTHER)


def test_a_user_of_another_name_needs_no_tenant(office: Office, tmp_path: Path) -> None:
    apply(office, tmp_path, ID)
    told = apply(office, tmp_path, OTHER, milestones_user="bakker@bakker.example")

    connection = kept(office, OTHER)
    assert connection is not None
    assert connection.milestones_tenant == ""
    assert "milestones.tenant" not in told


def test_the_login_of_an_earlier_release_goes_on(office: Office, tmp_path: Path) -> None:  # R40
    office.connect()
    office.log_in("milestones")
    apply(office, tmp_path, OTHER)

    assert "ACTIVE" in office.run("status", ID, "--json").stdout
    apply(office, tmp_path, ID, sales_journal="71")
    assert "ACTIVE" in office.run("status", ID, "--json").stdout


def test_applying_the_file_again_keeps_the_tenant_that_was_given(
    office: Office, tmp_path: Path
) -> None:
    apply(office, tmp_path, ID)
    apply(office, tmp_path, OTHER)
    before = kept(office, OTHER)
    apply(office, tmp_path, OTHER)

    assert kept(office, OTHER) == before


def test_whoever_takes_the_name_of_anothers_user_gets_a_login_of_its_own(
    office: Office, tmp_path: Path
) -> None:
    apply(office, tmp_path, ID)
    apply(office, tmp_path, OTHER, milestones_user="bakker@bakker.example")
    told = apply(office, tmp_path, OTHER)

    assert chain(office, ID) != chain(office, OTHER)
    assert "another OAuth user has to log in" in told


def test_another_tenant_needs_a_login_and_that_is_told(office: Office, tmp_path: Path) -> None:
    apply(office, tmp_path, ID)
    told = apply(office, tmp_path, ID, milestones_tenant="veldhuis")

    assert "the OAuth user has to log in" in told
