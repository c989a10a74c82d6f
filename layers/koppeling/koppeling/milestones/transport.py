"""Calls to QicsMilestones: tokens, pace, timeouts, and one session for each thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import local
from typing import Any, Protocol

import requests

from koppeling import decimals
from koppeling.domain.errors import Retry, Uncertain
from koppeling.milestones.answers import body_of
from koppeling.ports import Bearer

TIMEOUT = (5.0, 30.0)  # R1
_NOT_SENT = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)


class Pace(Protocol):
    """Keeps calls apart (M20)."""

    def wait(self) -> None:
        """Return when the next call may start."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and the mark of the record's version where there is one (M24)."""

    body: Any
    etag: str | None


class Transport:
    """Calls one tenant as one user."""

    def __init__(self, bearer: Bearer, pace: Pace) -> None:
        self._sessions = local()
        self._bearer = bearer
        self._pace = pace

    def call(
        self,
        method: str,
        url: str,
        entity: str,
        record: Mapping[str, Any] | None = None,
        etag: str | None = None,
    ) -> Answer:
        """Make one call, once more with another token when the first was refused.

        Raises:
            Consequence: see `answers.body_of`; Uncertain when a POST got no answer.
        """
        token = self._bearer.token()
        response = self._send(method, url, token, record, etag)
        if response.status_code == requests.codes["unauthorized"]:
            response = self._send(method, url, self._bearer.renewed(token), record, etag)
        return Answer(body_of(response, method, entity), response.headers.get("ETag"))

    def _send(
        self,
        method: str,
        url: str,
        token: str,
        record: Mapping[str, Any] | None,
        etag: str | None,
    ) -> requests.Response:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        data = None
        if record is not None:
            headers["Content-Type"] = "application/json"
            data = decimals.dumps(record)
        if etag is not None:
            headers["If-Match"] = etag
        self._pace.wait()
        try:
            return self._session().request(
                method, url, headers=headers, data=data, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            detail = f"{type(error).__name__} on {method}"
            if method == "POST" and not isinstance(error, _NOT_SENT):
                raise Uncertain("milestones-unavailable", detail) from error
            raise Retry("milestones-unavailable", detail) from error

    def _session(self) -> requests.Session:
        if not hasattr(self._sessions, "session"):
            self._sessions.session = requests.Session()
        session: requests.Session = self._sessions.session
        return session
