"""The sandbox as one object: an administration, its server, and the levers of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.sandbox.common.clock import Clock
from tests.sandbox.common.faults import Faults
from tests.sandbox.common.journal import Journal
from tests.sandbox.common.server import running
from tests.sandbox.exact_online.api import Api
from tests.sandbox.exact_online.app import build_app
from tests.sandbox.exact_online.body import typed
from tests.sandbox.exact_online.error_quota import ErrorQuota
from tests.sandbox.exact_online.faults import KINDS
from tests.sandbox.exact_online.gate import Gate
from tests.sandbox.exact_online.generator.build import fill, new_account
from tests.sandbox.exact_online.limits import Limits
from tests.sandbox.exact_online.oauth import AppCredentials, Authority
from tests.sandbox.exact_online.registry import build_registry
from tests.sandbox.exact_online.service import Service
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.users import LINK_USER
from tests.sandbox.exact_online.values import Row, account_code, padded
from tests.sandbox.exact_online.world import World

DEFAULT_REDIRECT = "https://koppeling.example/callback"


class ExactSandbox:
    """A strict Exact Online with invented data; two of them share nothing."""

    def __init__(
        self,
        accounts: int = 10,
        seed: int = 1,
        clock: Clock | None = None,
        *,
        daily_limit: int = 5000,
        redirect_uri: str = DEFAULT_REDIRECT,
    ) -> None:
        self.clock = clock or Clock()
        self.journal = Journal()
        self.faults = Faults(KINDS)
        self.switches = Switches(daily_limit=daily_limit)
        registry = build_registry()
        self._account_fields = registry["sync/CRM/Accounts"].fields
        self.world = World(self.clock, registry)
        fill(self.world, accounts, seed)
        app = AppCredentials(redirect_uri=redirect_uri)
        self.authority = Authority(self.clock, self.switches, app, Random(seed))
        gate = Gate(
            world=self.world,
            switches=self.switches,
            authority=self.authority,
            limits=Limits(self.clock, self.switches),
            quota=ErrorQuota(self.clock),
            service=Service(self.world, registry, self.switches, self.faults),
        )
        self.app = build_app(self, Api(gate, self.faults, self.journal))

    @property
    def app_credentials(self) -> tuple[str, str, str]:
        """The id, the secret and the redirect URI of the one registered app."""
        app = self.authority.app
        return app.client_id, app.client_secret, app.redirect_uri

    @contextmanager
    def running(self, port: int = 0) -> Iterator[str]:
        """Serve while the block runs; yields the base URL."""
        with running(self.app, port) as base_url:
            yield base_url

    def authorise(self, user: str = LINK_USER) -> str:
        """Let a user consent, without the login page, and return the code.

        Raises:
            LookupError: there is no such user.
        """
        if user not in self.world.users:
            raise LookupError(f"there is no user {user}")
        return self.authority.issue_code(user, self.authority.app.redirect_uri)

    def change_account(self, code: str, **changes: object) -> Row:
        """Change an account as a user in Exact would; values as in JSON, codes are padded.

        Raises:
            LookupError: there is no such account.
            RequestError: no such property, or no value for it.
        """
        return self.world.change_account(code, self._as_exact_writes(changes))

    def add_account(self, **values: object) -> Row:
        """Add an account as a user in Exact would; a customer, unless the values say otherwise.

        Raises:
            RequestError: no such property, or no value for it.
        """
        return new_account(self.world, self._as_exact_writes(values))

    def _as_exact_writes(self, values: dict[str, object]) -> Row:
        """X72, X73: codes are kept with their padding."""
        row = typed(values, self._account_fields)
        for name, width in (("SalesVATCode", 3), ("Country", 3), ("Language", 10)):
            if row.get(name):
                row[name] = padded(row[name], width)
        for name in ("Code", "InvoiceAccountCode"):
            if row.get(name):
                row[name] = account_code(row[name])
        return row
