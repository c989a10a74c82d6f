"""The client of QicsMilestones: find by code, read, replace, create. It cannot delete (M4, R16)."""

from collections.abc import Mapping
from threading import local
from typing import Any, NoReturn, Protocol
from urllib.parse import quote, urlsplit

import requests

from koppeling import decimals
from koppeling.domain.errors import Fatal, Gone, Reauthorise, Reject, Retry, Uncertain
from koppeling.domain.names import MilestonesId
from koppeling.milestones.contract import API_PATH, TARGETS, Target
from koppeling.milestones.wire import overlay, to_wire

TIMEOUT = (5.0, 30.0)  # R1
# The words of QicsMilestones are shown to a person, so they are kept short
LONGEST_MESSAGE = 300
_NOT_SENT = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)


class Bearer(Protocol):
    """Where access tokens come from."""

    def token(self) -> str:
        """Return a token that may be used now."""
        ...

    def renewed(self, refused: str) -> str:
        """Return another token after one was refused."""
        ...


class Pace(Protocol):
    """Keeps calls apart (M20)."""

    def wait(self) -> None:
        """Return when the next call may start."""
        ...


class MilestonesClient:
    """Calls one company of a tenant as one user; each thread has a session of its own."""

    def __init__(self, *, base_url: str, company_id: str, bearer: Bearer, pace: Pace) -> None:
        self._sessions = local()
        self._company_id = company_id
        self._root = f"{base_url}{API_PATH}"
        self._bearer = bearer
        self._pace = pace

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        """Return the keys of all records of the company with exactly this code (M25)."""
        target = TARGETS[entity]
        where = f"{target.code} eq {_text(code)}"
        if target.per_company:
            where = f"CompanyId eq {self._company_id} and {where}"
        link: str | None = f"{self._root}{target.path}?$filter={quote(where, safe='')}"
        seen: set[str] = set()
        found: list[MilestonesId] = []
        while link is not None:
            self._follow(link, seen)
            body = self._call("GET", link, target.path)
            rows = body if isinstance(body, list) else body["value"]
            found += [MilestonesId(str(row[target.key])) for row in rows if _is(row, target, code)]
            link = None if isinstance(body, list) else _next_link(body)
        return found

    def replace(self, entity: str, key: MilestonesId, values: Mapping[str, Any]) -> bool:
        """Lay link fields over a record, and write it when that makes a difference (M22).

        Returns whether it was written. The record is read directly before, since there is no
        other way to keep the fields that are not ours (M24).

        Raises:
            Gone: there is no record with this key.
        """
        target = TARGETS[entity]
        url = f"{self._root}{target.path}({key})"
        changed = overlay(target, self._call("GET", url, target.path), values)
        if changed is None:
            return False
        self._call("PUT", url, target.path, changed)
        return True

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Create a record and return its key.

        Raises:
            Uncertain: no usable answer came; match again before anything else (M26).
        """
        target = TARGETS[entity]
        # M21: the help pages ask for the key in a POST as well
        record = {target.key: "0"} | {
            name: to_wire(target, name, value) for name, value in values.items()
        }
        made = self._call("POST", f"{self._root}{target.path}", target.path, record)
        return MilestonesId(str(made[target.key]))

    def _call(
        self, method: str, url: str, entity: str, record: Mapping[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - the JSON edge
        token = self._bearer.token()
        response = self._send(method, url, token, record)
        if response.status_code == requests.codes["unauthorized"]:
            response = self._send(method, url, self._bearer.renewed(token), record)
        return _body(response, method, entity)

    def _send(
        self, method: str, url: str, token: str, record: Mapping[str, Any] | None
    ) -> requests.Response:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        data = None
        if record is not None:
            headers["Content-Type"] = "application/json"
            data = decimals.dumps(record)
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

    def _follow(self, link: str, seen: set[str]) -> None:
        there, here = urlsplit(link), urlsplit(self._root)
        same_host = (there.scheme, there.netloc) == (here.scheme, here.netloc)
        if not same_host or not there.path.startswith(here.path) or link in seen:
            raise Fatal("milestones-link-refused", "a next link leads elsewhere or came back")
        seen.add(link)


def _body(response: requests.Response, method: str, entity: str) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of a good answer, or raise what a bad one means (M20)."""
    status, codes = response.status_code, requests.codes
    if status == codes["no_content"]:
        return {}
    if status == codes["unauthorized"]:
        raise Reauthorise("milestones-reconnect-needed", f"401 twice on {entity}")
    if status == codes["forbidden"]:
        raise Fatal("milestones-no-rights", f"403 on {entity}", entity=entity)
    if status == codes["too_many"] or status >= codes["server_error"]:
        raise Retry("milestones-unavailable", f"{status} on {entity}")
    if status == codes["not_found"]:
        raise Gone("milestones-rejected", f"404 on {method} {entity}", message="HTTP 404")
    try:
        body = decimals.loads(response.content)
    except ValueError:
        _broken(status, method, entity)
    if not response.ok:
        message = _message(body) or f"HTTP {status}"
        raise Reject("milestones-rejected", f"{status} on {method} {entity}", message=message)
    return body


def _broken(status: int, method: str, entity: str) -> NoReturn:
    detail = f"{status} without JSON on {entity}"
    if method == "POST":
        raise Uncertain("milestones-unavailable", detail)
    raise Retry("milestones-unavailable", detail)


def _message(body: Any) -> str | None:  # noqa: ANN401 - the JSON edge
    """Return the words of an error in either shape; `innererror` is never shown (M19)."""
    if not isinstance(body, dict):
        return None
    if "odata.error" in body:
        return str(body["odata.error"]["message"]["value"])[:LONGEST_MESSAGE]
    fields = body.get("ModelState", {})
    details = [text for texts in fields.values() for text in texts]
    return " ".join([str(body.get("Message", "")), *details]).strip()[:LONGEST_MESSAGE] or None


def _next_link(body: Mapping[str, Any]) -> str | None:
    return body.get("odata.nextLink") or body.get("@odata.nextLink")


def _is(row: Mapping[str, Any], target: Target, code: str) -> bool:
    return str(row.get(target.code) or "").strip() == code


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
