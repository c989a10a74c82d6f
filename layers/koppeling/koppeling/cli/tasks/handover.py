"""The files of a connection in one archive: what came into the inbox, and the evidence.

    file.part  ◄── one object after the other, piece by piece
        │ all of them are in it
        ▼
    file.zip

A file with its own name is complete: whatever goes wrong before leaves only the part, which the
next try writes anew.
"""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling.core.ids import ConnectionId
from koppeling.push.invoice import folder_of

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

# The form has no earlier moments
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many files of each bucket are in an archive, and how many bytes they have."""

    files: Mapping[str, int]
    size: int


def write_archive(stack: "Stack", connection: ConnectionId, file: Path) -> HandedOver:
    """Write every file of a connection into an archive, in a folder for each bucket.

    Raises:
        OSError: the archive cannot be written.
        ClientError: an object cannot be read, or is gone since it was listed.
    """
    buckets = {"inbox": stack.inbox_objects, "evidence": stack.evidence_objects}
    files, size = dict.fromkeys(buckets, 0), 0
    part = file.with_name(f"{file.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, bucket in buckets.items():
            for found in bucket.below(folder_of(connection)):
                entry = zipfile.ZipInfo(f"{folder}/{found.key}", _moment(found.modified))
                size += _add(archive, entry, bucket.pieces(found.key))
                files[folder] += 1
    part.replace(file)
    return HandedOver(files, size)


def _add(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, pieces: Iterator[bytes]) -> int:
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as target:
        return sum(target.write(piece) for piece in pieces)


def _moment(modified: datetime) -> tuple[int, int, int, int, int, int]:
    at = max(modified.astimezone(UTC), _EARLIEST)
    return at.year, at.month, at.day, at.hour, at.minute, at.second
