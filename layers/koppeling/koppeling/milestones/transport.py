"""Calls to QicsMilestones: tokens, pace, timeouts, and one HTTP session per thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import local
from typing import Any

import requests

from koppeling.core import decimal_json as decimals
from koppeling.core.clock import Now, now
from koppeling.core.errors import Defer, Retry, Uncertain
from koppeling.core.http import vendor_session
from koppeling.core.ports import Bearer
from koppeling.core.unsent import was_never_sent
from koppeling.milestones.answers import body_of
from koppeling.milestones.api import API_PATH
from koppeling.milestones.pacer import Pacer

TIMEOUT = (5.0, 30.0)  # R1


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and the ETag of the record if there is one (M24)."""

    body: Any
    etag: str | None


class Transport:
    """Calls one tenant as one user; after a 429 it makes no call until the pause is over (M20).

    Workers share it, so a 429 to one of them stops the others as well. `root` is the address of
    the API, below which every call goes.
    """

    def __init__(
        self,
        base_url: str,
        bearer: Bearer,
        pacer: Pacer,
        now: Now = now,
        new_session: Callable[[], requests.Session] = vendor_session,
    ) -> None:
        self.root = f"{base_url}{API_PATH}"
        self._sessions = local()
        self._new_session = new_session
        self._bearer = bearer
        self._pacer = pacer
        self._now = now
        self._closed_until: datetime | None = None

    def call(
        self,
        method: str,
        url: str,
        entity: str,
        record: Mapping[str, Any] | None = None,
        etag: str | None = None,
    ) -> Answer:
        """Make one call, and repeat it with another token when the first was refused.

        Raises:
            Consequence: see `answers.body_of`; Uncertain when a POST got no answer.
            Defer: this answer or an earlier one asked for a pause.
        """
        if self._closed_until is not None and self._now() < self._closed_until:
            raise Defer("milestones-unavailable", self._closed_until, f"{entity} after a 429")
        token = self._bearer.token()
        response = self._send(method, url, token, record, etag)
        if response.status_code == requests.codes["unauthorized"]:
            response = self._send(method, url, self._bearer.renewed(token), record, etag)
        try:
            body = body_of(response, method, entity, self._now())
        except Defer as deferred:
            self._closed_until = deferred.until
            raise
        return Answer(body, response.headers.get("ETag"))

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
        began, status = self._pacer.wait(), None
        try:
            response = self._session().request(
                method, url, headers=headers, data=data, timeout=TIMEOUT, allow_redirects=False
            )
            status = response.status_code
        except requests.RequestException as error:
            detail = f"{type(error).__name__} on {method}"
            if method == "POST" and not was_never_sent(error):
                raise Uncertain("milestones-unavailable", detail) from error
            raise Retry("milestones-unavailable", detail) from error
        finally:
            self._pacer.answered(began, status)
        return response

    def _session(self) -> requests.Session:
        if not hasattr(self._sessions, "session"):
            self._sessions.session = self._new_session()
        session: requests.Session = self._sessions.session
        return session
