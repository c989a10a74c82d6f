"""The client of one administration of Exact Online: pages, look-ups, and new records."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import requests

from koppeling.core import decimal_json as decimals
from koppeling.core.clock import Now
from koppeling.core.decimal_json import Unreadable
from koppeling.core.errors import Consequence, Fatal, Reauthorise, Retry, Uncertain
from koppeling.core.exact_rights import ExactRights
from koppeling.core.ids import Division, SyncTimestamp
from koppeling.core.ports import Bearer
from koppeling.core.rate_limit import Limits
from koppeling.core.rate_limiter import NO_RIGHTS
from koppeling.core.unsent import was_never_sent
from koppeling.exact import odata
from koppeling.exact.answers import Asked, body_of, is_unauthorised, limits_of
from koppeling.pull.ports import Page

UNAVAILABLE = "exact-unavailable"
# X5, R1: seconds to connect, and to answer
READ_TIMEOUT = (10.0, 30.0)
UPLOAD_TIMEOUT = (10.0, 60.0)


class CallLimiter(Protocol):
    """Counts calls against a budget."""

    def check(self, endpoint: str) -> None:
        """Raise `Defer` when no call is allowed now."""

    def check_post(self, endpoint: str) -> None:
        """Raise `Defer` when no post is allowed now, also for want of a right."""

    def start(self) -> None:
        """Begin a call; raises `Defer` when Exact has an outage and another function looks now."""

    def note_no_right(self, endpoint: str) -> None:
        """Note that the user seems to lack the right to post."""

    def record(self, endpoint: str, status: int, limits: Limits) -> None:
        """Update the budget from an answer."""

    def answered(self, endpoint: str, *, writes: bool) -> None:
        """Note that Exact did what was asked."""

    def available(self) -> None:
        """Note that Exact answered, whatever it said."""

    def unavailable(self) -> None:
        """Note that Exact gave no answer, or none of its own."""


class ExactClient:
    """Calls one division with the tokens of one user. It can neither change nor delete (R16)."""

    def __init__(  # noqa: PLR0913 - a client is wired once, by name, in bootstrap
        self,
        session: requests.Session,
        *,
        base_url: str,
        division: Division,
        bearer: Bearer,
        limiter: CallLimiter,
        rights: ExactRights,
        now: Now,
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._division = division
        self._bearer = bearer
        self._limiter = limiter
        self._rights = rights
        self._now = now

    def pages(
        self, endpoint: str, select: Iterable[str], after: SyncTimestamp, resume: str | None
    ) -> Iterator[Page]:
        """Yield the pages of a sync endpoint, from a resume link or from a Timestamp.

        Raises:
            Fatal: a next link leads to another host or division, or came before (X50).
        """
        where = odata.query(select, odata.newer_than(after))
        return self._linked(endpoint, resume or f"{self._root}{endpoint}?{where}")

    def whole(self, endpoint: str, select: Iterable[str]) -> Iterator[Page]:
        return self._linked(endpoint, f"{self._root}{endpoint}?{odata.query(select)}")

    def rows(
        self, endpoint: str, select: Iterable[str], where: str, expand: str | None = None
    ) -> list[dict[str, Any]]:
        """Return all rows that a filter finds, which are few in a look-up.

        Raises:
            Retry: a row is none, or holds a number that is none: it may be the one looked for.
        """
        asked = odata.query(select, where, expand)
        pages = self._linked(endpoint, f"{self._root}{endpoint}?{asked}")
        found = [row for page in pages for row in page.rows]
        if any(
            not row or any(isinstance(held, Unreadable) for held in row.values()) for row in found
        ):
            raise Retry(UNAVAILABLE, f"a row that cannot be read on {endpoint}")
        return found

    def ask(self, function: str, arguments: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        """Return the answer of a function unchanged: it has another shape than a list (X33)."""
        url = f"{self._root}{function}?{odata.arguments(arguments)}"
        return self._body(self._call("GET", url, function), function)

    def _linked(self, endpoint: str, first: str) -> Iterator[Page]:
        link: str | None = first
        seen: set[str] = set()
        while link is not None:
            self._follow(link, seen)
            rows, following = self._rows(self._call("GET", link, endpoint), endpoint)
            yield Page(rows, following)
            link = following

    def create[T](
        self, endpoint: str, body: Mapping[str, Any], read: Callable[[dict[str, Any]], T]
    ) -> T:
        """Post a new record, and return what `read` takes from the record that Exact stored.

        Raises:
            Uncertain: the answer does not prove whether it was created (X165).
        """
        self._limiter.check_post(endpoint)
        data = decimals.dumps(body)
        response = self._call("POST", f"{self._root}{endpoint}", endpoint, data)
        try:
            rows, _ = self._rows(response, endpoint, writes=True)
            return read(rows[0])
        except (Fatal, Uncertain) as refusal:
            if refusal.code == NO_RIGHTS:
                self._limiter.note_no_right(endpoint)
            raise
        except Retry as outage:
            raise Uncertain(outage.code, outage.detail) from outage
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            detail = f"no usable record in the answer on {endpoint}"
            raise Uncertain(UNAVAILABLE, detail) from error

    def _rows(
        self, response: requests.Response, endpoint: str, *, writes: bool = False
    ) -> tuple[list[dict[str, Any]], str | None]:
        body = self._body(response, endpoint, writes=writes)
        try:
            return odata.rows_of(body)
        except (KeyError, TypeError, ValueError) as error:
            raise Retry(UNAVAILABLE, f"no OData answer on {endpoint}") from error

    def _body(self, response: requests.Response, endpoint: str, *, writes: bool = False) -> Any:  # noqa: ANN401 - JSON
        entity = self._rights.entity_of(endpoint)
        asked = Asked(endpoint, writes, self._now(), entity, self._rights.right_of(entity))
        try:
            body = body_of(response, asked, self._limits(response))
        except Consequence as meaning:
            is_outage = meaning.code == UNAVAILABLE
            (self._limiter.unavailable if is_outage else self._limiter.available)()
            raise
        self._limiter.answered(endpoint, writes=writes)
        return body

    def _call(
        self, method: str, url: str, endpoint: str, data: bytes | None = None
    ) -> requests.Response:
        self._limiter.check(endpoint)
        token, writes = self._bearer.token(), data is not None
        # Not before there is a token: what cannot be sent must not take the only look (R6)
        self._limiter.start()
        response = self._send(method, url, endpoint, token, data)
        if is_unauthorised(response, writes=writes):
            token = self._bearer.renewed(token)
            response = self._send(method, url, endpoint, token, data)
        if is_unauthorised(response, writes=writes):
            raise Reauthorise("exact-reconnect-needed", f"401 twice on {endpoint}")
        return response

    def _send(
        self, method: str, url: str, endpoint: str, token: str, data: bytes | None
    ) -> requests.Response:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        if data is not None:
            headers |= {"Content-Type": "application/json", "Prefer": "return=representation"}
        timeout = READ_TIMEOUT if data is None else UPLOAD_TIMEOUT
        try:
            response = self._session.request(
                method, url, headers=headers, data=data, timeout=timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            self._limiter.unavailable()
            raise _unanswered(error, endpoint, writes=data is not None) from error
        self._limiter.record(endpoint, response.status_code, self._limits(response))
        return response

    def _follow(self, link: str, seen: set[str]) -> None:
        if not odata.is_own_link(link, self._base_url, self._division):
            raise Fatal("exact-request-refused", "a next link leads to another host or division")
        if link in seen:
            raise Fatal("exact-request-refused", "a next link came back")
        seen.add(link)

    def _limits(self, response: requests.Response) -> Limits:
        return limits_of(response.headers, self._now())

    @property
    def _root(self) -> str:
        return f"{self._base_url}/api/v1/{self._division}/"


def _unanswered(error: requests.RequestException, endpoint: str, *, writes: bool) -> Consequence:
    detail = f"{type(error).__name__} on {endpoint}"
    if writes and not was_never_sent(error):
        return Uncertain(UNAVAILABLE, detail)
    return Retry(UNAVAILABLE, detail)
