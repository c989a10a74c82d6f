"""Evidence in a bucket of its own: the push may add objects and can neither change nor delete."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.push.evidence import Evidence

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


TAKEN = frozenset({"PreconditionFailed", "412"})


class EvidenceBucket:
    """Keeps `<connection>/<number>/<count>.json`, the number of the invoice encoded.

    An object holds one piece, or a few that follow one another: each object costs a call.
    """

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def add(self, *pieces: Evidence) -> Evidence | None:
        piece, *following = pieces
        try:
            self._client.put_object(
                Bucket=self._name,
                Key=_key(piece),
                Body=piece.with_following(*following).encode(),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and _code(error) in TAKEN:
                return self._read(_key(piece))[-1]
            raise Retry("evidence-not-kept", f"{piece.number} {piece.count}") from error
        return None

    def of(self, connection: ConnectionId, number: str) -> Iterator[Evidence]:
        """Return the pieces of an invoice, in their order."""
        # R40: earlier releases did not encode the number
        folders = dict.fromkeys((f"{connection}/{number}/", _folder(connection, number)))
        for folder in folders:
            yield from self._in(folder, number)

    def _in(self, folder: str, number: str) -> Iterator[Evidence]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=folder
        )
        for page in pages:
            for held in page.get("Contents", []):
                key = held.get("Key", "")
                # A number with a slash made a folder in the folder of another number
                if "/" not in key.removeprefix(folder):
                    yield from (each for each in self._read(key) if each.number == number)

    def _read(self, key: str) -> list[Evidence]:
        answer = self._client.get_object(Bucket=self._name, Key=key)
        with closing(answer["Body"]) as body:
            return Evidence.all_from_json(body.read().decode())


def _code(error: ClientError) -> str | None:
    return error.response.get("Error", {}).get("Code")


def _key(piece: Evidence) -> str:
    return f"{_folder(piece.connection, piece.number)}{piece.count:04}.json"


def _folder(connection: ConnectionId, number: str) -> str:
    """Return how the keys of an invoice begin, which no other number has.

    Only what parts the key is encoded, so that other numbers have the key that they always had.
    """
    encoded = number.replace("%", "%25").replace("/", "%2F")
    return f"{connection}/{encoded}/"
