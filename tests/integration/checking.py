"""What the tests of the readiness check share: a login as somebody else, and the findings."""

from koppeling.auth.oauth import EXACT
from koppeling.check.findings import Finding, Level, Report
from tests.environment import Environment
from tests.sandbox.connecting import EXACT_HOST, log_in


def check(home: Environment) -> Report:
    """Check the connection."""
    return home.wiring.checks.run(home.connection.id)


def not_ok(home: Environment) -> dict[str, Finding]:
    """Return the findings that are not OK, by item and code."""
    return {f"{f.item} {f.code}": f for f in check(home).findings if f.level is not Level.OK}


def log_in_at_exact_as(home: Environment, user: str) -> None:
    """Let somebody else consent for the connection."""
    names = ("client_id", "client_secret", "redirect_uri")
    log_in(
        home.wiring.stores.tokens,
        EXACT,
        host=EXACT_HOST,
        base_url=home.settings.exact_base_url,
        app=dict(zip(names, home.exact.app_credentials, strict=True)),
        code=home.exact.authorise(user),
        now=home.clock.now(),
    )
    home.exact.journal.clear()


def agree(home: Environment) -> None:
    """Remove the differences with which the sandboxes start."""
    world = home.milestones.world
    for customer in world.records("CustomerCompany"):
        code, key = customer["CustomerCode"], customer["CustomerCompanyId"]
        if code.startswith("99"):
            world.change("CustomerCompany", key, {"IsActive": False})
        else:
            name = home.exact.world.account(code)["Name"]
            world.change("CustomerCompany", key, {"Name": name})
    for code in ("3", "4"):
        home.exact.change("vat_codes", code, Type="E")
