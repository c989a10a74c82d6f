"""The inbox as an operator handles it: what lies there, putting, clearing."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from koppeling.core.ids import ConnectionId

BATCH = 1000  # what S3 removes in one call


class Lying(NamedTuple):
    """One object in the inbox."""

    key: str
    size: int
    modified: datetime


class Shelf:
    """The part of the inbox bucket that belongs to one connection at a time."""

    def __init__(self, client: Any, bucket: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._bucket = bucket

    def lying(self, connection: ConnectionId) -> Iterator[Lying]:
        """Yield what lies there now, in the order of the keys."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=_folder(connection)
        )
        for page in pages:
            for found in page.get("Contents", ()):
                yield Lying(found["Key"], found["Size"], found["LastModified"])

    def put(self, key: str, content: bytes) -> None:
        """Put an object; a document starts its delivery."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

    def clear(self, connection: ConnectionId) -> int:
        """Remove every version of every object for good; returns how many versions."""
        removed = 0
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=_folder(connection), PaginationConfig={"PageSize": BATCH}
        )
        for page in pages:
            found = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for kind in ("Versions", "DeleteMarkers")
                for each in page.get(kind, ())
            ]
            if found:
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": found, "Quiet": True}
                )
                removed += len(found) - len(answer.get("Errors", ()))
        return removed


def _folder(connection: ConnectionId) -> str:
    """Return how every key of a connection begins: the slash keeps `acme` from `acme-2` (S9)."""
    return f"{connection}/"
