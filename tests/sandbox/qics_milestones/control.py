"""The typed client of `/_sandbox/`, for a sandbox that runs in another process."""

from datetime import datetime
from typing import Any

import requests

from tests.sandbox.common.journal import Call
from tests.sandbox.invoices import InvoiceFiles
from tests.sandbox.qics_milestones.invoicing import files_from_json
from tests.sandbox.qics_milestones.oauth import AppCredentials
from tests.sandbox.qics_milestones.state import CONTROL_PATH
from tests.sandbox.qics_milestones.table import Record
from tests.sandbox.qics_milestones.users import DEFAULT_USER

_TIMEOUT = (5, 30)


class MilestonesControl:
    """Watches and steers a running sandbox."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/") + CONTROL_PATH
        self._session = requests.Session()

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def health(self) -> dict[str, str]:
        """Return its status and its idea of now."""
        health: dict[str, str] = self._ask("GET", "health")
        return health

    def journal(self) -> list[Call]:
        """Return every call since the journal was last cleared."""
        return [Call(**call) for call in self._ask("GET", "journal")]

    def clear_journal(self) -> None:
        """Count from here."""
        self._ask("DELETE", "journal")

    def violations(self) -> list[str]:
        """Return the calls that no client of ours may make (M53); a test wants none."""
        violations: list[str] = self._ask("GET", "violations")
        return violations

    def advance(self, seconds: float) -> None:
        """Let seconds pass on the sandbox's clock."""
        self._ask("POST", "clock", {"advance": seconds})

    def freeze(self, at: datetime) -> None:
        """Stop the sandbox's clock at a moment."""
        self._ask("POST", "clock", {"freeze": at.isoformat()})

    def release(self) -> None:
        """Let the sandbox's clock go with real time again."""
        self._ask("POST", "clock", {"release": True})

    def arm(  # noqa: PLR0913 - the fields of a fault, each of them optional
        self,
        kind: str,
        *,
        endpoint: str = "",
        method: str = "",
        times: int = 1,
        skip: int = 0,
        options: dict[str, Any] | None = None,
    ) -> None:
        """Arm a fault; see `tests.sandbox.common.faults.Fault`."""
        aim = {"kind": kind, "endpoint": endpoint, "method": method}
        self._ask("POST", "faults", {**aim, "times": times, "skip": skip, "options": options or {}})

    def disarm(self) -> None:
        """Take all faults away."""
        self._ask("DELETE", "faults")

    def switch(self, **values: bool | int | str | list[str]) -> None:
        """Set switches; see `tests.sandbox.qics_milestones.switches.Switches`."""
        self._ask("POST", "switches", values)

    def app(self) -> AppCredentials:
        """Return the OAuth application that the customer made, with its first redirect URI."""
        told = self._ask("GET", "app")
        return AppCredentials(**{name: told[name] for name in AppCredentials._fields})

    def register(self, *redirect_uris: str) -> list[str]:
        """Register more redirect URIs of that application (M8), and return all."""
        told = self._ask("POST", "app", {"redirect_uris": list(redirect_uris)})
        registered: list[str] = told["redirect_uris"]
        return registered

    def users(self) -> list[dict[str, str]]:
        """Return who can log in, each with the password."""
        users: list[dict[str, str]] = self._ask("GET", "users")
        return users

    def authorise(self, user: str = DEFAULT_USER, redirect_uri: str | None = None) -> str:
        """Return the code that a consent by this user gives."""
        code: str = self._ask("POST", "authorise", {"user": user, "redirect_uri": redirect_uri})[
            "code"
        ]
        return code

    def records(self, entity: str) -> list[Record]:
        """Return all records of an entity, as they are sent."""
        records: list[Record] = self._ask("GET", f"records/{entity}")
        return records

    def add(self, entity: str, values: dict[str, Any]) -> Record:
        """Add a record, as a user would by hand."""
        record: Record = self._ask("POST", f"records/{entity}", values)
        return record

    def change(self, entity: str, key: str, values: dict[str, Any]) -> Record:
        """Change fields of a record, as a user who types does."""
        record: Record = self._ask("PATCH", f"records/{entity}/{key}", values)
        return record

    def process_invoice(self, **wishes: bool | int | str) -> InvoiceFiles:
        """Process an invoice, as a person does; it has the next number, and nobody gets it yet."""
        return files_from_json(self._ask("POST", "invoices", wishes))

    def restart_counter(self, prefix: str) -> None:
        """Choose another prefix, with which the counter starts at 1 again (M36)."""
        self._ask("POST", "numbering", {"prefix": prefix})

    def _ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        response = self._session.request(method, self._base + path, json=body, timeout=_TIMEOUT)
        if not response.ok:
            raise ValueError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json() if response.content else None
