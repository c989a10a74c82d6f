"""The authorisation server: codes and rotating refresh tokens (X7-X29, X180)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.sandbox.common.addresses import Addresses
from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online.oauth_answers import (
    TokenAnswer,
    invalid_grant,
    invalid_request,
    old_token,
    too_early,
)
from tests.sandbox.exact_online.switches import Switches

CODE_LIFE = timedelta(seconds=180)  # X9
ACCESS_LIFE = timedelta(seconds=600)  # X14
EARLIEST_REFRESH = timedelta(seconds=570)  # X14
REFRESH_LIFE = timedelta(days=30)  # X17
TOKEN_CALLS_A_DAY = 200  # X19

type Divisions = tuple[int, ...] | None
"""The administrations to which a consent is limited; None is all that the user has (X31)."""


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """The one registered app; one of its redirect URIs must be met exactly (X10)."""

    name: str = "Koppeling QicsMilestones"
    client_id: str = "koppeling-sandbox"
    client_secret: str = "Zandbak-geheim-0815"  # noqa: S105 - invented, opens nothing
    redirect_uri: str = "https://koppeling.example/callback"


@dataclass(slots=True)
class Code:
    """A code that waits for its exchange."""

    user: str
    issued: datetime
    redirect_uri: str
    divisions: Divisions


@dataclass(slots=True)
class Chain:
    """The tokens that grew from one consent; only the newest refresh token opens anything."""

    user: str
    granted: datetime
    divisions: Divisions
    refresh_token: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """Whom an access token stands for, where (X31), and whether it still does."""

    user: str
    valid: bool
    divisions: Divisions


@dataclass(slots=True)
class Authority:
    """Issues and checks everything that opens the API."""

    clock: Clock
    switches: Switches
    app: AppCredentials
    random: Random
    addresses: Addresses = field(init=False)
    _codes: dict[str, Code] = field(default_factory=dict)
    _chains: dict[str, Chain] = field(default_factory=dict)
    _access: dict[str, tuple[Chain, datetime]] = field(default_factory=dict)
    _calls: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin with the one address that the app was registered with (X10)."""
        self.addresses = Addresses(self.app.redirect_uri)

    def issue_code(self, user: str, redirect_uri: str, divisions: Divisions = None) -> str:
        """Return a code; it holds signs that must be encoded in a URL (X9)."""
        code = f"stampNL001.{self._secret(24)}!{self._secret(12)}"
        self._codes[code] = Code(user, self.clock.now(), redirect_uri, divisions)
        return code

    def access(self, token: str) -> Access | None:
        """Return whom an access token stands for; None when it was never issued."""
        found = self._access.get(token)
        if found is None:
            return None
        chain, granted = found
        valid = not chain.ended and self.clock.now() - granted < ACCESS_LIFE
        return Access(chain.user, valid, chain.divisions)

    def user_of(self, form: dict[str, str]) -> str:
        """Return whom a token call is about, as far as its code or refresh token tells."""
        code = self._codes.get(form.get("code", ""))
        chain = self._chains.get(form.get("refresh_token", ""))
        return code.user if code else chain.user if chain else ""

    def answer(self, form: dict[str, str]) -> TokenAnswer:
        """Answer a token call."""
        known = (self.app.client_id, self.app.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != known:
            return invalid_request()
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form.get("refresh_token", ""))
        return TokenAnswer(400, {"error": "unsupported_grant_type"})  # X7

    def _exchange(self, form: dict[str, str]) -> TokenAnswer:
        code = self._codes.pop(form.get("code", ""), None)  # X9: once, whatever comes of it
        if code is None or form.get("redirect_uri") != code.redirect_uri:
            return invalid_grant()
        if self._spent(code.user):
            return TokenAnswer(429, None)
        if self.clock.now() - code.issued > CODE_LIFE:
            return invalid_grant()
        if self.switches.one_chain:
            self._end_chains(code.user)
        return self._grant(Chain(code.user, self.clock.now(), code.divisions))

    def _refresh(self, token: str) -> TokenAnswer:
        chain = self._chains.get(token)
        if chain is None:
            return invalid_grant()
        if self._spent(chain.user):
            return TokenAnswer(429, None)
        age = self.clock.now() - chain.granted
        if chain.ended or age > REFRESH_LIFE:
            return invalid_grant()
        if chain.refresh_token != token:
            return old_token()
        if self.switches.enforce_570 and age < EARLIEST_REFRESH:
            return too_early()
        return self._grant(chain)

    def _grant(self, chain: Chain) -> TokenAnswer:
        chain.granted = self.clock.now()
        chain.refresh_token = f"stampNL001.{self._secret(48)}"
        access_token = f"stampNL001.{self._secret(96)}"
        self._chains[chain.refresh_token] = chain
        self._access[access_token] = (chain, chain.granted)
        body: dict[str, object] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": "600",  # X13: a string
            "refresh_token": chain.refresh_token,
        }
        return TokenAnswer(200, body)

    def _end_chains(self, user: str) -> None:
        """X18: a second consent by the same user for the same app ends the first chain."""
        for chain in self._chains.values():
            if chain.user == user:
                chain.ended = True

    def revoke(self, user: str) -> None:
        """Take the consent of a user away, as that user can in Exact (X26)."""
        self._end_chains(user)

    def _spent(self, user: str) -> bool:
        """X19: count a token call of this user today, and say whether it is one too many."""
        day = (user, self.clock.now().date().isoformat())
        self._calls[day] += 1
        return self._calls[day] > TOKEN_CALLS_A_DAY

    def _secret(self, length: int) -> str:
        letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789_-"
        return "".join(self.random.choices(letters, k=length))
