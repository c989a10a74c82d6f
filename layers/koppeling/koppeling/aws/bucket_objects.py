"""Objects of a bucket as they are, for handing them over: listed, and read piece by piece."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PIECE = 1 << 20


class StoredObject(NamedTuple):
    """One object in a bucket."""

    key: str
    size: int
    modified: datetime


class BucketObjects:
    """The present versions of the objects in a bucket."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def below(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose key begins so, in the order of their keys."""
        # S3 always gives these, though the stubs call them optional
        pages: Any = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=prefix
        )
        for page in pages:
            for found in page.get("Contents", ()):
                yield StoredObject(found["Key"], found["Size"], found["LastModified"])

    def pieces(self, key: str) -> Iterator[bytes]:
        """Yield an object from its begin to its end, so that no object has to fit in memory."""
        answer = self._client.get_object(Bucket=self._name, Key=key)
        with closing(answer["Body"]) as body:
            yield from body.iter_chunks(PIECE)
