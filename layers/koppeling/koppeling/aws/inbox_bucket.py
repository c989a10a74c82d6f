"""The inbox bucket: invoice documents and their PDFs, read with a bound on their size."""

from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.push.contract import MAX_BYTES as MAX_DOCUMENT_BYTES
from koppeling.push.invoice import InboxDocument, folder_of
from koppeling.push.pdf import MAX_BYTES as MAX_PDF_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        GetObjectOutputTypeDef,
        ObjectIdentifierTypeDef,
        TaggingTypeDef,
    )

ABSENT = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
# What the rule of the bucket looks at; `template.yaml` has it as well
DONE_TAG = "done"
NOT_MARKED = "inbox-not-marked"
BATCH = 1000  # what S3 removes in one call


class InboxObject(NamedTuple):
    """One object in the inbox."""

    key: str
    size: int
    modified: datetime


class InboxBucket:
    """The inbox of a stack; the client brings its own timeouts."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def document(self, key: str) -> InboxDocument | None:
        answer = self._get(key)
        if answer is None:
            return None
        version = f"{answer.get('VersionId', '')}@{answer['LastModified'].isoformat()}"
        return InboxDocument(_read(answer, MAX_DOCUMENT_BYTES), version, answer["LastModified"])

    def pdf(self, key: str) -> InboxDocument | None:
        answer = self._get(key)
        if answer is None:
            return None
        content, version = _read(answer, MAX_PDF_BYTES), answer.get("VersionId", "")
        return InboxDocument(content, version, answer["LastModified"])

    def mark_done(self, key: str, version: str, *, done: bool) -> None:
        """Tag a version, or the newest one; a rule of the bucket lets it leave in the end."""
        tags: TaggingTypeDef = {"TagSet": [{"Key": DONE_TAG, "Value": "yes" if done else "no"}]}
        which: Any = {"VersionId": version} if version else {}
        try:
            self._client.put_object_tagging(Bucket=self._name, Key=key, Tagging=tags, **which)
        except ClientError as failure:
            if _code(failure) in ABSENT:
                return
            raise Retry(NOT_MARKED, _code(failure)) from failure
        except BotoCoreError as failure:
            raise Retry(NOT_MARKED, type(failure).__name__) from failure

    def list_objects(self, connection: ConnectionId) -> Iterator[InboxObject]:
        """Yield the objects of a connection, in the order of their keys."""
        yield from self._below(folder_of(connection))

    def _below(self, prefix: str) -> Iterator[InboxObject]:
        # S3 always gives these keys, though the stubs call them optional
        pages: Any = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=prefix
        )
        for page in pages:
            for found in page.get("Contents", ()):
                yield InboxObject(found["Key"], found["Size"], found["LastModified"])

    def outside(self, folders: Collection[str]) -> Iterator[str]:
        """Yield the keys in no folder of these; of those folders only the names are listed."""
        names = {folder_of(ConnectionId(each)) for each in folders}
        pages: Any = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Delimiter="/"
        )
        for page in pages:
            yield from (found["Key"] for found in page.get("Contents", ()))
            for found in page.get("CommonPrefixes", ()):
                if found["Prefix"] not in names:
                    yield from (each.key for each in self._below(found["Prefix"]))

    def holds(self, key: str) -> bool:
        answer = self._client.list_objects_v2(Bucket=self._name, Prefix=key, MaxKeys=1)
        return any(found.get("Key") == key for found in answer.get("Contents", ()))

    def put(self, key: str, content: bytes) -> None:
        """Put an object; a document starts its delivery."""
        self._client.put_object(Bucket=self._name, Key=key, Body=content)

    def clear(self, connection: ConnectionId) -> int:
        """Remove every version of every object of a connection; returns how many versions.

        Raises:
            ClientError: S3 did not remove one of them.
        """
        removed = 0
        pages: Any = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._name, Prefix=folder_of(connection), PaginationConfig={"PageSize": BATCH}
        )
        for page in pages:
            found: list[ObjectIdentifierTypeDef] = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            ]
            if found:
                answer = self._client.delete_objects(
                    Bucket=self._name, Delete={"Objects": found, "Quiet": True}
                )
                if errors := answer.get("Errors", ()):
                    # S3 answers 200 also when it removed nothing
                    code, message = errors[0].get("Code", ""), f"{len(errors)} objects are left"
                    raise ClientError(
                        {"Error": {"Code": code, "Message": message}}, "DeleteObjects"
                    )
                removed += len(found)
        return removed

    def _get(self, key: str) -> "GetObjectOutputTypeDef | None":
        try:
            return self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as failure:
            if _code(failure) in ABSENT:
                return None
            raise


def _code(failure: ClientError) -> str:
    return failure.response.get("Error", {}).get("Code", "")


def _read(answer: "GetObjectOutputTypeDef", limit: int) -> bytes:
    """Read a body; one byte over the limit shows that it is too large."""
    with closing(answer["Body"]) as body:
        return body.read(limit + 1)
