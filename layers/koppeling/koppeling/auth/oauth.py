"""The token endpoint of a provider, through requests-oauthlib."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests_oauthlib import OAuth2Session
from urllib3.exceptions import NewConnectionError

from koppeling.auth.providers import Apps, Provider
from koppeling.auth.token_pair import Grant, TokenKey, TooEarly
from koppeling.core.errors import Consequence, Fatal, Reauthorise, Retry, Uncertain

# R1: a token call connects and answers within 10 s each; the lease outlives their sum (R26)
TOKEN_TIMEOUT = (10.0, 10.0)
_ENDED = frozenset({"invalid_grant", "unauthorized_client"})
_NO_LIFE_GIVEN = 600  # M11


@dataclass(frozen=True, slots=True)
class TokenAnswers:
    """What an answer of a provider's token endpoint means, whatever was asked of it."""

    provider: Provider

    @contextmanager
    def understood(self) -> Generator[None]:
        """Turn what goes wrong in a token call into what has to happen next."""
        try:
            yield
        except requests.exceptions.ConnectTimeout as error:
            raise Retry(self.provider.unavailable, "token endpoint not reached") from error
        except requests.RequestException as error:
            raise self._unanswered(error) from None
        except OAuth2Error as error:
            raise self._refused(error) from None
        except (KeyError, ValueError):
            raise self._without_tokens() from None

    def judge(self, response: requests.Response) -> requests.Response:
        """Let an answer through that speaks OAuth; the others never looked at what we sent."""
        status, content = response.status_code, response.content.lower()
        if not response.ok and b"refresh token" in content:
            raise Reauthorise(self.provider.reconnect, f"{status}: refresh token refused")
        # X19, X28: a limit or a gateway does not speak OAuth, and has not looked at the token
        speaks_oauth = b'"error"' in content and status < requests.codes["server_error"]
        if b'"fault"' in content or not (response.ok or speaks_oauth):
            raise Retry(self.provider.unavailable, f"{status} from the token endpoint")
        return response

    def _unanswered(self, error: requests.RequestException) -> Consequence:
        cause = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(cause, NewConnectionError):
            return Retry(self.provider.unavailable, "token endpoint not reached")
        return Uncertain(self.provider.unavailable, f"{type(error).__name__} on a token call")

    def _without_tokens(self) -> Consequence:
        return Uncertain(self.provider.unavailable, "token answer without tokens")

    def _refused(self, error: OAuth2Error) -> Exception:
        description = str(error.description or "")
        if "not expired" in description:
            return TooEarly()
        if error.error in _ENDED:
            return Reauthorise(self.provider.reconnect, f"token endpoint: {error.error}")
        if error.error == "missing_token":
            return self._without_tokens()
        return Fatal("exact-app-misconfigured", f"token endpoint: {error.error}")


class TokenEndpoint:
    """Exchanges a refresh token for the next pair: one call, never repeated by itself."""

    def __init__(self, provider: Provider, base_url: str, apps: Apps) -> None:
        self._url = f"{base_url}{provider.token_path}"
        self._apps = apps
        self._answers = TokenAnswers(provider)

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Return the next pair.

        Raises:
            TooEarly: the current access token still works (X23).
            Reauthorise: the chain has ended (X24, X26).
            Uncertain: no usable answer came, the refresh token may be spent (X21, X27).
            Retry: the provider could not be reached, or answered with a fault (X28).
            Fatal: our own credentials are wrong (X25).
        """
        app = self._apps.credentials(key.provider)
        # A session of its own for each call: a token call must not carry a bearer header (X12).
        session = OAuth2Session(app.client_id)
        session.max_redirects = 0
        # M10 names the redirect URI for every token call of QicsMilestones, X11 not for Exact's
        more: dict[str, Any] = {"redirect_uri": app.redirect_uri} if app.redirect_uri else {}
        session.register_compliance_hook("refresh_token_response", self._answers.judge)
        with closing(session), self._answers.understood():
            token = session.refresh_token(
                self._url,
                refresh_token=refresh_token,
                client_id=app.client_id,
                client_secret=app.client_secret,
                timeout=TOKEN_TIMEOUT,
                **more,
            )
            return grant_of(token)


def grant_of(token: Any) -> Grant:  # noqa: ANN401 - the JSON edge
    """Return what a token answer hands out."""
    life = int(token.get("expires_in") or _NO_LIFE_GIVEN)  # X13: text or number
    return Grant(token["access_token"], token["refresh_token"], timedelta(seconds=life))


class CodeExchange:
    """Exchanges the code of a login: one call, never repeated, since a code works once (X9)."""

    def __init__(self, provider: Provider, base_url: str, apps: Apps) -> None:
        self._provider = provider
        self._url = f"{base_url}{provider.token_path}"
        self._apps = apps
        self._answers = TokenAnswers(provider)

    def exchange(self, code: str, redirect_uri: str) -> Grant:
        """Return the first pair; `redirect_uri` is the one of the login, to the letter (X10).

        Raises:
            Reauthorise: the code is too old, was used, or is none (X9).
            Uncertain: no usable answer came; the code is spent all the same.
            Retry: the provider could not be reached, or answered with a fault (X28).
            Fatal: our own credentials are wrong (X25).
        """
        app = self._apps.credentials(self._provider.name)
        # A session of its own, so that no bearer header goes along (X12)
        session = OAuth2Session(app.client_id, redirect_uri=redirect_uri)
        session.max_redirects = 0
        session.register_compliance_hook("access_token_response", self._answers.judge)
        with closing(session), self._answers.understood():
            token = session.fetch_token(
                self._url,
                code=code,
                client_secret=app.client_secret,
                include_client_id=True,  # X11, M10: in the form, not in a header
                timeout=TOKEN_TIMEOUT,
            )
            return grant_of(token)
