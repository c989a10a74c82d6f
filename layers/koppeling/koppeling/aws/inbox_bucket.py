"""The inbox bucket: invoice documents and their PDFs, read with a bound on their size."""

from contextlib import closing
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from koppeling.push.contract import MAX_BYTES as MAX_DOCUMENT_BYTES
from koppeling.push.invoice import Offered
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

    def document(self, key: str) -> Offered | None:
        """Return a document as it lies there now; one byte too many shows that it is too large."""
        answer = self._get(key)
        if answer is None:
            return None
        version = f"{answer.get('VersionId', '')}@{answer['LastModified'].isoformat()}"
        return Offered(_read(answer, MAX_DOCUMENT_BYTES), version)

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
