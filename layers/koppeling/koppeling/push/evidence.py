"""Evidence: what was sent to Exact for an invoice, and what came back, word for word.

Each piece holds the hash of the one before it, so that a changed or missing piece shows. It holds
no secret: tokens travel in a header, and a PDF is replaced by its size and hash.

The outbox is what keeps an invoice from being booked twice; evidence tells what happened. So it is
stored after a call, together for calls that follow one another. When a process dies in between, the
next delivery records what the outbox knows of the entry, as found.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple, Self

from koppeling.core.ids import ConnectionId

_FOLLOWING = "following"


class Step(StrEnum):
    """What was to be added to Exact."""

    ENTRY = "entry"
    DOCUMENT = "document"
    ATTACHMENT = "attachment"


class Ending(StrEnum):
    """How a call ended. Found: it existed already, so nothing was sent.

    Gone: the entry was deleted in Exact and a person asked to book the invoice again.
    """

    ANSWERED = "answered"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    FOUND = "found"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One call; `count` numbers the calls of an invoice from 1, `at` is an ISO moment in UTC.

    `sent` is the body, byte for byte, `answer` what Exact answered, `previous` the hash of the
    piece before, empty for the first.
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
        """The hash that the next piece holds."""
        return sha256(self.as_json().encode()).hexdigest()

    def as_json(self) -> str:
        """Return the piece as it is stored."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    def with_following(self, *pieces: "Evidence") -> str:
        """Return what is stored of pieces together; an earlier release reads the first one."""
        following = {_FOLLOWING: [asdict(each) for each in pieces]} if pieces else {}
        return json.dumps(asdict(self) | following, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a stored piece; fields that a later release added are ignored (R40)."""
        return cls._of(json.loads(text))

    @classmethod
    def all_from_json(cls, text: str) -> list[Self]:
        """Read pieces that were stored together."""
        held: dict[str, Any] = json.loads(text)
        return [cls._of(each) for each in (held, *held.get(_FOLLOWING, ()))]

    @classmethod
    def _of(cls, held: dict[str, Any]) -> Self:
        held |= {"step": Step(held["step"]), "ending": Ending(held["ending"])}
        return cls(**{each.name: held[each.name] for each in fields(cls) if each.name in held})


class EvidenceDraft(NamedTuple):
    """What a piece will say, before it has its place; `at` is when the call was made."""

    step: Step
    ending: Ending
    at: str
    sent: str
    answer: str


def chained(
    connection: ConnectionId,
    number: str,
    drafts: Iterable[EvidenceDraft],
    count: int,
    previous: str,
) -> list[Evidence]:
    """Return the pieces that follow the last one, which has this count and hash."""
    pieces: list[Evidence] = []
    for place, draft in enumerate(drafts, start=count + 1):
        piece = Evidence(connection, number, place, *draft, previous=previous)
        pieces.append(piece)
        previous = piece.digest
    return pieces


def is_whole(pieces: Iterable[Evidence]) -> bool:
    """Say whether the pieces of one invoice, in order, are complete and unchanged."""
    previous = ""
    for count, piece in enumerate(pieces, start=1):
        if piece.count != count or piece.previous != previous:
            return False
        previous = piece.digest
    return True


def without_file(body: Mapping[str, object], file_hash: str, size: int) -> dict[str, object]:
    """Return the body of an attachment with its file replaced by size and hash."""
    return {**body, "Attachment": {"sha256": file_hash, "bytes": size}}
