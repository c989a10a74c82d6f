"""Clients of both systems, each with the tokens and the call budget of one connection."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from threading import Lock, local
from typing import TYPE_CHECKING

import requests
from pynamodb.exceptions import PynamoDBException

from koppeling.auth.login_log import LostLogins
from koppeling.auth.oauth import EXACT, MILESTONES, Provider, TokenEndpoint
from koppeling.auth.patient_tokens import PatientTokens
from koppeling.auth.token_chain import TokenChain
from koppeling.auth.token_keys import key_of
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.secrets import AppSecret
from koppeling.aws.sqs import SqsQueue
from koppeling.aws.token_relay import SqsTokenRelay
from koppeling.bootstrap.aws import Aws
from koppeling.bootstrap.observability import report
from koppeling.bootstrap.settings import Settings
from koppeling.bootstrap.stores import Stores
from koppeling.core.clock import Now, no_invocation
from koppeling.core.connection import Connection
from koppeling.core.errors import Retry
from koppeling.core.exact_rights import ExactRights
from koppeling.core.http import vendor_session
from koppeling.core.outage import Breaker, ConnectionBreaker
from koppeling.core.rate_limit import ERRORS_BEFORE_REST
from koppeling.core.rate_limiter import RateLimiter
from koppeling.exact.client import ExactClient
from koppeling.milestones.client import MilestonesClient
from koppeling.milestones.pacer import Pacer
from koppeling.milestones.transport import Transport
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.registry import ENTITIES
from koppeling.push.exact_calls import EXACT_CALLS

if TYPE_CHECKING:
    from koppeling.check.ports import Systems
    from koppeling.exact.books import ExactBooks
    from koppeling.milestones.states import EntityStates
    from koppeling.push.terms import Terms


def exact_rights(entities: Mapping[str, Entity]) -> ExactRights:
    """Return what the push and the pulls call in Exact, and the right to each of it."""
    pulls = (call for entity in entities.values() for call in entity.exact_calls())
    return ExactRights([*EXACT_CALLS, *pulls])


class Clients:
    """The clients of Exact Online and QicsMilestones, per connection."""

    def __init__(  # noqa: PLR0913 - wired once, by name
        self,
        settings: Settings,
        aws: Aws,
        stores: Stores,
        *,
        now: Now,
        pause: Callable[[float], None],
        entities: Mapping[str, Entity] = ENTITIES,
    ) -> None:
        self._settings = settings
        self._entities = entities
        self._targets = {name: entity.target for name, entity in entities.items()}
        self.rights = exact_rights(entities)
        self._aws = aws
        self._stores = stores
        self._now = now
        self._pause = pause
        self._chains: dict[TokenKey, TokenChain] = {}
        self._breakers: dict[str, Breaker] = {}
        # Threads that work on messages of one user or host share its chain and its breaker
        self._making = Lock()
        self._sessions = local()
        # Each invocation sets its own: clients and chains outlive it
        self.deadline = no_invocation()

    def exact(self, connection: Connection, limiter: RateLimiter) -> ExactClient:
        """Return the client of a connection's administration."""
        return ExactClient(
            self._session,
            base_url=self._settings.exact_url(connection.exact_host),
            division=connection.division,
            bearer=self.chain(EXACT, self.key_of(EXACT.name, connection)),
            limiter=limiter,
            rights=self.rights,
            now=self._now,
        )

    def books(self, connection: Connection, terms: "Terms") -> "ExactBooks":
        """Return the books of a connection's administration, in which invoices are entered.

        Existing invoices may not use the calls that are reserved for new ones (DESIGN 7).
        """
        from koppeling.exact.books import ExactBooks  # noqa: PLC0415 - pulls enter nothing (P9)

        limiter = self.rate_limiter(
            connection, for_invoices=not terms.existing, errors_allowed=terms.errors_allowed
        )
        return ExactBooks(
            connection.id,
            client=self.exact(connection, limiter),
            records=self._stores.records,
            cache=self._stores.lookup_cache,
            limiter=limiter,
            logged_in_at=self.chain(EXACT, self.key_of(EXACT.name, connection)).connected_at,
            now=self._now,
            anew=terms.anew,
        )

    def pacer(self, connection: Connection, state: PullState) -> Pacer:
        """Return the pace of a run: that of a first load learns, up to what was agreed (M20)."""
        careful = self._settings.milestones_calls_per_second
        if not state.is_first_load:
            return Pacer(careful, time.monotonic)
        ceiling = connection.milestones_calls_per_second
        return Pacer(careful, time.monotonic, ceiling=ceiling, learned=state.pace)

    def milestones(self, connection: Connection, pacer: Pacer | None = None) -> MilestonesClient:
        """Return the client of a connection's company, by default at the pace of a tick."""
        transport = self.transport(connection, pacer)
        return MilestonesClient(transport, company_id=connection.company_id, targets=self._targets)

    def states(self, connection: Connection) -> "EntityStates":
        """Return the client that writes the state of a connection's invoices."""
        from koppeling.milestones.states import EntityStates  # noqa: PLC0415 - likewise

        return EntityStates(self.transport(connection), connection.company_id)

    def check_clients(self, connection: Connection) -> "Systems":
        """Return both systems of a connection, for a check; its calls count as those of a pull."""
        from koppeling.check.ports import Systems  # noqa: PLC0415 - only a check needs these (P9)
        from koppeling.exact.inspection import ExactInspection  # noqa: PLC0415 - likewise
        from koppeling.milestones.inspection import (  # noqa: PLC0415 - likewise
            MilestonesInspection,
        )

        limiter = self.rate_limiter(connection, for_invoices=False)
        code_lists = {
            name: entity.feeds[0]
            for name, entity in self._entities.items()
            if entity.codes_must_exist
        }
        return Systems(
            ExactInspection(self.exact(connection, limiter), connection.division, code_lists),
            MilestonesInspection(
                self.transport(connection),
                company_id=connection.company_id,
                targets=self._targets,
                code_lists=code_lists,
            ),
            rights=self.rights,
            code_lists=tuple(code_lists),
            calls=limiter.calls,
            close=limiter.save,
        )

    def transport(self, connection: Connection, pacer: Pacer | None = None) -> Transport:
        """Return what calls the tenant of a connection as its user."""
        key = self.key_of(MILESTONES.name, connection)
        base_url = self._settings.milestones_base_url
        pacer = pacer or Pacer(self._settings.milestones_calls_per_second, time.monotonic)
        return Transport(base_url, self.chain(MILESTONES, key), pacer, self._now)

    def rate_limiter(
        self,
        connection: Connection,
        *,
        for_invoices: bool,
        errors_allowed: int = ERRORS_BEFORE_REST,
    ) -> RateLimiter:
        """Return what counts and limits the calls to a connection's administration."""
        return RateLimiter(
            connection.exact_host,
            connection.division,
            budgets=self._stores.budgets,
            rights=self.rights,
            now=self._now,
            for_invoices=for_invoices,
            errors_allowed=errors_allowed,
            outage=ConnectionBreaker(self._breaker(connection.exact_host), connection.id),
        )

    def _breaker(self, host: str) -> Breaker:
        """Return what stops calls to a host; a warm function reads its state every 30 seconds."""
        with self._making:
            if host not in self._breakers:
                self._breakers[host] = Breaker(host, self._stores.outages, self._now)
            return self._breakers[host]

    def key_of(self, provider: str, connection: Connection) -> TokenKey:
        """Return whose tokens a connection uses at a provider."""
        return key_of(provider, connection)

    def chain_of(self, key: TokenKey) -> TokenChain:
        """Return the chain of a key, whichever its provider."""
        return self.chain(EXACT if key.provider == EXACT.name else MILESTONES, key)

    def chain(self, provider: Provider, key: TokenKey) -> TokenChain:
        """Return the chain of a user; it is cached, so that a warm function reads a token once."""
        with self._making:
            if key not in self._chains:
                self._chains[key] = TokenChain(
                    key,
                    store=self.tokens,
                    endpoint=self.endpoint(provider),
                    rules=provider.rules,
                    reconnect=provider.reconnect,
                    now=self._now,
                    pause=self._pause,
                    on_lost=LostLogins(
                        self._stores.connections.using, self._stores.log, self._now
                    ).note,
                )
            return self._chains[key]

    def endpoint(self, provider: Provider) -> TokenEndpoint:
        """Return the token endpoint of a provider."""
        return TokenEndpoint(
            provider,
            base_url=lambda host: self.base_url(provider, host),
            credentials=lambda: self.apps.credentials(provider.name),
            renewed_credentials=lambda: self.apps.renewed(provider.name),
            report=report,
        )

    def base_url(self, provider: Provider, host: str) -> str:
        """Return the base URL of the login and the token endpoint of a provider."""
        if provider is EXACT:
            return self._settings.exact_url(host)
        return self._settings.milestones_base_url

    @cached_property
    def tokens(self) -> PatientTokens:
        """The stored tokens, whose newest pair is written however long the table refuses (R29)."""
        return PatientTokens(
            tokens=self._stores.tokens,
            relay=SqsTokenRelay(self._token_queue, self._stores.token_cipher),
            may_pass=(PynamoDBException, Retry),
            deadline=lambda: self.deadline,
            now=self._now,
            pause=self._pause,
            report=report,
            in_use=lambda key: bool(self._stores.connections.using(key)),
        )

    def _token_queue(self) -> SqsQueue:
        return SqsQueue(self._aws.client("sqs"), self._settings.token_queue_url)

    @cached_property
    def apps(self) -> AppSecret:
        """The credentials of our apps."""
        return AppSecret(self._aws.client("secretsmanager"), self._settings.apps_secret, self._now)

    @property
    def _session(self) -> requests.Session:
        """The session of this thread to Exact: its connections stay open between calls (X5)."""
        if not hasattr(self._sessions, "exact"):
            self._sessions.exact = vendor_session()
        session: requests.Session = self._sessions.exact
        return session
