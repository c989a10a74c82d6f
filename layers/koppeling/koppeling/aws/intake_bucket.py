"""The inbox for who hands in over HTTPS: each write says what it expects to find there."""

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from koppeling.aws.inbox_bucket import ABSENT
from koppeling.intake.ports import StoredDocument, UploadAddress
from koppeling.push.contract import MAX_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# S10: signed links work for five minutes at the most
UPLOAD_LIFE = timedelta(minutes=5)
# What S3 answers when the object is another one than was expected, or changes at the moment
_OVERTAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class IntakeBucket:
    """The inbox of a stack; the client brings its own timeouts."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def stored(self, key: str) -> StoredDocument | None:
        try:
            answer = self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as failure:
            if _code(failure) in ABSENT:
                return None
            raise
        with answer["Body"] as body:
            return StoredDocument(body.read(MAX_BYTES + 1), answer["ETag"])

    def add(self, key: str, content: bytes) -> bool:
        return self._put(key, content, IfNoneMatch="*")

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        return self._put(key, content, IfMatch=tag)

    def address(self, key: str, sha256: str, size: int, now: datetime) -> UploadAddress:
        """Sign a PUT of exactly these bytes: S3 refuses another length, key, or checksum."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        wanted: dict[str, Any] = {
            "Bucket": self._name,
            "Key": key,
            "ContentLength": size,
            "ContentType": "application/pdf",
            "ChecksumSHA256": checksum,
        }
        url = self._client.generate_presigned_url(
            "put_object", Params=wanted, ExpiresIn=int(UPLOAD_LIFE.total_seconds())
        )
        headers = {
            "Content-Length": str(size),
            "Content-Type": "application/pdf",
            "x-amz-checksum-sha256": checksum,
        }
        return UploadAddress(url, headers, now + UPLOAD_LIFE)

    def _put(self, key: str, content: bytes, **condition: str) -> bool:
        put: Any = self._client.put_object
        try:
            put(Bucket=self._name, Key=key, Body=content, **condition)
        except ClientError as failure:
            if _code(failure) in _OVERTAKEN:
                return False
            raise
        return True


def _code(failure: ClientError) -> str:
    return failure.response.get("Error", {}).get("Code", "")
