"""QM's OAuth2 server without its web pages: codes and tokens, each good for what M7 to M12 say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from threading import Lock
from typing import Any, NamedTuple

from tests.sandbox.common.addresses import Addresses
from tests.sandbox.common.clock import Clock
from tests.sandbox.qics_milestones.switches import Switches
from tests.sandbox.qics_milestones.users import DEFAULT_USER

CODE_LIFE = timedelta(minutes=10)
DEFAULT_REDIRECT_URI = "https://koppeling.example/verbonden/qicsmilestones"


class AppCredentials(NamedTuple):
    """The OAuth application that the customer made in QM (M8)."""

    client_id: str
    client_secret: str
    redirect_uri: str


class OAuthError(Exception):
    """A token call that is refused, in the words of the OAuth standard."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True)
class _Grant:
    user: str
    redirect_uri: str
    until: datetime


class OAuthServer:
    """Gives out codes, access tokens and refresh tokens, and remembers which are spent."""

    def __init__(self, clock: Clock, switches: Switches, seed: int, redirect_uri: str) -> None:
        self._clock = clock
        self._switches = switches
        self._random = Random(f"milestones-{seed}")
        self._lock = Lock()
        self._given: set[str] = set()
        self._codes: dict[str, _Grant] = {}
        self._refresh_tokens: dict[str, str] = {}
        self._access_tokens: dict[str, _Grant] = {}
        self.app = AppCredentials(self._secret("app"), self._secret("sec"), redirect_uri)
        self.addresses = Addresses(redirect_uri)  # M8

    def authorise(self, user: str = DEFAULT_USER, redirect_uri: str | None = None) -> str:
        """Return the code that a consent by this user gives, without the browser."""
        with self._lock:
            code = self._secret("code")
            until = self._clock.now() + CODE_LIFE
            self._codes[code] = _Grant(user, redirect_uri or self.app.redirect_uri, until)
            return code

    def knows_address(self, redirect_uri: str) -> bool:
        """Say whether the consent page may send people there.

        M9: a registered URI must be part of the one passed.
        """
        return any(registered in redirect_uri for registered in self.addresses.all())

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer a token call (M10).

        Raises:
            OAuthError: the call is not one that deserves a token.
        """
        self._check_client(form)
        grant_type = form.get("grant_type")
        with self._lock:
            if grant_type == "authorization_code":
                return self._pair(self._redeem(form))
            if grant_type == "refresh_token":
                return self._refresh(form.get("refresh_token", ""))
        raise OAuthError("unsupported_grant_type", f"grant_type {grant_type} is not supported")

    def user_of(self, access_token: str) -> str | None:
        """Return whose token this is; None when it is unknown or its life is over."""
        grant = self._access_tokens.get(access_token)
        return grant.user if grant is not None and self._clock.now() < grant.until else None

    def forget_tokens(self) -> None:
        """End every consent, as a customer does who removes the application."""
        with self._lock:
            self._access_tokens.clear()
            self._refresh_tokens.clear()

    def gave_out(self, secret: str) -> bool:
        """Say whether this is a code or a token of this tenant, also one that is spent."""
        return secret in self._given

    def _secret(self, prefix: str) -> str:
        made = f"{prefix}-{self._random.getrandbits(160):040x}"
        self._given.add(made)
        return made

    def _check_client(self, form: Mapping[str, str]) -> None:
        if form.get("client_id") != self.app.client_id:
            raise OAuthError("invalid_client", "client_id is unknown", 401)
        if form.get("client_secret") != self.app.client_secret:
            raise OAuthError("invalid_client", "client_secret does not belong to the client", 401)
        needed = self._switches.refresh_needs_redirect_uri or form.get("code")
        if needed and not self.knows_address(form.get("redirect_uri", "")):
            raise OAuthError("invalid_request", "redirect_uri is missing or not the registered one")

    def _redeem(self, form: Mapping[str, str]) -> str:
        # M58: a code is good for one call, whatever comes of it.
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or self._clock.now() >= grant.until:
            raise OAuthError("invalid_grant", "the code is unknown, used or expired")
        if form.get("redirect_uri") != grant.redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri differs from that of the consent")
        return grant.user

    def _refresh(self, refresh_token: str) -> dict[str, Any]:
        user = self._refresh_tokens.get(refresh_token)
        if user is None:
            raise OAuthError("invalid_grant", "the refresh token is unknown or used")
        if not self._switches.rotate_refresh_tokens:
            return self._pair(user, refresh_token)
        # M11: the strict case, in which a refresh token is spent by its use.
        del self._refresh_tokens[refresh_token]
        return self._pair(user)

    def _pair(self, user: str, refresh_token: str | None = None) -> dict[str, Any]:
        access, refresh = self._secret("at"), refresh_token or self._secret("rt")
        life = self._switches.token_life
        until = self._clock.now() + timedelta(seconds=life)
        self._access_tokens[access] = _Grant(user, "", until)
        self._refresh_tokens[refresh] = user
        answer = {"access_token": access, "token_type": "bearer", "refresh_token": refresh}
        # M10: a number, text, or nothing at all; a client must live with each.
        expiry: dict[str, int | str] = {"number": life, "text": str(life)}
        told = expiry.get(self._switches.expires_in)
        return answer if told is None else answer | {"expires_in": told}
