"""A request as the service sees it, and what its path points at (X2)."""

import re
from dataclasses import dataclass

from flask import Request

from tests.sandbox.exact_online.registry import Resource

_PATH = re.compile(
    r"/api/v1/(?P<division>\d{1,9}|current)/(?P<endpoint>[A-Za-z/]+?)"
    r"(?:\((?P<key>[^()]*)\)(?:/(?P<collection>[A-Za-z]+))?)?/?"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names; `division` is 0 where there is none, `key` empty for a list."""

    division: int = 0
    endpoint: str = ""
    resource: Resource | None = None
    key: str = ""
    collection: str = ""


def target(path: str, registry: dict[str, Resource]) -> Target:
    """Read a path below /api/v1/."""
    match = _PATH.fullmatch(path)
    if match is None:
        return Target(endpoint=path.removeprefix("/api/v1/"))
    is_current = match["division"] == "current"
    endpoint = f"current/{match['endpoint']}" if is_current else match["endpoint"]
    resource = registry.get(endpoint)
    return Target(
        division=0 if is_current else int(match["division"]),
        endpoint=endpoint,
        resource=resource,
        key=match["key"] or "",
        collection=match["collection"] or "",
    )


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request, taken out of the framework."""

    method: str
    path: str
    query: str
    base_url: str
    accept: str
    authorization: str
    content_type: str
    prefer: str
    body: bytes

    @property
    def url(self) -> str:
        """The full address of this request."""
        return f"{self.base_url}{self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def bearer(self) -> str:
        """The access token that came along, or nothing."""
        scheme, _, token = self.authorization.partition(" ")
        return token if scheme.lower() == "bearer" else ""


def incoming(request: Request) -> Incoming:
    """Take a request out of the framework."""
    headers = request.headers
    return Incoming(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        base_url=request.host_url.rstrip("/"),
        accept=headers.get("Accept", ""),
        authorization=headers.get("Authorization", ""),
        content_type=headers.get("Content-Type", ""),
        prefer=headers.get("Prefer", ""),
        body=request.get_data(),
    )
