"""The end of a login: a code becomes the first pair of a chain, through requests-oauthlib."""

from contextlib import closing

from requests_oauthlib import OAuth2Session

from koppeling.auth.oauth import TOKEN_TIMEOUT, Apps, TokenAnswers, grant_of
from koppeling.auth.oauth_providers import Provider
from koppeling.auth.token_pair import Grant


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
