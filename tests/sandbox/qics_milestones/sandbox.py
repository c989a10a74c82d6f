"""The sandbox as tests use it: one tenant of QicsMilestones, in process or as a server."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from flask import Flask

from tests.sandbox.common.app import SandboxApp
from tests.sandbox.common.clock import Clock
from tests.sandbox.common.faults import Faults
from tests.sandbox.common.journal import Journal
from tests.sandbox.common.pages import style_sheet
from tests.sandbox.common.server import running
from tests.sandbox.invoices import InvoiceFiles
from tests.sandbox.qics_milestones import control_routes, gate, login, oauth_routes, odata
from tests.sandbox.qics_milestones.entities import ENTITIES
from tests.sandbox.qics_milestones.invoicing import process_invoice
from tests.sandbox.qics_milestones.oauth import (
    DEFAULT_REDIRECT_URI,
    AppCredentials,
    OAuthServer,
)
from tests.sandbox.qics_milestones.schema import Entity
from tests.sandbox.qics_milestones.start import fill
from tests.sandbox.qics_milestones.state import State
from tests.sandbox.qics_milestones.switches import Switches
from tests.sandbox.qics_milestones.users import DEFAULT_USER
from tests.sandbox.qics_milestones.world import World


class MilestonesSandbox:
    """A strict QicsMilestones: what passes here has met every rule of section 8 of its contract."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 1,
        redirect_uri: str = DEFAULT_REDIRECT_URI,
        entities: Mapping[str, Entity] = ENTITIES,
    ) -> None:
        self.clock = clock or Clock()
        self.switches = Switches()
        self.world = World(self.switches, entities)
        fill(self.world, seed)
        oauth = OAuthServer(self.clock, self.switches, seed, redirect_uri)
        self._state = State(self.clock, self.switches, self.world, oauth)
        self.app = _build_app(self._state)

    @property
    def journal(self) -> Journal:
        """Every call that reached the server, also those that got no answer (M58)."""
        return self._state.journal

    @property
    def faults(self) -> Faults:
        """The faults that can be armed; their kinds are `state.FAULT_KINDS`."""
        return self._state.faults

    @property
    def violations(self) -> list[str]:
        """Calls that no client of ours may make, such as a DELETE; a test wants this empty."""
        return self._state.violations

    @property
    def oauth(self) -> OAuthServer:
        """The server that gives out codes and tokens."""
        return self._state.oauth

    @property
    def app_credentials(self) -> AppCredentials:
        """Client id, secret and first redirect URI of the customer's OAuth application (M8)."""
        return self._state.oauth.app

    def authorise(self, user: str = DEFAULT_USER) -> str:
        """Return the code that a consent by this user gives, without the browser."""
        return self._state.oauth.authorise(user)

    def process_invoice(self, **wishes: Any) -> InvoiceFiles:  # noqa: ANN401 - see `invoicing`
        """Process an invoice, as a person does; it has the next number, and nobody gets it yet."""
        return process_invoice(self.world, **wishes)

    def running(self, port: int = 0) -> AbstractContextManager[str]:
        """Serve while the block runs; yields the base URL of the host, without a slash."""
        return running(self.app, port)


def _build_app(state: State) -> Flask:
    app = SandboxApp(__name__)
    gate.install(app, state)
    for module in (odata, login, oauth_routes, control_routes):
        app.register_blueprint(module.blueprint(state))
    app.register_blueprint(style_sheet())
    return app
