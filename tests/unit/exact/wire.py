"""Exact behind a session of `requests`: each call gets the next answer, and is kept."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, override
from urllib.parse import unquote

import requests
from requests.adapters import HTTPAdapter

from koppeling.core.exact_rights import CREATE, ExactCall, ExactRights
from koppeling.core.ids import Division
from koppeling.core.rate_limit import Limits
from koppeling.exact.client import ExactClient

HOST = "https://start.exactonline.nl"
ROOT = f"{HOST}/api/v1/987654/"
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
DIVISION = Division(987654)

type Answer = requests.Response | requests.RequestException


def answer(
    body: object = None, status: int = 200, kind: str = "application/json", **headers: str
) -> requests.Response:
    """Return an answer with a body of JSON, or with this text."""
    response = requests.Response()
    response.status_code = status
    content = body if isinstance(body, str) else json.dumps(body)
    response.raw = io.BytesIO(content.encode())
    response.headers["Content-Type"] = kind
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def results(*rows: object, following: str | None = None) -> requests.Response:
    """Return a page of rows."""
    return answer({"d": {"results": list(rows), "__next": following}})


def refused(text: str, status: int = 400) -> requests.Response:
    """Return the envelope of an error of Exact."""
    return answer({"error": {"code": "", "message": {"lang": "", "value": text}}}, status)


class Wire(HTTPAdapter):
    """Takes what a session sends, and answers in turn."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self.answers = list(answers)
        self.sent: list[requests.PreparedRequest] = []
        self.timeouts: list[object] = []

    @override
    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Keep a call, and give the next answer."""
        self.sent.append(request)
        self.timeouts.append(timeout)
        given = self.answers.pop(0)
        if isinstance(given, requests.RequestException):
            raise given
        given.url, given.request = str(request.url), request
        return given

    @property
    def session(self) -> requests.Session:
        """A session whose calls all come here."""
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", self)
        return session

    @property
    def asked(self) -> list[str]:
        """What was asked for, readable and below the division."""
        return [unquote(str(each.url)).removeprefix(ROOT) for each in self.sent]


class Limiter:
    """A bearer and a limiter that keep what they were told, in its order."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.limits: list[Limits] = []

    def token(self) -> str:
        """Return a token."""
        self.told.append(("token",))
        return "first"

    def renewed(self, refused: str) -> str:
        """Return another token."""
        self.told.append(("renewed", refused))
        return "second"

    def check(self, endpoint: str) -> None:
        """Let a call go."""
        self.told.append(("check", endpoint))

    def check_post(self, endpoint: str) -> None:
        """Let a post go."""
        self.told.append(("check_post", endpoint))

    def start(self) -> None:
        """Let it begin."""
        self.told.append(("start",))

    def note_no_right(self, endpoint: str) -> None:
        """Keep that a right is missing."""
        self.told.append(("note_no_right", endpoint))

    def record(self, endpoint: str, status: int, limits: Limits) -> None:
        """Keep what an answer tells of the limits."""
        self.told.append(("record", endpoint, status))
        self.limits.append(limits)

    def answered(self, endpoint: str, *, writes: bool) -> None:
        """Keep that Exact did what was asked."""
        self.told.append(("answered", endpoint, writes))

    def available(self) -> None:
        """Keep that Exact answered."""
        self.told.append(("available",))

    def unavailable(self) -> None:
        """Keep that Exact gave no answer."""
        self.told.append(("unavailable",))


def client_of(wire: Wire, limiter: Limiter | None = None) -> ExactClient:
    """Return a client of one administration, on this wire."""
    told = limiter or Limiter()
    return ExactClient(
        wire.session,
        base_url=HOST,
        division=DIVISION,
        bearer=told,
        limiter=told,
        rights=ExactRights(
            (
                ExactCall("accounts", "crm/Accounts", "Relaties bekijken"),
                ExactCall("sales_entries", "salesentry/SalesEntries", "Boeken", CREATE),
            )
        ),
        now=lambda: NOW,
    )
