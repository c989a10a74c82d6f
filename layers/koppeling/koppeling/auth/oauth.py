"""OAuth at both providers: login pages and token calls, through requests-oauthlib."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests

from koppeling.auth.ports import AppCredentials
from koppeling.auth.token_pair import (
    EXACT_CHAIN,
    MILESTONES_CHAIN,
    ChainRules,
    Grant,
    TokenKey,
    TooEarly,
)
from koppeling.core.errors import Consequence, Fatal, Reauthorise, Retry, Uncertain
from koppeling.core.summary import Summary
from koppeling.core.unsent import was_never_sent

if TYPE_CHECKING:
    from oauthlib.oauth2.rfc6749.errors import OAuth2Error
    from requests_oauthlib import OAuth2Session

# R1: a token call connects and answers within 10 s each; the lease outlives their sum (R26)
TOKEN_TIMEOUT = (10.0, 10.0)
# A call with credentials that were read anew begins this soon after the first, within the lease
ANEW_WITHIN_SECONDS = 3.0
TOO_EARLY = "exact-token-too-early"
_ENDED = frozenset({"invalid_grant", "unauthorized_client"})
# X24, X26: the statuses with which a refresh token is refused
_REFUSING = frozenset({400, 401})
_NO_LIFE_GIVEN = 600  # M11


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of tokens: where, under which rules, and the codes of what can go wrong."""

    name: str
    login_path: str
    token_path: str
    rules: ChainRules
    reconnect: str
    unavailable: str
    login_extras: Mapping[str, str] = field(default_factory=dict)


EXACT = Provider(
    name="exact",
    login_path="/api/oauth2/auth",
    token_path="/api/oauth2/token",  # noqa: S106 - a path, X11
    rules=EXACT_CHAIN,
    reconnect="exact-reconnect-needed",
    unavailable="exact-unavailable",
    # X8: the intended user logs in, not whoever is logged in already
    login_extras={"force_login": "1"},
)
MILESTONES = Provider(
    name="milestones",
    login_path="/api/oauth2/oauth2/auth",
    token_path="/api/oauth2/oauth2/token",  # noqa: S106 - a path, M7
    rules=MILESTONES_CHAIN,
    reconnect="milestones-reconnect-needed",
    unavailable="milestones-unavailable",
)


class AppRefused(Fatal):
    """The token endpoint does not know our app by the credentials that were sent."""


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """The login page and the token endpoint of a provider.

    A call is repeated once, when our credentials were refused and others are known by now: nothing
    was spent then. `base_url` gives the address for a host. Both methods that call the endpoint
    raise:
        Reauthorise: the chain has ended (X24, X26), or the code is expired, used or unknown (X9).
        Uncertain: no usable answer came, so the token or code may be spent (X21, X27).
        Retry: the provider could not be reached, or answered with a fault (X28).
        Fatal: our own credentials are wrong (X25).
    """

    provider: Provider
    base_url: Callable[[str], str]
    credentials: Callable[[], AppCredentials]
    report: Callable[[Summary], object]
    renewed_credentials: Callable[[], AppCredentials] | None = None
    seconds: Callable[[], float] = time.monotonic

    def prepare(self, key: TokenKey) -> None:  # noqa: ARG002 - the port has it
        """Fetch our credentials and the OAuth packages: under a lease nothing waits for them."""
        self.credentials()
        _oauth_packages()

    def login_url(self, host: str, redirect_uri: str, state: str) -> str:
        """Return the login page to which a browser is sent (X8, M9).

        PKCE is not sent: neither provider documents it, and Exact is not known to ignore unknown
        parameters (open question X-14.2). Our client secret, the state that is bound to the
        browser and the exact redirect URI take its place.
        """
        query = {
            "client_id": self.credentials().client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "state": state,
            **self.provider.login_extras,
        }
        return f"{self.base_url(host)}{self.provider.login_path}?{urlencode(query)}"

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Exchange a refresh token for the next pair.

        Raises:
            TooEarly: the current access token still works (X23).
        """
        return self._with_credentials(lambda app: self._refresh(app, key, refresh_token))

    def _refresh(self, app: AppCredentials, key: TokenKey, refresh_token: str) -> Grant:
        # M10: QicsMilestones wants the redirect URI in every token call, Exact does not (X11)
        more: dict[str, Any] = {"redirect_uri": app.redirect_uri} if app.redirect_uri else {}
        with self._session(app.client_id) as session:
            token = session.refresh_token(
                self._token_url(key.host),
                refresh_token=refresh_token,
                client_id=app.client_id,
                client_secret=app.client_secret,
                timeout=TOKEN_TIMEOUT,
                **more,
            )
            return _grant_of(token)

    def exchange(self, host: str, code: str, redirect_uri: str) -> Grant:
        """Exchange the code of a login for the first pair.

        `redirect_uri` must be exactly the one of the login page (X10).
        """
        return self._with_credentials(lambda app: self._exchange(app, host, code, redirect_uri))

    def _exchange(self, app: AppCredentials, host: str, code: str, redirect_uri: str) -> Grant:
        with self._session(app.client_id, redirect_uri) as session:
            token = session.fetch_token(
                self._token_url(host),
                code=code,
                client_secret=app.client_secret,
                include_client_id=True,  # X11, M10: in the form, not in a header
                timeout=TOKEN_TIMEOUT,
            )
            return _grant_of(token)

    def _with_credentials(self, call: Callable[[AppCredentials], Grant]) -> Grant:
        """Make a token call, and make it again if an operator has changed our credentials."""
        app, began = self.credentials(), self.seconds()
        try:
            return call(app)
        except AppRefused:
            newest = app if self.renewed_credentials is None else self.renewed_credentials()
            if newest == app or self.seconds() - began > ANEW_WITHIN_SECONDS:
                raise
            return call(newest)

    def _token_url(self, host: str) -> str:
        return f"{self.base_url(host)}{self.provider.token_path}"

    @contextmanager
    def _session(
        self, client_id: str, redirect_uri: str | None = None
    ) -> Generator["OAuth2Session"]:
        """Open a session for one call, and turn what goes wrong in it into a consequence.

        A session is never shared: a token call must not carry a bearer header (X12).
        """
        session_type, oauth_error = _oauth_packages()
        session = session_type(client_id, redirect_uri=redirect_uri)
        session.max_redirects = 0
        session.register_compliance_hook("access_token_response", self._judge)
        session.register_compliance_hook("refresh_token_response", self._judge)
        try:
            with closing(session):
                yield session
        except requests.RequestException as error:
            raise self._unanswered(error) from None
        except oauth_error as error:
            raise self._refused(error) from None
        except (KeyError, ValueError):
            raise self._without_tokens() from None

    def _judge(self, response: requests.Response) -> requests.Response:
        """Let through only an answer that speaks OAuth; others never looked at what we sent."""
        status, content = response.status_code, response.content.lower()
        if status in _REFUSING and b"refresh token" in content:
            raise Reauthorise(self.provider.reconnect, f"{status}: refresh token refused")
        # X19, X28: a limit or a gateway does not speak OAuth, and its words end no chain
        is_limit = status == requests.codes["too_many"] and b"not expired" not in content
        is_fault = is_limit or status >= requests.codes["server_error"]
        speaks_oauth = b'"error"' in content and not is_fault
        if b'"fault"' in content or not (response.ok or speaks_oauth):
            raise Retry(self.provider.unavailable, f"{status} from the token endpoint")
        return response

    def _unanswered(self, error: requests.RequestException) -> Consequence:
        if was_never_sent(error):
            return Retry(self.provider.unavailable, "token endpoint not reached")
        return Uncertain(self.provider.unavailable, f"{type(error).__name__} on a token call")

    def _without_tokens(self) -> Consequence:
        return Uncertain(self.provider.unavailable, "token answer without tokens")

    def _refused(self, error: "OAuth2Error") -> Exception:
        if "not expired" in str(error.description or ""):
            # X23: no customer can mend this; our clock or our threshold is wrong
            self.report(Summary("tokens", TOO_EARLY, detail=self.provider.name))
            return TooEarly()
        if error.error in _ENDED:
            return Reauthorise(self.provider.reconnect, f"token endpoint: {error.error}")
        if error.error == "missing_token":
            return self._without_tokens()
        kind = AppRefused if error.error == "invalid_client" else Fatal
        return kind("exact-app-misconfigured", f"token endpoint: {error.error}")


def _oauth_packages() -> tuple[type["OAuth2Session"], type["OAuth2Error"]]:
    """Import the OAuth packages at the first token call: a cold start does without them (P9)."""
    from oauthlib.oauth2.rfc6749.errors import OAuth2Error  # noqa: PLC0415 - see above
    from requests_oauthlib import OAuth2Session  # noqa: PLC0415 - see above

    return OAuth2Session, OAuth2Error


def _grant_of(token: Any) -> Grant:  # noqa: ANN401 - the JSON edge
    life = int(token.get("expires_in") or _NO_LIFE_GIVEN)  # X13: text or number
    return Grant(token["access_token"], token["refresh_token"], timedelta(seconds=life))
