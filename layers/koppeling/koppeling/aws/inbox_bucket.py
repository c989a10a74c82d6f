"""The inbox bucket: invoice documents and their PDFs, read with a bound on their size."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from koppeling.core.ids import ConnectionId
from koppeling.push.contract import MAX_BYTES as MAX_DOCUMENT_BYTES
from koppeling.push.invoice import InboxDocument
from koppeling.push.pdf import MAX_BYTES as MAX_PDF_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

ABSENT = frozenset({"NoSuchKey", "404"})


class Bucket:
    """Reads objects; the client brings its own timeouts."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def document(self, key: str) -> InboxDocument | None:
        """Return a document as it lies there now; one byte too many shows that it is too large."""
        answer = self._get(key)
        if answer is None:
            return None
        version = f"{answer.get('VersionId', '')}@{answer['LastModified'].isoformat()}"
        return InboxDocument(_read(answer, MAX_DOCUMENT_BYTES), version)

    def pdf(self, key: str) -> bytes | None:
        """Return a PDF; one byte too many shows that it is too large."""
        answer = self._get(key)
        return None if answer is None else _read(answer, MAX_PDF_BYTES)

    def _get(self, key: str) -> "GetObjectOutputTypeDef | None":
        try:
            return self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as failure:
            if failure.response.get("Error", {}).get("Code") in ABSENT:
                return None
            raise


def _read(answer: "GetObjectOutputTypeDef", limit: int) -> bytes:
    with closing(answer["Body"]) as body:
        return body.read(limit + 1)


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
