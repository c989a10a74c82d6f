"""A program that hands in invoices over HTTPS, in one process: events in, answers out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlencode


class Answering(Protocol):
    """What answers events of the HTTP API."""

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one of them."""


def in_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document as it goes over the wire."""
    return json.dumps(document).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def codes(self) -> list[str]:
        """The codes of the findings."""
        return [each["code"] for each in self.body["findings"]]

    @property
    def pointers(self) -> list[str]:
        """Where the findings point to."""
        return [each["pointer"] for each in self.body["findings"]]


@dataclass(slots=True)
class Program:
    """Sends requests with its key; `seen` holds every answer as it went over the wire."""

    routes: Answering
    key: str = ""
    connection: str = ""
    language: str = "nl"
    seen: list[str] = field(default_factory=list)

    def put(self, number: str, document: bytes | Mapping[str, Any], **headers: str) -> Answer:
        """Hand in an invoice."""
        path = f"/invoices/{quote(number, safe='')}"
        return self.asks("PUT", path, document, query=None, **headers)

    def validates(self, document: bytes | Mapping[str, Any]) -> Answer:
        """Have an invoice checked."""
        return self.asks("POST", "/validate", document)

    def wants_upload(self, number: str, sha256: object, size: object) -> Answer:
        """Ask where a PDF goes."""
        body = {"sha256": sha256, "size_bytes": size}
        return self.asks("POST", f"/invoices/{quote(number, safe='')}/pdf", body)

    def invoice(self, number: str) -> Answer:
        """Ask how an invoice stands."""
        return self.asks("GET", f"/invoices/{quote(number, safe='')}")

    def invoices(self, **query: str) -> Answer:
        """Ask for the invoices."""
        return self.asks("GET", "/invoices", query=query)

    def status(self) -> Answer:
        """Ask how the link is."""
        return self.asks("GET", "/status")

    def asks(
        self,
        method: str,
        path: str,
        body: bytes | Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Answer:
        """Send a request below the address of the connection."""
        return self.sends(
            method, f"/v1/connections/{self.connection}{path}", body, query=query, **headers
        )

    def sends(
        self,
        method: str,
        path: str,
        body: bytes | Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Answer:
        """Send a request, and read its answer."""
        content = in_bytes(body) if isinstance(body, Mapping) else body
        sent = {"accept-language": self.language, "content-type": "application/json"}
        if self.key:
            sent["authorization"] = f"Bearer {self.key}"
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": urlencode(query or {}),
            "headers": {**sent, **headers},
            "requestContext": {"http": {"method": method}, "requestId": "JKJaXmPLvHcESHA="},
            "isBase64Encoded": False,
        }
        if content is not None:
            event["body"] = content.decode(errors="surrogateescape")
        answer = self.routes.answer(event)
        self.seen.append(json.dumps(answer))
        return Answer(answer["statusCode"], answer["headers"], json.loads(answer["body"]))
