"""The two providers of tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from koppeling.auth.token_pair import EXACT_CHAIN, MILESTONES_CHAIN, ChainRules


@dataclass(frozen=True, slots=True, repr=False)
class AppCredentials:
    """Who we are to a provider. It has no repr, so that no log can show it."""

    client_id: str
    client_secret: str
    redirect_uri: str | None = None


class Apps(Protocol):
    """Where the credentials of our apps come from."""

    def credentials(self, provider: str) -> AppCredentials:
        """Return our credentials at a provider."""
        ...


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

    def login_url(self, base_url: str, client_id: str, redirect_uri: str, state: str) -> str:
        """Return the login page to which a browser is sent (X8, M9).

        PKCE is not sent: neither provider tells that it knows it, and Exact is not known to ignore
        what it does not know (open question X-14.2). Our client secret, the state that is bound to
        the browser, and the exact redirect URI stand in for it.
        """
        query = {
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "state": state,
            **self.login_extras,
        }
        return f"{base_url}{self.login_path}?{urlencode(query)}"


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
