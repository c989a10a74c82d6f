"""What a fresh token may read: who logged in, and the administration that was agreed."""

from typing import Any

import requests

from koppeling.auth.ports import FreshToken
from koppeling.auth.session import LoggedInUser
from koppeling.core.administration import Administration
from koppeling.core.clock import Now
from koppeling.core.errors import Reauthorise, Retry
from koppeling.core.exact_rights import ANY_DATA, ExactRights
from koppeling.core.ids import Division
from koppeling.core.rate_limit import Limits
from koppeling.exact import odata
from koppeling.exact.answers import Asked, body_of, is_unauthorised, limits_of
from koppeling.exact.client import ExactClient
from koppeling.exact.divisions import both_lists, named_administration

# R1: a person waits in front of a browser, so this is shorter than for a pull
VISIT_TIMEOUT = (10.0, 15.0)
_ME = ("UserName", "Email", "CurrentDivision", "IsMyFirmPortalUser", "IsMyFirmLiteUser")


class ExactLoginProbe:
    """Reads with a token that belongs to no connection yet."""

    def __init__(self, session: requests.Session, base_url: str, now: Now) -> None:
        self._session = session
        self._base_url = base_url
        self._now = now

    def logged_in_user(self, token: str) -> LoggedInUser:
        row = self._me(token)
        return LoggedInUser(
            user_name=str(row.get("UserName") or ""),
            email=str(row.get("Email") or ""),
            current_division=int(row.get("CurrentDivision") or 0),
            # X161: such a user can neither book nor add documents
            may_book=not (row.get("IsMyFirmPortalUser") or row.get("IsMyFirmLiteUser")),
        )

    def administration(
        self, token: str, visitor: LoggedInUser, agreed: Division
    ) -> Administration | None:
        """Look for the agreed administration below the division that the user opened last.

        The list needs some division in its address (X104); nothing else uses this one (X3). When
        the consent does not include it, the agreed division is tried.
        """
        opened = Division(visitor.current_division)
        ways = both_lists(self._client(token, opened))
        if opened != agreed:
            ways += both_lists(self._client(token, agreed))[:1]
        return named_administration(agreed, ways)

    def _me(self, token: str) -> dict[str, Any]:
        url = f"{self._base_url}/api/v1/current/Me?{odata.query(_ME)}"
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        try:
            response = self._session.request(
                "GET", url, headers=headers, timeout=VISIT_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Retry("exact-unavailable", f"{type(error).__name__} on current/Me") from None
        if is_unauthorised(response):
            raise Reauthorise("exact-reconnect-needed", "401 on current/Me")
        now = self._now()
        asked = Asked("current/Me", writes=False, at=now, entity="current/Me", right=ANY_DATA)
        body = body_of(response, asked, limits_of(response.headers, now))
        try:
            rows, _ = odata.rows_of(body)
            return rows[0]
        except (IndexError, KeyError, TypeError, ValueError):
            raise Retry("exact-unavailable", "no OData answer on current/Me") from None

    def _client(self, token: str, below: Division) -> ExactClient:
        return ExactClient(
            self._session,
            base_url=self._base_url,
            division=below,
            bearer=FreshToken(token, "exact-reconnect-needed"),
            limiter=_NoLimit(),
            rights=ExactRights(()),
            now=self._now,
        )


class _NoLimit:
    """No budget: a login makes few calls, perhaps to an administration that is not connected."""

    def check(self, endpoint: str) -> None:
        """Allow every call."""

    def start(self) -> None:
        """Allow every call."""

    def record(self, endpoint: str, status: int, limits: Limits) -> None:
        """Update nothing."""

    def check_post(self, endpoint: str) -> None:
        """Allow every post."""

    def note_no_right(self, endpoint: str) -> None:
        """Note nothing."""

    def answered(self, endpoint: str, *, writes: bool) -> None:
        """Note nothing."""

    def available(self) -> None:
        """Note nothing."""

    def unavailable(self) -> None:
        """Note nothing."""
