"""The retry set: changes that could not be written yet, with what they wait for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from koppeling.core.ids import ExactId
from koppeling.pull.link_values import LinkValue


@dataclass(frozen=True, slots=True)
class Parked:
    """A record's change that is kept for later, by its mapped values (DESIGN 4.2).

    `values` are the link fields still to be written; `whole` says that they are all of them, so
    that the record counts as written afterwards. `code` is why it waits, None when only the time
    ran out; `waits_for` names the references it waits for, as `<entity>/<code>`.
    """

    exact_id: ExactId
    values: Mapping[str, LinkValue]
    whole: bool
    since: datetime
    not_before: datetime
    attempts: int = 0
    code: str | None = None
    waits_for: tuple[str, ...] = ()

    def is_due(self, now: datetime, arrived: frozenset[str]) -> bool:
        """Say whether it is time to try again: its pause is over, or its reference arrived."""
        return self.not_before <= now or not arrived.isdisjoint(self.waits_for)
