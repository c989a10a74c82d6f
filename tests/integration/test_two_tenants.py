"""Two tenants of QicsMilestones with one user name, company number and codes: nothing crosses."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from koppeling.auth.oauth import MILESTONES
from koppeling.core.clock import Deadline
from koppeling.core.ids import ConnectionId
from koppeling.pull.entities.registry import ENTITIES
from tests.aws_stack import app_of
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.sandbox.connecting import log_in
from tests.sandbox.qics_milestones import MilestonesSandbox

OTHER = ConnectionId("zuster-van-veldhuis-02")
PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
KINDS = ("CustomerCompany", "ItemCompany", "Project", "VatCode", "PaymentCondition", "CostCenter")


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment with a connection in each of two tenants, of users with one name."""
    with environment(accounts=4, more_tenants=1) as built:
        other = replace(built.connection, id=OTHER, milestones_tenant="zuster")
        built.wiring.stores.connections.save(other)
        log_in(
            built.wiring.stores.tokens,
            MILESTONES,
            host=built.wiring.clients.key_of(MILESTONES.name, other).host,
            base_url=built.settings.milestones_base_url,
            app=app_of(built.milestones.app_credentials),
            code=built.tenants[0].authorise(),
            now=built.clock.now(),
        )
        yield built


def pull(home: Environment, connection: ConnectionId) -> set[str]:
    """Let every entity of a connection catch up; returns how that ended."""
    return {home.pulls(name).run(connection, PLENTY).outcome for name in ENTITIES}


def records(tenant: MilestonesSandbox) -> list[list[dict[str, Any]]]:
    return [[dict(row) for row in tenant.world.records(kind)] for kind in KINDS]


def city(tenant: MilestonesSandbox, code: str = "1068") -> str:
    (found,) = tenant.world.find("CustomerCompany", CustomerCode=code)
    return str(found["VisitAddressCity"])


def calls(tenant: MilestonesSandbox) -> int:
    return len(tenant.journal.calls())


def troubles(home: Environment, connection: ConnectionId) -> set[str]:
    return {problem.code for problem in home.wiring.stores.problems.opened(connection)}


def test_what_one_connection_brings_in_reaches_its_own_tenant_alone(home: Environment) -> None:
    first, second = home.milestones, home.tenants[0]
    untouched = records(second)
    first.journal.clear()
    second.journal.clear()

    assert pull(home, home.connection.id) == {"done"}
    assert (records(second), calls(second)) == (untouched, 0)

    written = records(first)
    first.journal.clear()
    assert pull(home, OTHER) == {"done"}
    assert (records(first), calls(first)) == (written, 0)
    assert records(second) != untouched


def test_a_change_in_exact_reaches_each_tenant_through_its_own_connection(
    home: Environment,
) -> None:
    for connection in (home.connection.id, OTHER):
        pull(home, connection)
    home.exact.change_account("1068", City="Zwolle")
    home.clock.advance(900)

    home.pulls().run(OTHER, PLENTY)
    assert (city(home.milestones) == "Zwolle", city(home.tenants[0])) == (False, "Zwolle")

    home.pulls().run(home.connection.id, PLENTY)
    assert city(home.milestones) == "Zwolle"


def test_a_vat_code_of_one_tenant_is_nothing_to_the_other(home: Environment) -> None:
    for vat in home.tenants[0].world.find("VatCode", Code="2"):
        home.tenants[0].world.change("VatCode", vat["VatCodeId"], {"Percentage": "6"})

    pull(home, home.connection.id)
    pull(home, OTHER)

    assert "vat-percentage-mismatch" not in troubles(home, home.connection.id)
    assert "vat-percentage-mismatch" in troubles(home, OTHER)


def test_a_consent_that_ends_in_one_tenant_stops_its_connection_alone(home: Environment) -> None:
    home.tenants[0].oauth.forget_tokens()
    home.clock.advance(4 * 3600)

    assert home.pulls("vat_codes").run(OTHER, PLENTY).outcome == "milestones-reconnect-needed"
    assert home.pulls("vat_codes").run(home.connection.id, PLENTY).outcome == "done"
