"""The one log line about what a piece of work did."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: one word for its outcome, and counts. It holds no names and no secrets."""

    story: str
    outcome: str
    connection: str = ""
    entity: str = ""
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
