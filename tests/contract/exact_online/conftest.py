"""A running sandbox with a clock that stands still, and a caller that speaks its protocol."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.sandbox.common import company
from tests.sandbox.common.clock import Clock
from tests.sandbox.common.faults import Fault
from tests.sandbox.common.server import running
from tests.sandbox.common.switchboard import Switchboard
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.exact_online.generator.masters import master_id
from tests.sandbox.exact_online.users import LINK_USER

TIMEOUT = (5, 20)
NOON = datetime(2026, 11, 24, 11, 0, 5, tzinfo=UTC)  # 12:00:05 in Amsterdam
JSON = {"Accept": "application/json"}


@dataclass(slots=True)
class Caller:
    """Calls a sandbox as the link would, and keeps nothing from a test."""

    sandbox: ExactSandbox
    base_url: str
    access_token: str = ""
    refresh_token: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))

    def connect(self, user: str = LINK_USER) -> None:
        """Let a user consent, and take the tokens."""
        self.keep(self.exchange(self.sandbox.authorise(user)))

    def keep(self, answer: requests.Response) -> None:
        """Take the tokens out of an answer."""
        body = answer.json()
        self.access_token, self.refresh_token = body["access_token"], body["refresh_token"]

    def exchange(self, code: str, **changes: str) -> requests.Response:
        """Exchange a code."""
        redirect_uri = self.sandbox.app_credentials[2]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self.token(**(form | changes))

    def refresh(self, refresh_token: str = "", **changes: str) -> requests.Response:
        """Use a refresh token, the one in hand by default."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token or self.refresh_token}
        return self.token(**(form | changes))

    def token(self, **form: str) -> requests.Response:
        """Make a token call."""
        client_id, secret, _ = self.sandbox.app_credentials
        body = {"client_id": client_id, "client_secret": secret} | form
        return requests.post(self.base_url + "/api/oauth2/token", data=body, timeout=TIMEOUT)

    def send(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> requests.Response:
        """Send a request to a path below the division, or an absolute one."""
        url = path if path.startswith("http") else self.url(path)
        own = self.headers | {"Authorization": f"Bearer {self.access_token}"} | headers
        return requests.request(method, url, json=body, headers=own, timeout=TIMEOUT)

    def url(self, path: str) -> str:
        """Return the address of a path below the division, or below /api/v1 with a slash."""
        below = path if path.startswith("/") else f"/{company.DIVISION}/{path}"
        return f"{self.base_url}/api/v1{below}"

    def get(self, path: str, **headers: str) -> requests.Response:
        """Read."""
        return self.send("GET", path, **headers)

    def data(self, path: str) -> Any:  # noqa: ANN401 - the JSON edge
        """Read, expect success, and return `d` with exact numbers."""
        answer = self.get(path)
        assert answer.status_code == requests.codes.ok, answer.text
        return answer.json(parse_float=Decimal)["d"]

    def post(self, path: str, body: object) -> requests.Response:
        """Write, asking for the full object."""
        return self.send("POST", path, body, Prefer="return=representation")

    def message(self, answer: requests.Response) -> str:
        """Return the text in the error envelope."""
        return str(answer.json()["error"]["message"]["value"])

    def arm(self, kind: str, endpoint: str = "", **options: object) -> None:
        """Arm a fault once."""
        self.sandbox.faults.arm(Fault(kind, endpoint, options=dict(options)))

    def entry(self, **changes: object) -> dict[str, Any]:
        """Return the body of a sales entry that is in order, with changes laid over it."""
        body = {
            "Journal": "70",
            "Customer": self.sandbox.world.account("1068")["ID"],
            "EntryDate": "2026-10-31",
            "PaymentCondition": "30",
            "YourRef": "20260412",
            "Description": "Werkzaamheden oktober 2026",
            "SalesEntryLines": [self.line()],
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    def line(self, **changes: object) -> dict[str, Any]:
        """Return the body of a line that is in order, with changes laid over it."""
        body = {
            "GLAccount": master_id("gl", "8000"),
            "Description": "Advies fase 2",
            "AmountFC": 41.98,
            "VATCode": "2  ",
            "CostCenter": "ADV",
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    def book(self, **changes: object) -> dict[str, Any]:
        """Book an entry, expect success, and return it with exact numbers."""
        answer = self.post("salesentry/SalesEntries", self.entry(**changes))
        assert answer.status_code == requests.codes.created, answer.text
        entry: dict[str, Any] = answer.json(parse_float=Decimal)["d"]
        return entry

    def refused(self, **changes: object) -> str:
        """Post an entry, expect a refusal, and return its text."""
        answer = self.post("salesentry/SalesEntries", self.entry(**changes))
        assert answer.status_code == requests.codes.server_error, answer.text
        return self.message(answer)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still at noon."""
    return Clock(frozen_at=NOON)


@pytest.fixture
def sandbox(clock: Clock) -> ExactSandbox:
    """Return a small sandbox."""
    return ExactSandbox(accounts=10, seed=1, clock=clock, cost_centers=3)


@pytest.fixture(scope="session")
def switchboard() -> Switchboard:
    """Return what passes requests on."""
    return Switchboard()


@pytest.fixture(scope="session")
def base_url(switchboard: Switchboard) -> Iterator[str]:
    """Return the address of the server."""
    with running(switchboard) as url:
        yield url


@pytest.fixture
def stranger(sandbox: ExactSandbox, switchboard: Switchboard, base_url: str) -> Iterator[Caller]:
    """Return a caller without tokens."""
    with switchboard.connected(sandbox.app):
        yield Caller(sandbox, base_url)


@pytest.fixture
def exact(stranger: Caller) -> Caller:
    """Return a caller that has logged in."""
    stranger.connect()
    return stranger
