"""Evidence: what was sent to Exact for an invoice, and what came back, word for word.

Each piece names the hash of the one before it, so that one that was changed or taken away shows.
It holds no secret: a token travels in a header, and a PDF is told by its size and hash.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from koppeling.core.ids import ConnectionId


class Step(StrEnum):
    """What was asked of Exact."""

    ENTRY = "entry"
    DOCUMENT = "document"
    ATTACHMENT = "attachment"


class Ending(StrEnum):
    """How a call ended; found means that it stood there already and nothing was sent.

    Gone means that a person asked to book anew what was booked before and stands there no more.
    """

    ANSWERED = "answered"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    FOUND = "found"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One call. `count` is its place in the story of the invoice, `at` an ISO moment in UTC.

    `sent` is the body, byte for byte, `answer` what Exact said; `previous` the hash of the piece
    before, empty for the first.
    """

    connection: ConnectionId
    number: str
    count: int
    step: Step
    ending: Ending
    at: str
    sent: str
    answer: str
    previous: str = ""

    @property
    def digest(self) -> str:
        """The hash that the next piece names."""
        return sha256(self.as_json().encode()).hexdigest()

    def as_json(self) -> str:
        """Return the piece as it is kept."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a piece that was kept; what a later release added to it is passed over (R40)."""
        held: dict[str, Any] = json.loads(text)
        held |= {"step": Step(held["step"]), "ending": Ending(held["ending"])}
        return cls(**{each.name: held[each.name] for each in fields(cls) if each.name in held})


def is_whole(pieces: Iterable[Evidence]) -> bool:
    """Say whether the pieces of one invoice, in their order, are all there and unchanged."""
    previous = ""
    for place, piece in enumerate(pieces, start=1):
        if piece.count != place or piece.previous != previous:
            return False
        previous = piece.digest
    return True


def without_file(body: Mapping[str, object], file_hash: str, size: int) -> dict[str, object]:
    """Return the body of an attachment with its file told by size and hash."""
    return {**body, "Attachment": {"sha256": file_hash, "bytes": size}}
