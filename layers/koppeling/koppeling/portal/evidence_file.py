"""The evidence of an invoice as one file: what went to Exact, and what came back."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from koppeling.core.ids import ConnectionId
from koppeling.portal.page import Download
from koppeling.push.evidence import Evidence

LARGEST = 4_000_000
"""In bytes. Lambda answers with at most 6 MB, and a file becomes a third longer on its way."""


class EvidenceReader(Protocol):
    """Where evidence is kept."""

    def of(self, connection: ConnectionId, number: str) -> Iterator[Evidence]:
        """Return the pieces of an invoice, in their order."""


def evidence_file(name: str, pieces: Iterable[Evidence]) -> Download | None:
    """Return the pieces as a zip; None when there are none, or more than one answer can hold."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for piece in pieces:
            archive.writestr(_entry(piece), piece.as_json(), ZIP_DEFLATED)
            if file.tell() > LARGEST:
                return None
        is_empty = not archive.namelist()
    return None if is_empty else Download(name, "application/zip", file.getvalue())


def _entry(piece: Evidence) -> ZipInfo:
    at = datetime.fromisoformat(piece.at)
    moment = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    return ZipInfo(f"{piece.count:04}-{piece.step}-{piece.ending}.json", moment)
