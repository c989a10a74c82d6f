"""A program that hands in invoices, and knows of the API only what its description says."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from tests.sandbox.invoices import InvoiceFiles

SECONDS = (2, 30)
METHODS = ("get", "post", "put")
# Of how many calls one loses its answer
LOST_EACH = 7


@dataclass(slots=True)
class HandingProgram:
    """Hands in invoices of one connection.

    It does what a description of the API tells, and repeats a call whose answer got lost. `times`
    are the seconds of each first try, by operation.
    """

    base: str
    connection: str
    key: str = ""
    session: requests.Session = field(default_factory=requests.Session)
    operations: dict[str, tuple[str, str]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    asked: int = 0
    lost: int = 0

    def __post_init__(self) -> None:
        """Read which operations there are, and learn to wait when told so."""
        retry = Retry(10, status_forcelist=(429, 503), allowed_methods=None, raise_on_status=False)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=retry))
        described = self.session.get(f"{self.base}/v1/openapi.json", timeout=SECONDS).json()
        for path, item in described["paths"].items():
            for method in METHODS:
                if method in item:
                    self.operations[item[method]["operationId"]] = (method, path)

    def ask(self, operation: str, number: str = "", **content: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """Ask for an operation; now and then the answer is lost, and it is asked for again."""
        method, path = self.operations[operation]
        places = {"connection": self.connection, "number": quote(number, safe="")}
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": "nl"}
        url = self.base + path.format(**places)
        answer = self.session.request(method, url, headers=headers, timeout=SECONDS, **content)
        self._count(operation, answer)
        if self.asked % LOST_EACH:
            return answer
        self.lost += 1
        return self.session.request(method, url, headers=headers, timeout=SECONDS, **content)

    def hand_in(self, files: InvoiceFiles, **changes: object) -> requests.Response:
        """Hand in an invoice with its PDF, with changes laid over its document."""
        digest, size = hashlib.sha256(files.pdf_bytes).hexdigest(), len(files.pdf_bytes)
        announced, number = {"sha256": digest, "size_bytes": size}, files.document["invoice_number"]
        upload = self.ask("uploadPdf", number, json=announced).json()
        sent = self.session.request(
            upload["method"],
            upload["url"],
            headers=upload["headers"],
            data=files.pdf_bytes,
            timeout=SECONDS,
        )
        sent.raise_for_status()
        pdf = {"key": upload["key"], "file_name": None, **announced}
        return self.ask("handIn", number, json={**files.document, "pdf": pdf, **changes})

    def booked(self, since: str) -> dict[str, str]:
        """Return the number of its entry in Exact, for each invoice that is booked."""
        found: dict[str, str] = {}
        wanted: dict[str, str] = {"state": "booked", "since": since}
        while True:
            page = self.ask("listInvoices", params=wanted).json()
            found |= {each["invoice_number"]: each["entry_number"] for each in page["invoices"]}
            if page["next"] is None:
                return found
            wanted["cursor"] = page["next"]

    def _count(self, operation: str, answer: requests.Response) -> None:
        self.asked += 1
        retries = answer.raw.retries
        if retries is not None and not retries.history:
            self.times.setdefault(operation, []).append(answer.elapsed.total_seconds())


def percentile(times: list[float], share: float) -> float:
    """Return the time within which a share of the calls was answered."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
