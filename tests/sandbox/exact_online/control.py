"""A client for the control routes, for tests and demos in another process than the sandbox."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

TIMEOUT = (5, 30)


class ExactControl:
    """Moves the levers of a running sandbox."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/") + "/_sandbox/"
        self._session = requests.Session()

    def is_healthy(self) -> bool:
        """Say whether the sandbox answers."""
        try:
            return bool(self._call("GET", "health")["healthy"])
        except requests.RequestException:
            return False

    def journal(self) -> list[dict[str, Any]]:
        """Return every call so far, oldest first."""
        calls: list[dict[str, Any]] = self._call("GET", "journal")
        return calls

    def clear_journal(self) -> None:
        """Forget the calls so far."""
        self._call("DELETE", "journal")

    def clear_limits(self) -> None:
        """Forget the calls that count against the limits of the minute and of the day."""
        self._call("DELETE", "limits")

    def advance(self, seconds: float) -> None:
        """Let seconds pass on the sandbox's clock."""
        self._call("POST", "clock", {"advance": seconds})

    def arm(self, kind: str, **fault: object) -> None:
        """Arm a fault; further arguments as in `tests.sandbox.common.faults.Fault`."""
        self._call("POST", "faults", {"kind": kind, **fault})

    def disarm(self) -> None:
        """Take all faults away."""
        self._call("DELETE", "faults")

    def turn(self, **switches: object) -> None:
        """Turn switches by name."""
        self._call("POST", "switches", switches)

    def authorise(self, user: str = "koppeling@veldhuis.example", **wishes: object) -> str:
        """Let a user consent and return the code; `redirect_uri` and `divisions` may be said."""
        return str(self._call("POST", "authorise", {"user": user, **wishes})["code"])

    def app(self) -> dict[str, Any]:
        """Return client_id, client_secret, redirect_uri and redirect_uris."""
        credentials: dict[str, Any] = self._call("GET", "app")
        return credentials

    def register(self, *redirect_uris: str) -> None:
        """Register more redirect URIs of the app (X10)."""
        self._call("POST", "app", {"redirect_uris": list(redirect_uris)})

    def users(self) -> list[dict[str, Any]]:
        """Return who can log in, each with the password."""
        users: list[dict[str, Any]] = self._call("GET", "users")
        return users

    def importable_accounts(self) -> list[dict[str, Any]]:
        """Return ID, Code, Name and Timestamp of the accounts that the link creates.

        Codes are without their padding here.
        """
        accounts: list[dict[str, Any]] = self._call("GET", "accounts")
        return accounts

    def change_account(self, code: str, **changes: object) -> None:
        """Change an account as a user in Exact would."""
        self._call("PATCH", f"accounts/{code}", changes)

    def add_account(self, **values: object) -> dict[str, Any]:
        """Add an account as a user in Exact would; returns its ID, Code, Name and Timestamp."""
        account: dict[str, Any] = self._call("POST", "accounts", values)
        return account

    def importable(self, entity: str) -> list[dict[str, Any]]:
        """Return ID, Code, Name and Timestamp of the records that the link creates."""
        records: list[dict[str, Any]] = self._call("GET", f"importable/{entity}")
        return records

    def change(self, entity: str, code: str, /, **changes: object) -> dict[str, Any]:
        """Change a record as a user in Exact would; codes without padding."""
        record: dict[str, Any] = self._call("PATCH", _address(f"change/{entity}", code), changes)
        return record

    def add(self, entity: str, /, **values: object) -> dict[str, Any]:
        """Add a record as a user in Exact would; returns its ID, Code, Name and Timestamp."""
        record: dict[str, Any] = self._call("POST", f"add/{entity}", values)
        return record

    def delete(self, entity: str, code: str, /) -> None:
        """Delete a record as a user in Exact would."""
        self._call("DELETE", _address(f"delete/{entity}", code))

    def move_division(self) -> None:
        """Move the division to another database: all Timestamps are issued anew (X97)."""
        self._call("POST", "move-division")

    def set_division(self, **changes: object) -> None:
        """Change the division's own row, such as Status and BlockingStatus (X89)."""
        self._call("PATCH", "division", changes)

    def add_division(self, code: int, description: str) -> None:
        """Show the user one more company in the list of divisions."""
        self._call("POST", "division", {"code": code, "description": description})

    def hide_rows(self, endpoint: str, rows: int) -> None:
        """Let a list miss its last rows from now on; 0 shows all again."""
        self._call("POST", "hide-rows", {"endpoint": endpoint, "rows": rows})

    def set_up(self, table: str, code: str, /, **changes: object) -> None:
        """Change a journal, a G/L account, a cost unit or a VAT percentage."""
        self._call("PATCH", _address(f"set-up/{table}", code), changes)

    def close_period(self, year: int, period: int, *, closed: bool = True) -> None:
        """Close a period for entries, or open it again."""
        self._call("POST", "period", {"year": year, "period": period, "closed": closed})

    def add_year(self, year: int) -> None:
        """Make a fiscal year."""
        self._call("POST", "year", {"year": year})

    def remove_year(self, year: int) -> None:
        """Take a fiscal year away."""
        self._call("DELETE", "year", {"year": year})

    def entries(self) -> list[dict[str, Any]]:
        """Return every booked entry with lines, documents and attachments."""
        entries: list[dict[str, Any]] = self._call("GET", "entries")
        return entries

    def enter(self, invoice: Mapping[str, Any], journal: str = "70") -> str:
        """Book an invoice as a bookkeeper would by hand; returns the number of the entry."""
        number: str = self._call("POST", "entries", {"invoice": dict(invoice), "journal": journal})[
            "entry_number"
        ]
        return number

    def _call(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:  # noqa: ANN401 - the JSON edge
        response = self._session.request(method, self._base_url + path, json=body, timeout=TIMEOUT)
        if response.status_code >= requests.codes.bad_request:
            raise ValueError(f"the sandbox refused {method} {path}: {response.text}")
        return response.json()


def _address(path: str, code: str) -> str:
    return f"{path}/{quote(code, safe='')}"
