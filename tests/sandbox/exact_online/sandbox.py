"""The sandbox as one object: an administration, its server, and the levers of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.sandbox.common.clock import Clock
from tests.sandbox.common.company import OTHER_ADMINISTRATIONS
from tests.sandbox.common.faults import Faults
from tests.sandbox.common.journal import Journal
from tests.sandbox.common.server import running
from tests.sandbox.exact_online.api import Api
from tests.sandbox.exact_online.app import build_app
from tests.sandbox.exact_online.body import typed
from tests.sandbox.exact_online.error_quota import ErrorQuota
from tests.sandbox.exact_online.faults import KINDS
from tests.sandbox.exact_online.gate import Gate
from tests.sandbox.exact_online.generator.build import Sizes, fill
from tests.sandbox.exact_online.limits import Limits
from tests.sandbox.exact_online.oauth import AppCredentials, Authority, Divisions
from tests.sandbox.exact_online.registry import build_registry
from tests.sandbox.exact_online.screens import Screens
from tests.sandbox.exact_online.service import Service
from tests.sandbox.exact_online.set_up import SetUp
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.users import LINK_USER
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.webhooks import Webhooks
from tests.sandbox.exact_online.world import World

DEFAULT_REDIRECT = "https://koppeling.example/callback"


class ExactSandbox:
    """A strict Exact Online with invented data; two of them share nothing."""

    def __init__(  # noqa: PLR0913 - the size of each entity, and each has a default
        self,
        accounts: int = 10,
        seed: int = 1,
        clock: Clock | None = None,
        *,
        items: int = 12,
        employees: int = 8,
        projects: int = 10,
        cost_centers: int = 5,
        daily_limit: int = 5000,
        redirect_uri: str = DEFAULT_REDIRECT,
    ) -> None:
        self.clock = clock or Clock()
        self.journal = Journal()
        self.faults = Faults(KINDS)
        self.switches = Switches(daily_limit=daily_limit)
        self.registry = registry = build_registry()
        self.world = World(self.clock, registry)
        fill(self.world, Sizes(accounts, items, employees, projects, cost_centers), seed)
        self._screens = Screens(self.world, registry)
        self.set_up = SetUp(self.world, registry)
        app = AppCredentials(redirect_uri=redirect_uri)
        self.authority = Authority(self.clock, self.switches, app, Random(seed))
        self.limits = Limits(self.clock, self.switches)
        others = {each.division: self.world.beside(each.division) for each in OTHER_ADMINISTRATIONS}
        self.webhooks = Webhooks.of(self.authority, (self.world, *others.values()))
        gate = Gate(
            world=self.world,
            switches=self.switches,
            authority=self.authority,
            limits=self.limits,
            quota=ErrorQuota(self.clock),
            service=Service(
                self.world, others, registry, self.switches, self.faults, self.webhooks
            ),
        )
        self.app = build_app(self, Api(gate, self.faults, self.journal))

    @property
    def app_credentials(self) -> tuple[str, str, str]:
        """The id, the secret and the first redirect URI of the one registered app."""
        app = self.authority.app
        return app.client_id, app.client_secret, app.redirect_uri

    @contextmanager
    def running(self, port: int = 0) -> Iterator[str]:
        """Serve while the block runs; yields the base URL."""
        with running(self.app, port) as base_url:
            yield base_url

    @property
    def app_rights(self) -> list[str]:
        """The rights of the app, by their official names (X30)."""
        scopes = (resource.fields.scope for resource in self.registry.values())
        return sorted({scope for scope in scopes if scope})

    def authorise(
        self, user: str = LINK_USER, redirect_uri: str = "", divisions: Divisions = None
    ) -> str:
        """Let a user consent, without the pages, and return the code.

        It comes from the app's first redirect URI and holds for all of the user's administrations,
        unless something else is said (X31).

        Raises:
            LookupError: there is no such user.
        """
        if user not in self.world.users:
            raise LookupError(f"there is no user {user}")
        address = redirect_uri or self.authority.app.redirect_uri
        return self.authority.issue_code(user, address, divisions)

    def change(self, entity: str, code: str, /, **changes: object) -> Row:
        """Change a record as a user in Exact would; values as in JSON, codes without padding.

        Raises:
            LookupError: there is no such record, or no such entity.
            RequestError: no such property, or no value for it.
        """
        return self._screens.change(entity, code, changes)

    def add(self, entity: str, /, **values: object) -> Row:
        """Add a record as a user in Exact would; one to import, unless the values say otherwise.

        Raises:
            LookupError: there is no such entity.
            RequestError: no such property, or no value for it.
            ValueError: the code is in use.
        """
        return self._screens.add(entity, values)

    def delete(self, entity: str, code: str, /) -> None:
        """Delete a record as a user in Exact would; QicsMilestones must not follow (X100).

        Raises:
            LookupError: there is no such record, or no such entity.
        """
        self._screens.delete(entity, code)

    def delete_part(self, table: str, key: str) -> None:
        """Delete a row of Contacts or Addresses as a user in Exact would.

        Raises:
            LookupError: there is no such row.
        """
        self._screens.delete_part(table, key)

    def move_part(self, table: str, key: str, code: str) -> Row:
        """Hang a row of Contacts or Addresses on another account as a user in Exact would.

        Raises:
            LookupError: there is no such row, or no such account.
        """
        return self._screens.move_part(table, key, code)

    def change_account(self, code: str, **changes: object) -> Row:
        """Change an account; see `change`."""
        return self.change("accounts", code, **changes)

    def add_account(self, **values: object) -> Row:
        """Add an account; see `add`."""
        return self.add("accounts", **values)

    def hide_rows(self, endpoint: str, rows: int) -> None:
        """Let a list miss its last rows from now on; 0 shows all again.

        Raises:
            ValueError: no list has this name, so hiding rows would test nothing.
        """
        resource = self.registry.get(endpoint)
        if resource is None or resource.fields.kind != "crud":
            raise ValueError(f"{endpoint} is not a list")
        self.switches.hide_rows[endpoint] = rows

    def move_division(self) -> None:
        """Move the division to another database (X97)."""
        self.world.move_division()

    def set_division(self, **changes: object) -> Row:
        """Change the division's own row: Status, BlockingStatus, Description and the like (X89).

        Raises:
            RequestError: no such property, or no value for it.
        """
        fields = self.registry["system/Divisions"].fields
        return self.world.set_division(typed(changes, fields))
