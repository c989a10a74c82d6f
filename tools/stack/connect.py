"""Connects the invented company on a local stack: its configuration, and both logins."""

import os
from dataclasses import replace
from datetime import UTC, datetime

import requests

from koppeling.auth.oauth import EXACT, MILESTONES, Provider
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.settings import from_environment
from koppeling.core.connection import Connection
from koppeling.core.people import Person, Role
from tests.sandbox.connecting import company_connection, log_in
from tools.stack.deployed import Stack

EMULATOR_VARIABLES = (
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
)
# Who may decide, who may only look, and who reads English
MARIT = Person("marit@veldhuis.example", Role.DECIDE)
PIM = Person("pim@veldhuis.example", Role.LOOK)
JOAN = Person("joan@veldhuis.example", Role.DECIDE, "en")
PEOPLE = (MARIT, PIM, JOAN)
_SECONDS = (5, 5)


def wiring_of(stack: Stack) -> Wiring:
    """Return the link's own wiring on the tables of a local stack, for this process."""
    values = (stack.aws_endpoint, "test", "test", stack.region)
    os.environ.update(zip(EMULATOR_VARIABLES, values, strict=True))
    deployed = stack.variables("PushSalesEntriesFunction")
    return Wiring(from_environment({**deployed, "AWS_REGION": stack.region}))


def connect(stack: Stack, *, started: bool = True) -> Connection:
    """Write the connection and let its OAuth user log in at both sandboxes."""
    return connect_by(wiring_of(stack), stack.exact_url, stack.milestones_url, started=started)


def connect_by(
    wiring: Wiring, exact_url: str, milestones_url: str, *, started: bool = True
) -> Connection:
    """Do so by a wiring that is there already."""
    connection = replace(company_connection(), people=PEOPLE, started=started)
    wiring.stores.connections.save(connection)
    for provider, url in ((EXACT, exact_url), (MILESTONES, milestones_url)):
        # As the functions find it: by no address, since a container calls the sandboxes by another
        key = wiring.clients.key_of(provider.name, connection)
        _log_in(wiring, provider, key.host, url)
    return connection


def log_in_at_exact(stack: Stack) -> None:
    """Let the OAuth user of the connection log in at Exact once more."""
    wiring = wiring_of(stack)
    key = wiring.clients.key_of(EXACT.name, company_connection())
    _log_in(wiring, EXACT, key.host, stack.exact_url)


def _log_in(wiring: Wiring, provider: Provider, host: str, base_url: str) -> None:
    control = f"{base_url}/_sandbox"
    app = requests.get(f"{control}/app", timeout=_SECONDS).json()
    # No user named: each sandbox lets the OAuth user of the link in.
    code = requests.post(f"{control}/authorise", json={}, timeout=_SECONDS).json()["code"]
    log_in(
        wiring.stores.tokens,
        provider,
        host=host,
        base_url=base_url,
        app=app,
        code=code,
        now=datetime.now(UTC),
    )
